"""Values of added fields: inputs for forms, checks of what REST was given, and the command that saves them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from apps.kernel.commands.invocation import invoked
from apps.kernel.errors import FieldError, PlatformError
from apps.kernel.extensions.fields import FormField, FormFields, Kind, longest

Given = Mapping[str, Any]
LookUp = Callable[[str], Any]
WIDGETS: dict[Kind, Callable[[], forms.Widget]] = {
    Kind.TEXTAREA: partial(forms.Textarea, attrs={"rows": 3}),
    Kind.DATE: partial(forms.DateInput, attrs={"type": "date"}, format="%Y-%m-%d"),
}
TAKEN: dict[Kind, tuple[type, ...]] = {Kind.NUMBER: (str, int, Decimal), Kind.BOOLEAN: (bool,)}


def input_of(item: FormField) -> forms.Field:
    """The input of a field, as plain Django."""
    made = item.make() if item.make else _made(item)
    made.required = item.required and item.kind is not Kind.BOOLEAN
    made.label, made.help_text = str(item.label), str(item.help)
    return made


def _made(item: FormField) -> forms.Field:
    limits = dict(item.limits)
    if item.kind is Kind.SELECT:
        blank = [] if item.required and not callable(item.options) else [("", "—")]
        return forms.TypedChoiceField(choices=[*blank, *item.choices()], empty_value=None, **limits)
    if item.kind is Kind.NUMBER:
        return forms.DecimalField(**{"max_digits": 19, "decimal_places": 4, **limits})
    if item.kind is Kind.BOOLEAN:
        return forms.BooleanField(**limits)
    widget = WIDGETS.get(item.kind, forms.TextInput)()
    if item.kind is Kind.DATE:
        # Browsers and programs both write days as 2027-01-31, whatever language is read.
        return forms.DateField(widget=widget, input_formats=["%Y-%m-%d"], **limits)
    return forms.CharField(widget=widget, **{**limits, "max_length": longest(item)})


def complaints(added: FormFields, given: Any, *, look_up: LookUp, is_new: bool) -> tuple[FieldError, ...]:
    """Everything that is wrong with an object that REST was given, by fields `_<module>.<name>`."""
    if not isinstance(given, Mapping):
        return (FieldError(added.name, "not_a_dict", _("Give an object of values by name.")),)
    known = {item.name: item for item in added.fields}
    found = [
        FieldError(f"{added.name}.{name}", "unknown", _("There is no such field."))
        for name in given
        if name not in known
    ]
    for item in added.fields:
        found += _about(added, item, given, look_up=look_up, is_new=is_new)
    return tuple(found)


def _about(added: FormFields, item: FormField, given: Given, *, look_up: LookUp, is_new: bool) -> list[FieldError]:
    if item.name not in given and not (is_new and item.required):
        return []
    path = f"{added.name}.{item.name}"
    if not is_seen(item, lambda name: given[name] if name in given else look_up(name)):
        hidden = given.get(item.name) not in (None, "", False)
        return (
            [FieldError(path, "kernel.field.hidden", _("It has no place beside the other values."))] if hidden else []
        )
    value = given.get(item.name)
    of_another_kind = [FieldError(path, "invalid", _("This is a value of another kind."))]
    if not _is_of(item.kind, value):
        return of_another_kind
    try:
        input_of(item).clean(value)
    except ValidationError as error:
        return [FieldError(path, one.code or "invalid", str(next(iter(one)))) for one in error.error_list]
    except (TypeError, ValueError, AttributeError):  # a field of the module's own that was given what no form gives
        return of_another_kind
    return []


def _is_of(kind: Kind, value: Any) -> bool:
    if kind is Kind.CUSTOM:
        return True  # its field says
    if value is None:
        return kind is not Kind.BOOLEAN
    taken = TAKEN.get(kind, (str,))
    return isinstance(value, taken) and (bool in taken or not isinstance(value, bool))


def is_seen(item: FormField, look_up: LookUp) -> bool:
    """Say whether the field is shown beside the other values."""
    rule = item.visible_when
    return rule is None or rule.holds(look_up(rule.field))


def cleaned(added: FormFields, given: Given) -> dict[str, Any]:
    """Checked values as the saving command takes them."""
    return {item.name: emptied(input_of(item).clean(given[item.name])) for item in added.fields if item.name in given}


def emptied(value: Any) -> Any:
    """The value; None for an empty text, which means the same."""
    return None if value == "" else value


def companion(added: FormFields, values: Given, record_id: UUID | None) -> Callable[[Any], None]:
    """What saves the values once the record's own command has done its work.

    Complaints of the saving command name its fields as forms and REST do.
    """

    def save(result: Any) -> None:
        about = result.pk if record_id is None and isinstance(result, models.Model) else record_id
        if about is None:
            raise TypeError(f"{added.id}: the command of {added.entity} gives no record back")
        try:
            with invoked(expected_version=None, companions=()):
                added.save(about, **values)
        except PlatformError as error:
            error.errors = tuple(_named(added, error.errors))
            raise

    return save


def _named(added: FormFields, errors: Iterable[FieldError]) -> list[FieldError]:
    own = {item.name for item in added.fields}
    return [
        replace(item, field=f"{added.name}.{item.field}") if item.field.partition(".")[0] in own else item
        for item in errors
    ]
