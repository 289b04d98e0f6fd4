"""Who read which sensitive records."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.models import TenantModel
from apps.kernel.commands.history.wording import kind_words


class How(models.TextChoices):
    """In what form the records were shown."""

    LIST = "list", _("list")
    DETAIL = "detail", _("single record")
    EXPORT = "export", _("export")


class ReadAccess(TenantModel):
    """Records of one kind that somebody saw in one request. The app role can only add rows, never change them.

    `record_ids` holds UUIDs as texts: an index on JSON serves under row-level security, one on arrays does not.
    `organization_ids` is what the reader's scope saw.
    """

    entity_id = "audit_logs.read_access"
    audited = False
    unaudited_reason = "It is a log of reads: nobody changes it, and each request would be an action."
    app_grants = ("SELECT", "INSERT")
    referenced = False
    updated_at = None  # type: ignore[assignment]  # it never changes

    actor_kind = models.TextField(_("kind of actor"))
    actor_id = models.UUIDField(_("actor"), null=True)
    actor_label = models.TextField(_("who"))
    entity = models.TextField(_("kind of record"))
    record_ids = models.JSONField(_("records"), default=list)
    how = models.TextField(_("how"), choices=How.choices)
    organization_ids = ArrayField(models.UUIDField(), verbose_name=_("organizations"), default=list)
    correlation_id = models.UUIDField(_("correlation"))

    class Meta:
        db_table = "read_access"
        verbose_name = _("read")
        verbose_name_plural = _("reads")
        base_manager_name = "objects"
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "created_at", "id"], name="read_access_time"),
            models.Index(fields=["tenant_id", "entity", "created_at", "id"], name="read_access_entity"),
            models.Index(fields=["tenant_id", "actor_id", "created_at", "id"], name="read_access_actor"),
            models.Index(fields=["tenant_id", "correlation_id"], name="read_access_correlation"),
            GinIndex(fields=["record_ids"], opclasses=["jsonb_path_ops"], name="read_access_records"),
        ]

    def __str__(self) -> str:
        """Say who saw how many records of which kind."""
        return f"{self.actor_label}: {kind_words(self.entity)} × {len(self.record_ids)}"
