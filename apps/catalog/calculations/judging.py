"""What files say of options, and when two prices of a file stand in each other's way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _

from apps.kernel.errors import FieldError

OPTION_UNKNOWN: Final = "catalog.variant.option_unknown"
OPTION_CHOICE: Final = "catalog.variant.option_choice"
OPTION_MISSING: Final = "catalog.variant.option_missing"
LONGEST_OPTION: Final = 255
MOST_OF_OPTION: Final = 10**15


def typed_options(
    given: Mapping[str, str], options: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Any], list[FieldError]]:
    """Texts by option code as values of a schema's options, and what is wrong with them at `option_<code>`.

    `options` is what an option schema holds. A choice is found by its code or its label, whatever the capitals.
    """
    known = {str(item["code"]): item for item in options}
    found: dict[str, Any] = {}
    complaints: list[FieldError] = []
    for code, text in given.items():
        option = known.get(code)
        value = _typed(text, option) if option is not None else None
        if option is None:
            complaints.append(FieldError(f"option_{code}", OPTION_UNKNOWN, _("The product has no such option.")))
        elif value is None:
            complaints.append(FieldError(f"option_{code}", OPTION_CHOICE, _("The option has no such value.")))
        else:
            found[code] = value
    return found, complaints


def missing_options(values: Mapping[str, Any], options: Sequence[Mapping[str, Any]]) -> Iterator[FieldError]:
    """Complaints about required options without a value."""
    for option in options:
        code = str(option["code"])
        if option.get("is_required") and values.get(code) in (None, ""):
            yield FieldError(f"option_{code}", OPTION_MISSING, _("The product's variants need this option."))


def _typed(text: str, option: Mapping[str, Any]) -> Any:
    """The value, None for a text that is none."""
    word, kind = text.strip(), option.get("input_type", "select")
    if kind == "select":
        choices = option.get("choices", ())
        names = {
            str(name).casefold(): item["code"] for item in choices for name in (item.get("label", ""), item["code"])
        }
        return names.get(word.casefold())
    if kind == "number":
        return _number(word)
    if kind == "boolean":
        return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(word.casefold())
    return word if 0 < len(word) <= LONGEST_OPTION else None


def _number(text: str) -> int | float | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    if not found.is_finite() or abs(found) >= MOST_OF_OPTION:
        return None
    return int(found) if found == found.to_integral_value() else float(found)


def option_words(values: Mapping[str, Any], options: Sequence[Mapping[str, Any]]) -> str:
    """What a variant is called that has these values: labels of choices in the order of the options, `Blue / L`."""
    words = []
    for option in options:
        value = values.get(str(option["code"]))
        labels = {item["code"]: item.get("label") or item["code"] for item in option.get("choices", ())}
        if value is not None:
            words.append(str(labels.get(value, value)))
    return " / ".join(words)


class Span(NamedTuple):
    """When and for which quantities a price holds; of quantities both ends belong to it, of the period the first."""

    min_quantity: Decimal
    max_quantity: Decimal | None
    valid_from: datetime | None
    valid_until: datetime | None

    def overlaps(self, other: Span) -> bool:
        """Say whether there is a quantity and a moment that belong to both."""
        return (
            (self.max_quantity is None or other.min_quantity <= self.max_quantity)
            and (other.max_quantity is None or self.min_quantity <= other.max_quantity)
            and _is_before(other.valid_from, self.valid_until)
            and _is_before(self.valid_from, other.valid_until)
        )


def _is_before(first: datetime | None, second: datetime | None) -> bool:
    return first is None or second is None or first < second
