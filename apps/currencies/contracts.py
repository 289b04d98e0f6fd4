"""What other modules may ask about currencies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

RateKind = Literal["mid", "buy", "sell"]
# The source of what people enter.
MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class CurrencyFacts:
    """A currency as the organization has it. `code` is ISO 4217; `decimal_places` is for display and totals."""

    code: str
    name: str
    symbol: str
    decimal_places: int
    is_active: bool
    is_base: bool


@dataclass(frozen=True, slots=True)
class RateQuote:
    """What somebody says one unit of `from_code` costs in `to_code` on a day.

    `rate` is per one unit: who quotes per 100 divides first. `buy` is what a bank pays when it buys `from_code`,
    `sell` what it takes when it sells `from_code`; so the inverse of a buying rate is a selling rate.
    """

    from_code: str
    to_code: str
    rate: Decimal
    effective_on: date
    kind: RateKind


class CurrencyBook(Protocol):
    """Currencies of the organization that the open scope writes to.

    Every method raises OrganizationRequired when the scope writes to none.
    """

    def currency(self, code: str) -> CurrencyFacts | None:
        """The currency of a code, None when the organization has not got it."""
        ...

    def active(self) -> tuple[CurrencyFacts, ...]:
        """Currencies that may be chosen, by code."""
        ...

    def base_currency(self) -> str:
        """Code of the base currency. Raises BaseCurrencyMissing when the organization has no currency at all."""
        ...

    def decimal_places(self, code: str) -> int:
        """Places of a currency: the organization's own choice, else the customary number (CLDR)."""
        ...
