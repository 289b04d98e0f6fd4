"""What may stand in fields of products that are chosen from the organization's own lists: currencies and units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from apps.currencies.contracts import CurrencyBook
from apps.dictionaries.contracts import DictionaryBook
from apps.kernel.services import service

# The dictionary is the organization's own, so that its key is what people call it.
UNITS: Final = ("unit", "units")
CURRENCIES: Final = ("currency", "currencies")


@dataclass(frozen=True, slots=True)
class Choice:
    """`value` is what records hold, `label` what people read. `color` is `#RRGGBB` or "", `icon` a symbol or ""."""

    value: str
    label: str
    color: str = ""
    icon: str = ""
    is_default: bool = False


def units() -> list[Choice]:
    """Units of the organization's dictionary in its order; none where it keeps none, and then any unit will do."""
    book = service(DictionaryBook)
    entries = next((found for key in UNITS if (found := book.entries(key))), [])
    return [Choice(item.value, item.label, item.color, item.icon, item.is_default) for item in entries]


def currencies() -> list[Choice]:
    """Currencies that the organization has in use, by code; its base currency is the default.

    Raises OrganizationRequired.
    """
    active = service(CurrencyBook).active()
    return [Choice(item.code, item.name, is_default=item.is_base) for item in active]


# By every name that a list goes by.
CHOICES: Final[Mapping[str, Callable[[], list[Choice]]]] = {
    **dict.fromkeys(CURRENCIES, currencies),
    **dict.fromkeys(UNITS, units),
}
