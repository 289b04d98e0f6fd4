"""What a definition of a field has to keep to, whoever makes it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.entities.calculations.canonical import canonical, is_empty, number_of
from apps.entities.calculations.limits import NUMBERS, PATTERNED, TEXTS, TIMES, judged, whole
from apps.entities.calculations.storage import shown
from apps.entities.calculations.wrong import Wrong
from apps.entities.contracts import FieldDefinition, Kind, Option
from apps.kernel.expressions.patterns import PatternError
from apps.kernel.expressions.regex import matcher

MOST_OPTIONS: Final = 500
CHOOSING: Final = frozenset({Kind.SELECT, Kind.MULTISELECT})
MEASURED: Final = TEXTS | {Kind.MULTISELECT}
UNIQUE: Final = frozenset(
    {Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.DATETIME, Kind.SELECT, Kind.RELATION, Kind.DICTIONARY}
    | {Kind.URL, Kind.EMAIL, Kind.PHONE}
)
SEALED: Final = frozenset(
    {Kind.TEXT, Kind.MULTILINE, Kind.INTEGER, Kind.DECIMAL, Kind.BOOLEAN, Kind.DATE, Kind.DATETIME, Kind.SELECT}
    | {Kind.URL, Kind.EMAIL, Kind.PHONE}
)
SEARCHED: Final = TEXTS | CHOOSING
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with one part of a definition."""

    field: str
    code: str
    message: str


def options_of(raw: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, str]], list[Complaint]]:
    """Options in their stored form, and what is wrong with them, at `options.<index>`."""
    found: list[dict[str, str]] = []
    problems: list[Complaint] = []
    if len(raw) > MOST_OPTIONS:
        problems.append(Complaint("options", "max_length", _("Give at most {most}.").format(most=MOST_OPTIONS)))
    for index, item in enumerate(raw[:MOST_OPTIONS]):
        value, label, colour = (_words(item.get(name)) for name in ("value", "label", "colour"))
        problems += _option_problems(f"options.{index}", value, label, colour)
        if value and value in {option["value"] for option in found}:
            problems.append(
                Complaint(f"options.{index}", "entities.definition.repeated", _("This value stands twice."))
            )
        found.append({"value": value, "label": label or value, "colour": colour.lower()})
    return found, problems


def _words(raw: Any) -> str:
    return unicodedata.normalize("NFC", str(raw or "").strip())


def _option_problems(place: str, value: str, label: str, colour: str) -> Iterator[Complaint]:
    if not value:
        yield Complaint(place, "entities.definition.option_bad", _("An option needs a value."))
    if len(value) > 100 or len(label) > 120:
        yield Complaint(place, "entities.definition.option_bad", _("A value has at most 100 characters, a label 120."))
    if colour and not _COLOUR.fullmatch(colour.lower()):
        yield Complaint(place, "entities.definition.option_bad", _("A colour is written as #rrggbb."))


def bound_of(kind: Kind, text: str) -> str:
    """A smallest or greatest value in canonical form, "" for none. Raises Wrong."""
    if not text.strip():
        return ""
    if kind in NUMBERS:
        return f"{number_of(text):f}"
    if kind in TIMES:
        return str(canonical(FieldDefinition("", "", "", kind), text))
    raise Wrong("entities.definition.not_for_kind", _("This kind of field has no smallest or greatest value."))


def default_of(field: FieldDefinition) -> Any:
    """The default in the form in which it is stored and shown, None for none. Raises Wrong."""
    if is_empty(field.default):
        return None
    value = canonical(field, field.default)
    for problem in () if value is None else judged(field, value):
        raise problem
    return shown(value)


def problems_of(field: FieldDefinition, *, kinds: Sequence[Kind], targets: Sequence[str]) -> Iterator[Complaint]:
    """What is wrong with a definition whose parts are in order by themselves."""
    if field.kind not in kinds:
        yield Complaint(
            "kind", "entities.definition.unavailable", _("What this kind of field points to is not installed.")
        )
    yield from _pointing(field, targets)
    yield from _choices(field)
    yield from _lengths(field)
    yield from _patterns(field)
    yield from _claims(field)


def _pointing(field: FieldDefinition, targets: Sequence[str]) -> Iterator[Complaint]:
    if field.kind is Kind.RELATION:
        if field.target not in targets:
            yield Complaint(
                "target", "entities.definition.target_unknown", _("Choose the kind of record that the field links to.")
            )
    elif field.target:
        yield _misplaced("target")
    if field.kind is Kind.DICTIONARY:
        if not field.dictionary:
            yield Complaint("dictionary", "entities.definition.dictionary_missing", _("Choose a dictionary."))
    elif field.dictionary:
        yield _misplaced("dictionary")


def _choices(field: FieldDefinition) -> Iterator[Complaint]:
    if field.kind in CHOOSING and not field.options:
        yield Complaint("options", "entities.definition.options_missing", _("Give at least one option."))
    if field.kind not in CHOOSING and field.options:
        yield _misplaced("options")


def _lengths(field: FieldDefinition) -> Iterator[Complaint]:
    rules = field.rules
    for name in ("min_length", "max_length"):
        if getattr(rules, name) is not None and field.kind not in MEASURED:
            yield _misplaced(name)
    if None not in {rules.min_length, rules.max_length} and (rules.min_length or 0) > (rules.max_length or 0):
        yield Complaint("max_length", "entities.definition.order", _("The greatest length is less than the shortest."))
    low, high = (_measure(field, item) for item in (rules.minimum, rules.maximum))
    if low is not None and high is not None and low > high:
        yield Complaint("maximum", "entities.definition.order", _("The maximum is less than the minimum."))


def _measure(field: FieldDefinition, bound: Decimal | str | None) -> Any:
    return Decimal(bound) if bound is not None and field.kind in NUMBERS else bound


def _patterns(field: FieldDefinition) -> Iterator[Complaint]:
    if not field.rules.pattern:
        return
    if field.kind not in PATTERNED:
        yield _misplaced("pattern")
        return
    try:
        matcher(whole(field.rules.pattern))
    except PatternError as error:
        yield Complaint(
            "pattern",
            "entities.definition.pattern_bad",
            _("This pattern cannot be used: {reason}.").format(reason=error),
        )


def _claims(field: FieldDefinition) -> Iterator[Complaint]:
    if field.rules.is_unique and field.kind not in UNIQUE:
        yield _misplaced("is_unique")
    if field.rules.is_unique and not is_empty(field.default):
        yield Complaint(
            "default",
            "entities.definition.not_unique",
            _("A unique field has no default: the second record would be refused."),
        )
    if field.is_encrypted and field.kind not in SEALED:
        yield _misplaced("is_encrypted")
    if field.is_searchable and (field.is_encrypted or field.kind not in SEARCHED):
        yield _misplaced("is_searchable")


def _misplaced(name: str) -> Complaint:
    return Complaint(name, "entities.definition.not_for_kind", _("This does not go with the kind of the field."))


def removed_options(former: Sequence[Option], latter: Sequence[Option]) -> list[str]:
    """Values that were options and are none any more."""
    kept = {option.value for option in latter}
    return [option.value for option in former if option.value not in kept]
