"""Back office pages of custom fields, in groups by kind of record."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from apps.entities.admin.filters import ByEntity, Deleted
from apps.entities.admin.forms import DefinitionForm
from apps.entities.contracts import DECLARED
from apps.entities.features import MANAGE, VIEW
from apps.entities.models import FieldDefinition, KindChoices
from apps.entities.selectors import entities_with_fields, visible_definitions
from apps.entities.services import (
    create_definition,
    delete_definition,
    promote_definition,
    purge_definition,
    restore_definition,
    update_definition,
)
from apps.entities.services.definitions import FIXED
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.admin.undoing import still_there

LIMITS = ("minimum", "maximum", "min_length", "max_length", "pattern")
RULES = ("is_required", "is_unique", "is_encrypted", "default", *LIMITS)
PLACES = ("group", "order", "is_visible", "is_listed", "is_filterable", "is_searchable", "field_set")
PARTS: Any = (
    (None, {"fields": ("entity", "label", "key", "kind", "help")}),
    (_("What can be chosen"), {"fields": ("options", "target", "dictionary")}),
    (_("Rules"), {"fields": RULES}),
    (_("Where it appears"), {"fields": (*PLACES, "for_organization_id")}),
)


@register(FieldDefinition)
class DefinitionPage(CommandAdmin):
    """Fields that the tenant has added, or adapted from those of modules."""

    create_command = create_definition
    update_command = update_definition
    delete_command = delete_definition
    restore_command = restore_definition
    purge_command = purge_definition
    view_feature = VIEW
    manage_feature = MANAGE
    form = DefinitionForm
    icon = "dynamic_form"
    order = 10
    empty_hint = _(
        "Add fields that your records lack: they appear in forms, lists, files and the REST interface at once."
    )
    list_display = ("label", "record_type", "key", "kind", "is_required", "is_listed", "for_organization_id")
    list_filter = (ByEntity, "kind", Deleted)
    search_fields = ("label", "key")
    ordering = ("entity", "order", "key")
    fieldsets = PARTS
    optional_fields = ("order",)
    list_before_template = "entities/declared.html"
    buttons = (
        RecordCommand(
            "restore",
            restore_definition,
            _("Restore"),
            icon="restore_from_trash",
            shown=lambda field: field.is_deleted,
            in_row=True,
        ),
        RecordCommand(
            "promote",
            promote_definition,
            _("Ask for an index"),
            icon="speed",
            shown=lambda field: not field.is_deleted and field.is_filterable and not field.is_encrypted,
        ),
        RecordCommand(
            "purge",
            purge_definition,
            _("Purge"),
            icon="delete_forever",
            confirm=_("The field goes, with everything that records hold of it."),
            shown=lambda field: field.is_deleted,
            in_row=True,
            dangerous=True,
        ),
    )

    class Media:
        js = ("entities/definition.js",)
        css = {"all": ("entities/definition.css",)}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Definitions that the actor sees; the filter of the list hides deleted ones."""
        return visible_definitions().order_by(*self.ordering)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A deleted field is restored before it is changed."""
        return not (obj is not None and obj.is_deleted) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A deleted field is not deleted again."""
        return not (obj is not None and obj.is_deleted) and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is decided when the field is made."""
        return () if obj is None else ("record_type", *FIXED[1:])

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A record shows its kind of record by name."""
        if obj is None:
            return self.fieldsets
        return [
            (name, {"fields": tuple("record_type" if item == "entity" else item for item in part["fields"])})
            for name, part in PARTS
        ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Nothing is suggested for the order: without a number the field stands last."""
        return {"order": None, **super().get_changeform_initial_data(request)}

    def command_input(self, request: HttpRequest, form: Any, formsets: Any) -> dict[str, Any]:
        """The fields; without a number the order stays what it is, or becomes the last."""
        given = super().command_input(request, form, formsets)
        return {name: value for name, value in given.items() if name != "order" or value is not None}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The list, and above it what modules declare and nobody has adapted."""
        return super().changelist_view(request, {**(extra_context or {}), "declared": self._declared(request)})

    def _declared(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Declared fields with the way to adapt them."""
        taken = set(visible_definitions().filter(for_organization_id__isnull=True).values_list("entity", "key"))
        kinds, known = dict(KindChoices.choices), entities_with_fields()
        address = reverse(f"{self.admin_site.name}:entities_fielddefinition_add")
        return [
            {
                "label": field.label,
                "entity": capfirst(str(known[field.entity].label_plural)),
                "kind": kinds[field.kind.value],
                "adapt": f"{address}?{urlencode(_prefilled(field))}" if self.has_add_permission(request) else "",
            }
            for field in DECLARED.values()
            if field.entity in known and (field.entity, field.key) not in taken
        ]

    @admin.display(description=_("Record type"), ordering="entity")
    def record_type(self, field: FieldDefinition) -> str:
        """The kind of record, by name."""
        known = entities_with_fields().get(field.entity)
        return capfirst(str(known.label_plural)) if known else field.entity

    def _next(self, request: HttpRequest, record: Any) -> str:
        """The record, or the list where it has been purged."""
        return still_there(self.admin_site, request, super()._next(request, record))


def _prefilled(field: Any) -> dict[str, Any]:
    rules = field.rules
    values = {
        "entity": field.entity,
        "key": field.key,
        "label": field.label,
        "kind": field.kind.value,
        "help": field.help,
        "group": field.group,
        "order": field.order,
        "is_listed": field.is_listed,
        "minimum": rules.minimum,
        "maximum": rules.maximum,
        "max_length": rules.max_length,
    }
    return {name: value for name, value in values.items() if value not in {None, ""} and value is not False}
