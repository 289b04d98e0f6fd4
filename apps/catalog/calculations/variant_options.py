"""What variants of a product may differ in: values judged by the options, combinations of choices and their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import product
from math import prod
from typing import Any

Value = str | int | float | bool
Values = dict[str, Value]

LONGEST_TEXT = 255
MOST_DIGITS = 15  # a JSON number of that many digits is the same number to whoever reads it
SEPARATOR = " / "
YES, NO = "✓", "✗"


class Kind(StrEnum):
    """How the value of an option is entered."""

    SELECT = "select"
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"


class Wrong(StrEnum):
    """What can be wrong with the value of an option."""

    UNKNOWN = "unknown"
    REQUIRED = "required"
    CHOICE = "choice"
    TYPE = "type"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that variants differ in; `choices` are labels by code, in their order, of a select only."""

    code: str
    label: str
    kind: Kind
    is_required: bool
    choices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that does not do, by the code of its option."""

    option: str
    reason: Wrong


def options_of(written: Sequence[Mapping[str, Any]]) -> tuple[Option, ...]:
    """The options of a schema as it is stored."""
    return tuple(
        Option(
            item["code"],
            item.get("label") or item["code"],
            Kind(item.get("input_type", Kind.SELECT)),
            bool(item.get("is_required", False)),
            {choice["code"]: choice.get("label") or choice["code"] for choice in item.get("choices") or ()},
        )
        for item in written
    )


def judged(options: Sequence[Option], given: Mapping[str, Any]) -> tuple[Values, list[Fault]]:
    """The values as they are stored, in the order of the options, and what is wrong with them.

    Text is stripped; what is empty or None is no value. The same value has one stored form, so that a combination
    can be told from another by its text.
    """
    known = {option.code for option in options}
    values, faults = Values(), [Fault(code, Wrong.UNKNOWN) for code in given if code not in known]
    for option in options:
        value = stored(option, given.get(option.code))
        if isinstance(value, Wrong):
            faults.append(Fault(option.code, value))
        elif value is not None:
            values[option.code] = value
        elif option.is_required:
            faults.append(Fault(option.code, Wrong.REQUIRED))
    return values, faults


def stored(option: Option, given: Any) -> Value | Wrong | None:
    """The value as it is stored, None for no value, or what is wrong with it."""
    text = " ".join(given.split()) if isinstance(given, str) else given
    if text is None or text == "":
        return None
    match option.kind:
        case Kind.SELECT:
            return _choice(option, text)
        case Kind.TEXT:
            return _text(text)
        case Kind.NUMBER:
            return _number(text)
        case Kind.BOOLEAN:
            return text if isinstance(text, bool) else Wrong.TYPE


def _choice(option: Option, given: Any) -> Value | Wrong:
    if not isinstance(given, str):
        return Wrong.TYPE
    return given if given in option.choices else Wrong.CHOICE


def _text(given: Any) -> Value | Wrong:
    if not isinstance(given, str):
        return Wrong.TYPE
    return given if len(given) <= LONGEST_TEXT else Wrong.LENGTH


def _number(given: Any) -> Value | Wrong:
    """A number of at most 15 digits: whole ones without a point, so that 1 and 1.0 are one value."""
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal):
        return Wrong.TYPE
    number = Decimal(str(given))
    if not number.is_finite() or abs(number.adjusted()) >= MOST_DIGITS:
        return Wrong.LENGTH
    exact = number.normalize()
    if len(exact.as_tuple().digits) > MOST_DIGITS:
        return Wrong.LENGTH
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def every_choice(options: Sequence[Option]) -> dict[str, list[Value]]:
    """All choices of all selects: what a product's variants are made of unless somebody chooses less."""
    return {option.code: list(option.choices) for option in options if option.kind is Kind.SELECT and option.choices}


def chosen_values(
    options: Sequence[Option], chosen: Mapping[str, Sequence[Any]]
) -> tuple[dict[str, list[Value]], list[Fault]]:
    """The chosen values of each option as they are stored, each once, and what is wrong with them.

    An option without a value is left out of the variants, which a required one may not be.
    """
    known = {option.code for option in options}
    faults = [Fault(code, Wrong.UNKNOWN) for code in chosen if code not in known]
    found: dict[str, list[Value]] = {}
    for option in options:
        values = [stored(option, item) for item in chosen.get(option.code, ())]
        faults += [Fault(option.code, item) for item in dict.fromkeys(values) if isinstance(item, Wrong)]
        kept = [item for item in values if item is not None and not isinstance(item, Wrong)]
        if kept:
            found[option.code] = _each_once(kept)
        elif option.is_required and not any(fault.option == option.code for fault in faults):
            faults.append(Fault(option.code, Wrong.REQUIRED))
    return found, faults


def _each_once(values: Sequence[Value]) -> list[Value]:
    """The values in their order; True is not the number 1."""
    return list({(isinstance(value, bool), value): value for value in values}.values())


def count_of(chosen: Mapping[str, Sequence[Value]]) -> int:
    """How many combinations the choices make; none without a choice."""
    return prod(len(values) for values in chosen.values()) if chosen else 0


def combinations(chosen: Mapping[str, Sequence[Value]]) -> Iterator[Values]:
    """Every combination of the choices: the last option changes first."""
    if chosen:
        for values in product(*chosen.values()):
            yield dict(zip(chosen, values, strict=True))


def name_of(options: Sequence[Option], values: Mapping[str, Value]) -> str:
    """What a variant is called by its values, such as `Blue / L`, in the order of the options."""
    return SEPARATOR.join(worded(option, values[option.code]) for option in options if option.code in values)


def worded(option: Option, value: Value) -> str:
    """A value for people."""
    if isinstance(value, bool):
        return f"{option.label} {YES if value else NO}"
    return option.choices.get(str(value), str(value)) if option.kind is Kind.SELECT else str(value)


def key_of(values: Mapping[str, Value]) -> frozenset[tuple[str, bool, Value]]:
    """What tells one combination from another, whatever the order of its options."""
    return frozenset((code, isinstance(value, bool), value) for code, value in values.items())
