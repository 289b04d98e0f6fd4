"""Indexes of custom fields, and how often lists ask for which field. Of the whole installation: they hold no value."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock


class IndexStatus(models.TextChoices):
    """How far an index is."""

    WANTED = "wanted", _("asked for")
    BUILDING = "building", _("being built")
    READY = "ready", _("in use")
    FAILED = "failed", _("could not be built")


class FieldIndex(models.Model):
    """An index of one custom field, for every tenant that has a field of this key and type on the entity.

    Rows ask for an index; whoever may act as the owner of the tables builds it (`manage.py promote_field`). `tenant_id`
    and `job_id` say whose long job waits for it.
    """

    global_reason: ClassVar[str] = "an index serves all tenants, and its builder belongs to none"
    app_grants: ClassVar[tuple[str, ...]] = ("SELECT", "INSERT", "UPDATE", "DELETE")

    name = models.CharField(_("index"), max_length=63, primary_key=True)
    entity = models.TextField(_("record type"))
    key = models.TextField(_("key"))
    reader = models.TextField(_("read by"))
    status = models.TextField(_("status"), choices=IndexStatus.choices, default=IndexStatus.WANTED)
    reason = models.TextField(_("what went wrong"), default="")
    tenant_id = models.UUIDField(null=True)
    job_id = models.UUIDField(null=True)
    asked_at = models.DateTimeField(_("asked for"), default=clock.now)
    built_at = models.DateTimeField(_("built"), null=True)

    class Meta:
        db_table = "field_index"
        verbose_name = _("index of a custom field")
        verbose_name_plural = _("indexes of custom fields")

    def __str__(self) -> str:
        """Entity and key."""
        return f"{self.entity} {self.key}"


class FieldUse(models.Model):
    """How often lists were filtered and sorted by a custom field, whoever asked."""

    global_reason: ClassVar[str] = "counts questions of all tenants, and says whose they were of none"
    app_grants: ClassVar[tuple[str, ...]] = ("SELECT", "INSERT", "UPDATE", "DELETE")

    entity = models.TextField()
    key = models.TextField()
    filters = models.BigIntegerField(default=0)
    sorts = models.BigIntegerField(default=0)
    since = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "field_use"
        constraints: ClassVar = [models.UniqueConstraint(fields=["entity", "key"], name="field_use_once")]

    def __str__(self) -> str:
        """Entity and key."""
        return f"{self.entity} {self.key}"
