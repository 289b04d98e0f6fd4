"""What a product may be: its values in the form in which they are kept, and rules over several of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.kernel.errors import FieldError
from apps.kernel.words import squeezed

IN_ORDER: Final = "catalog.product.out_of_order"
NO_EXCISE: Final = "catalog.product.no_excise"
HALF_UNIT_PRICE: Final = "catalog.product.unit_price_incomplete"
NO_BASE_UNIT: Final = "catalog.uom.default_unit_missing"
LENGTHS: Final = ("width", "height", "depth")
LONGEST_UNIT, MOST_LENGTH = 25, Decimal(10) ** 12
UPPER: Final = frozenset({"primary_currency", "country_of_origin", "currency"})
CALLED: Final = frozenset({"title", "name"})
# The first never comes after the second.
ORDERED: Final = (
    ("launch_at", "end_of_life_at"),
    ("available_from", "available_until"),
    ("min_order_quantity", "max_order_quantity"),
)


def normal_text(name: str, text: str) -> str:
    """A text of a column of that name, without spaces at its ends; codes in the capitals that they are kept in."""
    if name in UPPER:
        return text.strip().upper()
    if name == "handle":
        return text.strip().lower()
    return squeezed(text) if name in CALLED else text.strip()


def normal_un_number(text: str) -> str:
    """`UN1950` for `1950`, `un 1950` and `UN1950`; what is something else stays as it is, without spaces."""
    number = "".join(text.split()).upper()
    return f"UN{number}" if re.fullmatch(r"[0-9]{4}", number) else number


def normal_gtu_codes(codes: Iterable[str]) -> list[str]:
    """The codes in capitals, each once, in their order."""
    return sorted({code.strip().upper() for code in codes})


def normal_dimensions(given: Mapping[str, Any]) -> dict[str, str]:
    """Lengths as decimal texts without trailing zeros, beside their unit; what is empty is left out."""
    kept = {name: value for name, value in given.items() if value is not None and value != ""}
    return {name: f"{value.normalize():f}" if isinstance(value, Decimal) else value for name, value in kept.items()}


def dimension_complaints(given: Mapping[str, Any]) -> Iterator[FieldError]:
    """What is wrong with normal dimensions, each under `dimensions.<name>`."""
    for name, value in given.items():
        path = f"dimensions.{name}"
        if name == "unit":
            if not isinstance(value, str) or len(value) > LONGEST_UNIT:
                text = _("Use at most {most} characters.").format(most=LONGEST_UNIT)
                yield FieldError(path, "max_length", text)
        elif name not in LENGTHS:
            yield FieldError(path, "unknown", _("There is no such field."))
        elif not _is_length(value):
            text = _("Give a number from 0 on, with at most 12 digits before the point and 4 behind it.")
            yield FieldError(path, "invalid", text)


def _is_length(value: Any) -> bool:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,4})?", value):
        return False
    return 0 <= Decimal(value) < MOST_LENGTH


def rule_complaints(product: Mapping[str, Any]) -> Iterator[FieldError]:
    """What is wrong with several values of a product together, as it will be; `product` holds columns by name."""
    for first, second in ORDERED:
        if None not in {product[first], product[second]} and product[second] < product[first]:
            yield FieldError(second, IN_ORDER, _("This comes before the beginning of its range."))
    yield from _unit_complaints(product)
    if product["excise_category"] and not product["is_excise_good"]:
        yield FieldError("excise_category", NO_EXCISE, _("Only an excise good has what excise is owed for."))


def _unit_complaints(product: Mapping[str, Any]) -> Iterator[FieldError]:
    if product["sales_unit"] and not product["unit"]:
        yield FieldError("unit", NO_BASE_UNIT, _("A sales unit needs a base unit."))
    if product["shows_unit_price"]:
        for name in ("unit_price_reference", "unit_price_quantity"):
            if product[name] in {"", None}:
                text = _("The price per unit needs its unit and how much of it there is.")
                yield FieldError(name, HALF_UNIT_PRICE, text)
    for name in ("sales_unit_quantity", "unit_price_quantity"):
        if product[name] is not None and product[name] <= 0:
            yield FieldError(name, "min_value", _("This has to be more than 0."))
