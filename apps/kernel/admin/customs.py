"""Custom fields on the pages of records: inputs by their kinds, in groups; columns of those that are listed."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminSelectWidget

from apps.kernel.admin.fields import ReferenceSelect
from apps.kernel.admin.filters import SelectFilter
from apps.kernel.admin.labels import Labels, labels_of
from apps.kernel.admin.wording import NOTHING, in_lines, plain_text
from apps.kernel.api.customs import CUSTOM
from apps.kernel.bases.custom_columns import CustomColumn
from apps.kernel.bases.mixins import CustomFields
from apps.kernel.customs import CustomField, FieldDefinitions
from apps.kernel.ids import as_id
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


def entity_on(page: Any, request: HttpRequest, record: Any = None) -> str:
    """The entity whose custom fields the page shows: the page's own word (`fields_entity`), else its model's."""
    own = getattr(page, "fields_entity", None)
    return str(own(request, record) if own else page.model.entity_id)


def offered(page: Any, request: HttpRequest, record: Any = None) -> tuple[CustomField, ...]:
    """The fields that count for the selected organization; asked once in a request."""
    if not takes_customs(page):
        return ()
    known: dict[str, tuple[CustomField, ...]] = vars(request).setdefault("agora_custom_fields", {})
    entity = entity_on(page, request, record)
    if entity not in known:
        known[entity] = service(FieldDefinitions).fields(entity)
    return known[entity]


def grouped(fields: tuple[CustomField, ...], name: Callable[[CustomField], Any]) -> list[tuple[str, dict[str, Any]]]:
    """Sets of a form, each a group with its fields in order."""
    groups: dict[str, list[Any]] = {}
    for field in fields:
        groups.setdefault(field.group, []).append(name(field))
    return [(group or _("More about it"), {"fields": items}) for group, items in groups.items()]


def inputs(page: Any, record: Any, request: HttpRequest) -> dict[str, forms.Field]:
    """Inputs by name, with what the record holds."""
    model, entity = page.model, entity_on(page, request, record)
    port = service(FieldDefinitions)
    found = {}
    for key, field in port.form_fields(entity, None if record is None else record.custom).items():
        if type(field.widget) is forms.Select:
            field.widget = UnfoldAdminSelectWidget(choices=field.widget.choices)
        elif target := port.target(entity, key):
            field.widget = ReferenceSelect(pointing(model, key, target), labels_of(request))
            field.widget.is_required = False
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
        return in_lines(words_of(request, [record])[record.pk].get(field.key, ""))

    shown.__name__ = field.name
    return shown


def list_columns(page: Any, request: HttpRequest) -> list[Text]:
    """A column of the list for each listed field, sorted by it where lists can be.

    The same ones throughout a request: Django looks a column up among those that can be sorted by.
    """
    made: dict[str, list[Text]] = vars(request).setdefault("agora_custom_columns", {})
    entity = entity_on(page, request) if takes_customs(page) else ""
    if entity not in made:
        made[entity] = _columns(page, request)
    return made[entity]


def _columns(page: Any, request: HttpRequest) -> list[Text]:
    listed = [field for field in offered(page, request) if field.is_listed]
    if not listed:
        return []
    known = service(FieldDefinitions).columns(entity_on(page, request))
    sortable = {key: item.value for key, item in known.items() if item.is_sortable}
    return [column_of(field, request, sortable.get(field.key)) for field in listed]


def column_of(field: CustomField, request: HttpRequest, order: Any) -> Text:
    """A column of a list, sorted by `order` (None: by nothing)."""

    @admin.display(description=field.label, empty_value="", ordering=order)
    def cell(record: Any) -> str:
        return words_of(request, [record])[record.pk].get(field.key, "")

    cell.__name__ = field.name
    return cell


def words_of(request: HttpRequest, rows: list[Any]) -> dict[UUID, dict[str, str]]:
    """Custom values in words by record, fetched once for the rows of a page."""
    known: dict[UUID, dict[str, str]] = vars(request).setdefault("agora_custom_words", {})
    missing = [row for row in rows if row.pk not in known]
    by_entity: dict[str, list[Any]] = defaultdict(list)
    for row in missing:
        by_entity[row.fields_entity].append(row)
    for entity, own in by_entity.items():
        found = service(FieldDefinitions).words(entity, [row.custom for row in own])
        known.update(zip((row.pk for row in own), found, strict=True))
    return known


def list_filters(page: Any, request: HttpRequest) -> list[Any]:
    """A filter for each listed field that has few values: a choice, or yes and no."""
    listed = {field.name: field for field in offered(page, request) if field.is_listed}
    if not listed:
        return []
    columns = service(FieldDefinitions).columns(entity_on(page, request)).values()
    offers = ((column, _answers(column)) for column in columns if column.name in listed)
    return [_list_filter(listed[column.name].label, column, answers) for column, answers in offers if answers]


def _answers(column: CustomColumn) -> list[tuple[str, str]]:
    if isinstance(column.field, models.BooleanField):
        return [("true", _("yes")), ("false", _("no"))]
    return [(str(value), str(label)) for value, label in column.field.choices or ()]


def _list_filter(label: str, column: CustomColumn, answers: list[tuple[str, str]]) -> type[SelectFilter]:
    def lookups(self: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return answers

    def queryset(self: Any, request: HttpRequest, rows: Any) -> Any:
        if self.value() not in dict(answers):
            return rows
        wanted: Any = self.value() == "true" if isinstance(column.field, models.BooleanField) else self.value()
        return rows.alias(**{column.name: column.value}).filter(**{column.name: wanted})

    own = {"title": label, "parameter_name": column.name, "lookups": lookups, "queryset": queryset}
    return type("CustomFilter", (SelectFilter,), own)


def entered_text(field: forms.Field, value: Any, labels: Labels) -> str:
    """What an input holds, in words; the labels of several records are fetched at once."""
    if value in (None, "", []):
        return NOTHING
    items = value if isinstance(value, list) else [value]
    if isinstance(field.widget, ReferenceSelect):
        return ", ".join(_named(field.widget.reference.target, items, labels))
    if isinstance(value, Mapping):
        return " ".join(str(item) for item in value.values())
    named = dict(_flat(getattr(field, "choices", ())))
    return ", ".join(named.get(str(item), "") or plain_text(item) for item in items)


def _named(target: str, items: list[Any], labels: Labels) -> list[str]:
    ids = [as_id(item) for item in items]
    labels.fetch((target, item) for item in ids if item is not None)
    return [labels.text(target, item) or str(given) for item, given in zip(ids, items, strict=True)]


def _flat(choices: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Choices by their values as texts, those in groups too."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(value), str(label)


class CustomForms:
    """What pages of records with custom fields have beside the fields of the model."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The page's own sets, and behind them the custom fields in their groups."""
        parent: Any = super()
        page: Any = self
        own = list(parent.get_fieldsets(request, obj))
        fields = tuple(field for field in offered(page, request, obj) if field.is_visible)
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
        fields = inputs(page, obj, request)
        return type(form.__name__, (form,), {**fields, "custom_names": frozenset(fields)})
