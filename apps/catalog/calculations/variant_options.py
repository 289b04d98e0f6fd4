"""What variants of a product may differ in: values judged by the options, combinations of choices and their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum
from itertools import product
from math import prod
from typing import Any, Final

from apps.catalog.calculations.options import Kind
from apps.kernel.words import squeezed

Values = dict[str, str]

LONGEST_TEXT = 255
MOST_DIGITS = 15  # a JSON number of that many digits is the same number to whoever reads it
NUMERAL: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
EXACT: Final = Context(prec=LONGEST_TEXT)  # nothing of what was given is rounded away before it is counted
MOST_NUMBER: Final = 10**MOST_DIGITS
TRUE, FALSE = "true", "false"
CLAIMS: Final = {TRUE: TRUE, "yes": TRUE, "1": TRUE, FALSE: FALSE, "no": FALSE, "0": FALSE}
SEPARATOR = " / "
YES, NO = "✓", "✗"


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

    What is empty or None is no value. The same value has one stored form, however it was entered, so that a
    combination can be told from another by its texts. Everybody who writes values of variants asks here.
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


def is_fitting(options: Sequence[Option], values: Mapping[str, Any]) -> bool:
    """Say whether stored values of a variant are what these options would store."""
    return judged(options, values) == (values, [])


def stored(option: Option, given: Any) -> str | Wrong | None:
    """The value as it is stored, None for no value, or what is wrong with it.

    A choice is named by its code, or by its label where one choice alone has that, whatever the capitals. Numbers and
    booleans may come as JSON or as text: `2.50` and 2.5 are both `2.5`; `true`, `yes` and `1` are `true`.
    """
    value = squeezed(given) if isinstance(given, str) else given
    if value is None or value == "":
        return None
    match option.kind:
        case Kind.SELECT:
            return _choice(option, value)
        case Kind.TEXT:
            return _text(value)
        case Kind.NUMBER:
            return _number(value)
        case Kind.BOOLEAN:
            return _boolean(value)


def _choice(option: Option, given: Any) -> str | Wrong:
    if not isinstance(given, str):
        return Wrong.TYPE
    wanted = given.casefold()
    if wanted in option.choices:
        return wanted
    named = [code for code, label in option.choices.items() if label.casefold() == wanted]
    return named[0] if len(named) == 1 else Wrong.CHOICE


def _text(given: Any) -> str | Wrong:
    if not isinstance(given, str):
        return Wrong.TYPE
    return given if len(given) <= LONGEST_TEXT else Wrong.LENGTH


def _number(given: Any) -> str | Wrong:
    """A number of at most 15 digits without needless ones, so that 1, 1.0 and "01" are one value."""
    number = _exact(given)
    if isinstance(number, Wrong):
        return number
    short = number.normalize(EXACT)
    if len(short.as_tuple().digits) > MOST_DIGITS:
        return Wrong.LENGTH
    return f"{short:f}" if short else "0"


def _exact(given: Any) -> Decimal | Wrong:
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal | str):
        return Wrong.TYPE
    if isinstance(given, str) and not NUMERAL.fullmatch(given):
        return Wrong.TYPE
    # Before anything is made of it: a number of a million digits is text as well.
    if len(given) > LONGEST_TEXT if isinstance(given, str) else isinstance(given, int) and abs(given) >= MOST_NUMBER:
        return Wrong.LENGTH
    number = given if isinstance(given, Decimal) else Decimal(str(given))
    return number if number.is_finite() and abs(number.adjusted()) < MOST_DIGITS else Wrong.LENGTH


def _boolean(given: Any) -> str | Wrong:
    if isinstance(given, bool):
        return TRUE if given else FALSE
    return CLAIMS.get(given.casefold(), Wrong.TYPE) if isinstance(given, str) else Wrong.TYPE


def every_choice(options: Sequence[Option]) -> dict[str, list[str]]:
    """All choices of all selects: what a product's variants are made of unless somebody chooses less."""
    return {option.code: list(option.choices) for option in options if option.kind is Kind.SELECT and option.choices}


def chosen_values(
    options: Sequence[Option], chosen: Mapping[str, Sequence[Any]]
) -> tuple[dict[str, list[str]], list[Fault]]:
    """The chosen values of each option as they are stored, each once, and what is wrong with them.

    An option without a value is left out of the variants, which a required one may not be.
    """
    known = {option.code for option in options}
    faults = [Fault(code, Wrong.UNKNOWN) for code in chosen if code not in known]
    found: dict[str, list[str]] = {}
    for option in options:
        values = [stored(option, item) for item in chosen.get(option.code, ())]
        faults += [Fault(option.code, item) for item in dict.fromkeys(values) if isinstance(item, Wrong)]
        kept = [item for item in values if item is not None and not isinstance(item, Wrong)]
        if kept:
            found[option.code] = list(dict.fromkeys(kept))
        elif option.is_required and not any(fault.option == option.code for fault in faults):
            faults.append(Fault(option.code, Wrong.REQUIRED))
    return found, faults


def count_of(chosen: Mapping[str, Sequence[str]]) -> int:
    """How many combinations the choices make; none without a choice."""
    return prod(len(values) for values in chosen.values()) if chosen else 0


def combinations(chosen: Mapping[str, Sequence[str]]) -> Iterator[Values]:
    """Every combination of the choices: the last option changes first."""
    if chosen:
        for values in product(*chosen.values()):
            yield dict(zip(chosen, values, strict=True))


def name_of(options: Sequence[Option], values: Mapping[str, str]) -> str:
    """What a variant is called by its values, such as `Blue / L`, in the order of the options."""
    return SEPARATOR.join(worded(option, values[option.code]) for option in options if option.code in values)


def worded(option: Option, value: str) -> str:
    """A value for people."""
    if option.kind is Kind.BOOLEAN:
        return f"{option.label} {YES if value == TRUE else NO}"
    return option.choices.get(value, value) if option.kind is Kind.SELECT else value


def key_of(values: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """What tells one combination from another, whatever the order of its options."""
    return frozenset(values.items())
