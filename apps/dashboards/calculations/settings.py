"""Settings of widgets: defaults filled in, and complaints about what does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.kernel.errors import FieldError
from apps.kernel.expressions import ExpressionError, Limits, parse
from apps.kernel.extensions.dashboards import Setting, SettingKind

CONDITION = Limits(depth=3, group=15, conditions=50)
NOTHING = ("", None)


def completed(settings: Sequence[Setting], given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as they count: given ones, else the default, else the first choice where one has to be made."""
    found: dict[str, Any] = {}
    for item in settings:
        value = given.get(item.name, item.default)
        if value in NOTHING and item.kind is SettingKind.CHOICE and item.is_required and item.choices:
            value = next((key for key, _label in item.choices(found)), value)
        found[item.name] = value
    return found


def asked_for(settings: Sequence[Setting], given: Mapping[str, Any]) -> list[Setting]:
    """Those settings that there is something to decide about, as the others are."""
    values = completed(settings, given)
    return [item for item in settings if item.choices is None or item.choices(values)]


def complaints(settings: Sequence[Setting], given: Mapping[str, Any], *, path: str = "settings") -> list[FieldError]:
    """Everything that is wrong with the given settings; fields are named below `path`."""
    known = {item.name: item for item in settings}
    values = completed(settings, given)
    strangers = [name for name in given if name not in known]
    found = [FieldError(f"{path}.{name}", "unknown", _("There is no such field.")) for name in strangers]
    for item in settings:
        found += [FieldError(f"{path}.{item.name}", code, text) for code, text in _faults(item, values)]
    return found


def _faults(item: Setting, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    value = values[item.name]
    if value in NOTHING or value == []:
        if item.is_required and (item.choices is None or item.choices(values)):
            yield "required", _("This field is required.")
        return
    yield from JUDGES[item.kind](item, value, values)


def _text(item: Setting, value: Any, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not isinstance(value, str) or "\x00" in value:
        yield "invalid", _("Enter a text.")
    elif len(value) > item.maximum:
        yield "max_length", _("At most {most} letters.").format(most=item.maximum)


def _integer(item: Setting, value: Any, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if isinstance(value, bool) or not isinstance(value, int):
        yield "invalid", _("Enter a whole number.")
    elif not item.minimum <= value <= item.maximum:
        yield "range", _("Enter a number from {least} to {most}.").format(least=item.minimum, most=item.maximum)


def _boolean(item: Setting, value: Any, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not isinstance(value, bool):
        yield "invalid", _("Say yes or no.")


def _choice(item: Setting, value: Any, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    offered = [key for key, _label in item.choices(values)] if item.choices else []
    if value not in offered:
        yield "invalid_choice", _("This cannot be chosen here.")


def _choices(item: Setting, value: Any, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not isinstance(value, list):
        yield "invalid", _("Give a list.")
    elif any(fault for single in value for fault in _choice(item, single, values)):
        yield "invalid_choice", _("This cannot be chosen here.")


def _condition(item: Setting, value: Any, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    try:
        parse(value, limits=CONDITION)
    except ExpressionError as error:
        complaint = error.errors[0] if error.errors else None
        yield (
            complaint.code if complaint else error.code,
            _("This condition cannot be read: {reason}.").format(
                reason=complaint.message.rstrip(".") if complaint else error.detail.rstrip(".")
            ),
        )


JUDGES = {
    SettingKind.TEXT: _text,
    SettingKind.INTEGER: _integer,
    SettingKind.BOOLEAN: _boolean,
    SettingKind.CHOICE: _choice,
    SettingKind.CHOICES: _choices,
    SettingKind.CONDITION: _condition,
}
