"""Definitions of custom fields, as tenants make them."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.mixins import SoftDelete, Versioned
from apps.kernel.bases.models import TenantModel
from apps.kernel.references.fields import OnDeletion, ReferenceField

KEY = RegexValidator(r"\A[a-z][a-z0-9_]{0,63}\Z", _("Use a–z, 0–9 and _, beginning with a letter."))


class KindChoices(models.TextChoices):
    """The kinds of `contracts.Kind`, with their names."""

    TEXT = "text", _("text")
    MULTILINE = "multiline", _("long text")
    RICHTEXT = "richtext", _("formatted text")
    INTEGER = "integer", _("whole number")
    DECIMAL = "decimal", _("decimal number")
    BOOLEAN = "boolean", _("yes or no")
    DATE = "date", _("date")
    DATETIME = "datetime", _("date and time")
    SELECT = "select", _("choice")
    MULTISELECT = "multiselect", _("several choices")
    CURRENCY = "currency", _("amount of money")
    RELATION = "relation", _("link to a record")
    DICTIONARY = "dictionary", _("entry of a dictionary")
    URL = "url", _("web address")
    EMAIL = "email", _("e-mail address")
    PHONE = "phone", _("phone number")
    FILE = "file", _("file")


class FieldDefinition(Versioned, SoftDelete, TenantModel):
    """A custom field of an entity: of the whole tenant, or of one organization, where it comes before the tenant's.

    `options` is a list of `{value, label, colour}`. `minimum` and `maximum` are numbers or canonical times as text.
    The row stays when the field is deleted, so that its values can come back; it goes when they are purged.
    """

    entity_id = "entities.definition"

    for_organization_id = ReferenceField(
        "directory.organization",
        on_deletion=OnDeletion.KEEP,
        null=True,
        blank=True,
        verbose_name=_("only in organization"),
    )
    entity = models.CharField(_("record type"), max_length=100)
    key = models.CharField(_("key"), max_length=64, validators=[KEY])
    label = models.CharField(_("label"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=KindChoices.choices)
    is_required = models.BooleanField(_("required"), default=False)
    default = models.JSONField(_("default"), null=True, blank=True)
    options = models.JSONField(_("options"), default=list, blank=True)
    minimum = models.CharField(_("minimum"), max_length=40, blank=True, default="")
    maximum = models.CharField(_("maximum"), max_length=40, blank=True, default="")
    min_length = models.PositiveIntegerField(_("shortest length"), null=True, blank=True)
    max_length = models.PositiveIntegerField(_("greatest length"), null=True, blank=True)
    pattern = models.CharField(_("pattern"), max_length=190, blank=True, default="")
    is_unique = models.BooleanField(_("unique"), default=False)
    help = models.CharField(_("help"), max_length=500, blank=True, default="")
    group = models.CharField(_("group"), max_length=80, blank=True, default="")
    order = models.PositiveIntegerField(_("order"), default=0)
    is_visible = models.BooleanField(_("shown in forms"), default=True)
    is_filterable = models.BooleanField(_("filterable"), default=True)
    is_searchable = models.BooleanField(_("searchable"), default=False)
    is_listed = models.BooleanField(_("shown in lists"), default=False)
    is_encrypted = models.BooleanField(_("encrypted"), default=False)
    target = models.CharField(_("links to"), max_length=100, blank=True, default="")
    dictionary = models.CharField(_("dictionary"), max_length=100, blank=True, default="")
    field_set = models.CharField(_("field set"), max_length=64, blank=True, default="")

    class Meta:
        db_table = "field_definition"
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "entity", "key"],
                condition=models.Q(for_organization_id__isnull=True),
                name="field_definition_once",
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "entity", "key", "for_organization_id"],
                condition=models.Q(for_organization_id__isnull=False),
                name="field_definition_once_there",
            ),
            models.CheckConstraint(
                condition=models.Q(key__regex=r"^[a-z][a-z0-9_]*$"), name="field_definition_key_form"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=KindChoices.values), name="field_definition_kind_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "entity", "order", "id"], name="field_definition_entity"),
            models.Index(fields=["tenant_id", "label", "id"], name="field_definition_label"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="field_definition_created"),
        ]

    def __str__(self) -> str:
        """Its label."""
        return self.label
