"""Record types that tenants make, and their records: one table for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import CustomFields, SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel, TenantModel

TYPE_KEY = RegexValidator(r"\A[a-z][a-z0-9_]{0,39}\Z", _("Use a–z, 0–9 and _, beginning with a letter."))
PREFIX = "custom."


class RecordType(Versioned, SoftDelete, TenantModel):
    """A kind of record that a tenant has made. Its fields are definitions of the entity `custom.<key>`.

    `label_field` is the key of the field that names a record; empty where records have a title of their own. The
    row stays when the type is deleted, and keeps its key, so that it can come back.
    """

    entity_id = "entities.type"

    key = models.CharField(_("key"), max_length=40, validators=[TYPE_KEY])
    label = models.CharField(_("name"), max_length=80)
    label_plural = models.CharField(_("name of several"), max_length=80)
    icon = models.CharField(_("icon"), max_length=40, blank=True, default="")
    description = models.TextField(_("description"), blank=True, default="", max_length=2000)
    label_field = models.CharField(_("field that names a record"), max_length=64, blank=True, default="")

    class Meta:
        db_table = "record_type"
        verbose_name = _("record type")
        verbose_name_plural = _("record types")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "key"], name="record_type_once"),
            models.CheckConstraint(condition=models.Q(key__regex=r"^[a-z][a-z0-9_]*$"), name="record_type_key_form"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "label", "id"], name="record_type_label"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="record_type_created"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.label

    @property
    def definitions(self) -> str:
        """The entity that its fields are defined for."""
        return f"{PREFIX}{self.key}"


class Record(Versioned, SoftDelete, CustomFields, OrganizationModel):
    """A record of a tenant's own type. What it holds is in `custom`; `title` is what people call it."""

    entity_id = "entities.record"
    type_id: UUID

    type = TenantForeignKey(RecordType, related_name="records", verbose_name=_("type"))
    title = models.CharField(_("title"), max_length=200)

    class Meta:
        db_table = "custom_record"
        verbose_name = _("record")
        verbose_name_plural = _("records")
        base_manager_name = "objects"
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "type_id", "title", "id"], name="custom_record_title"),
            models.Index(fields=["tenant_id", "type_id", "created_at", "id"], name="custom_record_created"),
            models.Index(fields=["tenant_id", "type_id", "updated_at", "id"], name="custom_record_updated"),
            models.Index(fields=["tenant_id", "organization_id"], name="custom_record_organization"),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title

    @property
    def fields_entity(self) -> str:
        """Its fields are those of its type."""
        return f"{PREFIX}{key_of(self.type_id)}"

    @classmethod
    def fields_entity_of(cls, image: Mapping[str, Any]) -> str:
        """The same for a row image."""
        return f"{PREFIX}{key_of(UUID(str(image['type_id'])))}"


@lru_cache(maxsize=4096)
def key_of(type_id: UUID) -> str:
    """The key of a type, which never changes; asked in the scope of its tenant."""
    return str(RecordType.objects.values_list("key", flat=True).get(pk=type_id))
