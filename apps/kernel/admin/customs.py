"""Custom fields on the pages of records: inputs by their kinds, in groups; columns of those that are listed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminSelectWidget

from apps.kernel.admin.fields import ReferenceSelect
from apps.kernel.admin.labels import Labels, labels_of
from apps.kernel.admin.wording import NOTHING, plain_text
from apps.kernel.api.customs import CUSTOM
from apps.kernel.bases.mixins import CustomFields
from apps.kernel.customs import CustomField, FieldDefinitions
from apps.kernel.references.fields import ReferenceField
from apps.kernel.services import service

PREFIX = "cf_"
Text = Callable[[Any], Any]


def takes_customs(page: Any) -> bool:
    """Say whether records of the page have custom fields."""
    return issubclass(page.model, CustomFields)


def is_taken_by(command: Any) -> bool:
    """Say whether a command can be given custom values."""
    return command is not None and CUSTOM in inspect.signature(command.spec.function).parameters


def offered(page: Any, request: HttpRequest) -> tuple[CustomField, ...]:
    """The fields that count for the selected organization; asked once in a request."""
    if not takes_customs(page):
        return ()
    known: dict[str, tuple[CustomField, ...]] = vars(request).setdefault("agora_custom_fields", {})
    entity = str(page.model.entity_id)
    if entity not in known:
        known[entity] = service(FieldDefinitions).fields(entity)
    return known[entity]


def grouped(fields: tuple[CustomField, ...], name: Callable[[CustomField], Any]) -> list[tuple[str, dict[str, Any]]]:
    """Sets of a form, each a group with its fields in order."""
    groups: dict[str, list[Any]] = {}
    for field in fields:
        groups.setdefault(field.group, []).append(name(field))
    return [(group or _("More about it"), {"fields": items}) for group, items in groups.items()]


def inputs(model: type[models.Model], record: Any, request: HttpRequest) -> dict[str, forms.Field]:
    """Inputs by name, with what the record holds."""
    entity = str(getattr(model, "entity_id", ""))
    port = service(FieldDefinitions)
    found = {}
    for key, field in port.form_fields(entity, None if record is None else record.custom).items():
        if target := port.target(entity, key):
            field.widget = ReferenceSelect(pointing(model, key, target), labels_of(request))
            field.widget.is_required = False
        elif type(field.widget) is forms.Select:
            field.widget = UnfoldAdminSelectWidget(choices=field.widget.choices)
        found[f"{PREFIX}{key}"] = field
    return found


def pointing(model: type[models.Model], key: str, target: str) -> ReferenceField:
    """A reference that stands for a custom field, for the completion while typing."""
    field = ReferenceField(target)
    field.set_attributes_from_name(f"{PREFIX}{key}")
    field.model = model
    return field


def asking(model: type[models.Model], name: str) -> ReferenceField | None:
    """The reference of a custom field of the name, None where there is none."""
    if not issubclass(model, CustomFields) or not name.startswith(PREFIX):
        return None
    key = name.removeprefix(PREFIX)
    target = service(FieldDefinitions).target(str(getattr(model, "entity_id", "")), key)
    return pointing(model, key, target) if target else None


def split(given: Mapping[str, Any], form: Any, *, is_new: bool) -> dict[str, Any]:
    """Input with custom values as one argument; of a change only those that were changed."""
    names: frozenset[str] = getattr(form, "custom_names", frozenset())
    if not names:
        return dict(given)
    plain = {name: value for name, value in given.items() if name not in names}
    changed = names if is_new else names & set(form.changed_data)
    own = {name.removeprefix(PREFIX): given[name] for name in given if name in changed}
    return {**plain, CUSTOM: own} if own else plain


def reading(field: CustomField, request: HttpRequest) -> Text:
    """A read-only field of a form, in words."""

    @admin.display(description=field.label, empty_value=NOTHING)
    def shown(record: Any) -> str:
        words = words_of(request, [record])[record.pk].get(field.key, "")
        return format_html('<span style="white-space: pre-line">{}</span>', words) if words else ""

    shown.__name__ = field.name
    return shown


def column(field: CustomField, request: HttpRequest) -> Text:
    """A column of a list."""

    @admin.display(description=field.label, empty_value="")
    def cell(record: Any) -> str:
        return words_of(request, [record])[record.pk].get(field.key, "")

    cell.__name__ = field.name
    return cell


def words_of(request: HttpRequest, rows: list[Any]) -> dict[UUID, dict[str, str]]:
    """Custom values in words by record, fetched once for the rows of a page."""
    known: dict[UUID, dict[str, str]] = vars(request).setdefault("agora_custom_words", {})
    missing = [row for row in rows if row.pk not in known]
    if missing:
        found = service(FieldDefinitions).words(str(missing[0].entity_id), [row.custom for row in missing])
        known.update(zip((row.pk for row in missing), found, strict=True))
    return known


def entered_text(field: forms.Field, value: Any, labels: Labels) -> str:
    """What was entered for a custom field, in words."""
    if value in (None, "", []):
        return NOTHING
    if isinstance(field.widget, ReferenceSelect):
        return labels.text(field.widget.reference.target, value if isinstance(value, UUID) else None) or str(value)
    if isinstance(value, Mapping):
        return " ".join(str(item) for item in value.values())
    named = dict(getattr(field, "choices", ()))
    items = value if isinstance(value, list) else [value]
    return ", ".join(str(named.get(item, "")) or plain_text(item) for item in items)


class CustomForms:
    """What pages of records with custom fields have beside the fields of the model."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The page's own sets, and behind them the custom fields in their groups."""
        parent: Any = super()
        page: Any = self
        own = list(parent.get_fieldsets(request, obj))
        fields = tuple(field for field in offered(page, request) if field.is_visible)
        if not fields:
            return own
        if self.offers_inputs(request, obj):
            return [*own, *grouped(fields, lambda field: field.name)]
        # A form that is open to changes, but whose command takes no custom values, has no place for them.
        if obj is None or page.has_change_permission(request, obj):
            return own
        return [*own, *grouped(fields, lambda field: reading(field, request))]

    def offers_inputs(self, request: HttpRequest, obj: Any) -> bool:
        """Say whether the actor may write the custom fields of the record here."""
        page: Any = self
        if obj is None:
            return is_taken_by(page.create_command) and page.has_add_permission(request)
        return is_taken_by(page.update_command) and page.has_change_permission(request, obj)

    def with_inputs(self, form: type[Any], request: HttpRequest, obj: Any) -> type[Any]:
        """The form class with the inputs of custom fields."""
        page: Any = self
        if not takes_customs(page) or not self.offers_inputs(request, obj):
            return form
        fields = inputs(page.model, obj, request)
        return type(form.__name__, (form,), {**fields, "custom_names": frozenset(fields)})
