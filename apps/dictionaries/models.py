"""Dictionaries: lists of values that records choose from."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases import patterns
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import SoftDelete, Versioned
from apps.kernel.bases.models import TenantModel
from apps.kernel.bases.patterns import Pattern
from apps.kernel.references.fields import ReferenceField

KEY = r"^[a-z0-9][a-z0-9_.-]*$"
COLOR = r"^(#[0-9A-Fa-f]{6})?$"
ICON = r"^[a-z0-9_]*$"
LIVING = models.Q(deleted_at__isnull=True)


class SortMode(models.TextChoices):
    """In which order values are offered."""

    POSITION = "position", _("as arranged")
    LABEL_ASC = "label_asc", _("by label")
    LABEL_DESC = "label_desc", _("by label, backwards")
    VALUE_ASC = "value_asc", _("by value")
    VALUE_DESC = "value_desc", _("by value, backwards")
    CREATED_ASC = "created_asc", _("oldest first")
    CREATED_DESC = "created_desc", _("newest first")


class Tone(models.TextChoices):
    """What a value means at a glance, for readers without colours too."""

    NEUTRAL = "neutral", _("neutral")
    INFO = "info", _("information")
    SUCCESS = "success", _("success")
    WARNING = "warning", _("warning")
    DANGER = "danger", _("danger")


class Dictionary(Versioned, SoftDelete, TenantModel):
    """A list of values. `owner_id` is the organization that it belongs to, None for the whole tenant's.

    Organizations below the owner read it as well, so the wall is the tenant's and `selectors.visible_dictionaries`
    cuts what a scope sees. `is_system` ones are declared by a module, and their keys have a dot.
    """

    entity_id = "dictionaries.dictionary"

    owner_id = ReferenceField(
        "directory.organization", null=True, blank=True, editable=False, verbose_name=_("organization")
    )
    key = models.CharField(_("key"), max_length=100, validators=[Pattern(KEY, patterns.CODE.message)])
    name = models.CharField(_("name"), max_length=150)
    description = models.TextField(_("description"), blank=True, default="", max_length=2000)
    is_system = models.BooleanField(_("needed by a module"), default=False, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    sort_mode = models.CharField(_("order of values"), max_length=12, choices=SortMode, default=SortMode.POSITION)

    class Meta:
        db_table = "dictionary"
        verbose_name = _("dictionary")
        verbose_name_plural = _("dictionaries")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "owner_id", "key"],
                condition=LIVING,
                nulls_distinct=False,
                name="dictionary_key_once",
            ),
            models.CheckConstraint(condition=models.Q(key__regex=KEY), name="dictionary_key_form"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "key", "id"], name="dictionary_key"),
            models.Index(fields=["tenant_id", "name", "id"], name="dictionary_name"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class DictionaryEntry(Versioned, SoftDelete, TenantModel):
    """One value. Records keep its id, and perhaps its label as it was; `normalized_value` tells values apart.

    `merged_into_id` is the value that took its place, None for one that was not merged.
    """

    entity_id = "dictionaries.entry"
    dictionary_id: UUID

    dictionary = TenantForeignKey(Dictionary, models.CASCADE, related_name="entries", verbose_name=_("dictionary"))
    value = models.CharField(_("value"), max_length=150)
    normalized_value = models.CharField(max_length=450, editable=False)
    label = models.CharField(_("label"), max_length=150, blank=True)
    color = models.CharField(
        _("colour"), max_length=7, blank=True, default="", validators=[Pattern(COLOR, patterns.COLOR.message)]
    )
    icon = models.CharField(
        _("icon"), max_length=64, blank=True, default="", validators=[Pattern(ICON, patterns.ICON.message)]
    )
    tone = models.CharField(_("tone"), max_length=10, choices=Tone, default=Tone.NEUTRAL)
    position = models.PositiveIntegerField(_("position"), default=0, editable=False)
    is_default = models.BooleanField(_("default"), default=False)
    merged_into_id = models.UUIDField(_("merged into"), null=True, editable=False)

    class Meta:
        db_table = "dictionary_entry"
        verbose_name = _("value")
        verbose_name_plural = _("values")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "dictionary", "normalized_value"], condition=LIVING, name="dictionary_entry_once"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "dictionary"],
                condition=LIVING & models.Q(is_default=True),
                name="dictionary_entry_default_once",
            ),
            models.CheckConstraint(condition=models.Q(color__regex=COLOR), name="dictionary_entry_color_form"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "position", "id"], name="dictionary_entry_position"),
            models.Index(fields=["tenant_id", "label", "id"], name="dictionary_entry_label"),
            models.Index(fields=["tenant_id", "dictionary", "position"], name="dictionary_entry_of"),
        ]

    def __str__(self) -> str:
        """Its label."""
        return self.label or self.value
