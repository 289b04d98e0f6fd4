"""Money: an exact amount with its currency, and the only place where amounts are rounded.

An amount is held to 20 decimal places in calculations, and to 4 when it is stored (numeric(19,4)). Rounding
is half-up unless the caller says otherwise. A float is refused wherever it turns up.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from fractions import Fraction
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.numbers import NumberPattern, get_currency_precision
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import InvalidInput, Unprocessable

STORAGE_PLACES: Final = 4
WORKING_PLACES: Final = 20
RATE_DIGITS: Final = 28  # an exchange rate is stored as numeric(28,14)
RATE_PLACES: Final = 14
_INTEGER_DIGITS: Final = 15
_UNITS: Final = tuple(Decimal(1).scaleb(-places) for places in range(WORKING_PLACES + 1))  # of the last place
_CONTEXT: Final = Context(prec=60, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])
_EXACT: Final = Context(prec=100, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])
_AMOUNT: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,20})?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


class AmountInvalid(InvalidInput):
    """Text that is no plain decimal number, or a JSON form of the wrong shape."""

    code = "kernel.money.amount_invalid"
    message = _("An amount is a decimal number written as text, such as 12.50.")


class AmountOutOfRange(InvalidInput):
    """An amount that numeric(19,4) cannot hold; NaN and infinity too."""

    code = "kernel.money.amount_out_of_range"
    message = _("An amount has at most 15 digits before the decimal point.")


class CurrencyInvalid(InvalidInput):
    """A currency code that is not three capital letters (ISO 4217)."""

    code = "kernel.money.currency_invalid"
    message = _("A currency is a code of three capital letters, such as EUR.")


class CurrencyMismatch(Unprocessable):
    """Arithmetic or an order between two currencies."""

    code = "kernel.money.currency_mismatch"
    message = _("Amounts in {left} and {right} cannot be combined.")


class AllocationImpossible(Unprocessable):
    """Weights or an amount that admit no exact split; `reason` says why."""

    code = "kernel.money.allocation_impossible"
    message = _("The amount cannot be split: {reason}.")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in major units of `currency` (ISO 4217)."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.currency, str) or not _CURRENCY.fullmatch(self.currency):
            raise CurrencyInvalid
        object.__setattr__(self, "amount", exact(self.amount))

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(Decimal(0), currency)

    @classmethod
    def from_json(cls, value: object) -> Money:
        """Read what `as_json` wrote; AmountInvalid for any other shape."""
        if not isinstance(value, Mapping) or set(value) != {"amount", "currency"}:
            raise AmountInvalid
        return cls(parse_amount(value["amount"]), value["currency"])

    def as_json(self) -> dict[str, str]:
        """Return `{"amount": "12.50", "currency": "EUR"}`."""
        return {"amount": amount_text(self.amount), "currency": self.currency}

    def __add__(self, other: Money) -> Money:
        self._require_same_currency(other)
        return Money(_CONTEXT.add(self.amount, other.amount), self.currency)

    def __sub__(self, other: Money) -> Money:
        self._require_same_currency(other)
        return Money(_CONTEXT.subtract(self.amount, other.amount), self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(_CONTEXT.multiply(self.amount, exact(factor)), self.currency)

    __rmul__ = __mul__

    def __truediv__(self, divisor: Decimal | int) -> Money:
        return Money(_CONTEXT.divide(self.amount, exact(divisor)), self.currency)

    def __neg__(self) -> Money:
        return Money(self.amount.copy_negate(), self.currency)

    def __abs__(self) -> Money:
        return Money(self.amount.copy_abs(), self.currency)

    def __lt__(self, other: Money) -> bool:
        self._require_same_currency(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        self._require_same_currency(other)
        return self.amount <= other.amount

    def __gt__(self, other: Money) -> bool:
        return not self <= other

    def __ge__(self, other: Money) -> bool:
        return not self < other

    def _require_same_currency(self, other: Money) -> None:
        if not isinstance(other, Money):
            raise TypeError(f"Money cannot be combined with {type(other).__name__}.")
        if self.currency != other.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)


def exact(amount: Decimal | int) -> Decimal:
    """Return the working form: finite, below 10**15, at most 20 places, no exponent, no minus zero.

    Raises AmountOutOfRange; TypeError for anything but Decimal and int (a float has lost the amount already).
    """
    if isinstance(amount, bool) or not isinstance(amount, (Decimal, int)):
        raise TypeError(f"An amount is a Decimal, not {type(amount).__name__}.")
    if isinstance(amount, int):
        amount = Decimal(amount) if abs(amount) < 10**_INTEGER_DIGITS else Decimal("Infinity")
    if not amount:
        amount = amount.copy_abs()
    elif not amount.is_finite() or amount.adjusted() >= _INTEGER_DIGITS:
        raise AmountOutOfRange
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and not -WORKING_PLACES <= exponent <= 0:
        return quantize(amount, 0 if exponent > 0 else WORKING_PLACES)
    return amount


def quantize(amount: Decimal, places: int, *, rounding: str = ROUND_HALF_UP) -> Decimal:
    """Round to `places` decimals (0 to 20) and keep exactly that many; the result is never minus zero."""
    if isinstance(amount, bool) or not isinstance(amount, Decimal):
        raise TypeError(f"An amount is a Decimal, not {type(amount).__name__}.")
    if not 0 <= places <= WORKING_PLACES:
        raise ValueError(f"An amount has 0 to {WORKING_PLACES} decimal places, not {places}.")
    if not amount:
        return Decimal(0).scaleb(-places)
    if not amount.is_finite() or amount.adjusted() >= _INTEGER_DIGITS:
        raise AmountOutOfRange
    rounded = amount.quantize(_UNITS[places], rounding=rounding, context=_CONTEXT)
    return rounded or rounded.copy_abs()


def round_half_up(amount: Decimal, places: int = STORAGE_PLACES) -> Decimal:
    """Round half-up, away from zero on the half: 0.00005 becomes 0.0001, -0.00005 becomes -0.0001."""
    return quantize(amount, places)


def times(amount: Decimal, factor: Decimal, *, places: int = STORAGE_PLACES) -> Decimal:
    """Multiply exactly and round once, half-up: a product that is rounded twice may be off by a unit.

    Both have at most 50 digits. Raises AmountOutOfRange when the product has more than 15 before the point.
    """
    return quantize(_EXACT.multiply(amount, factor), places)


def to_storage(amount: Decimal) -> Decimal:
    """Round to what a column numeric(19,4) holds; AmountOutOfRange when the rounded amount does not fit."""
    return exact(round_half_up(exact(amount)))


def is_known_currency(code: str) -> bool:
    """Say whether the code is in ISO 4217 or was: legal tender, units of account, metals, historic ones."""
    return code in Locale("en").currencies


def currency_places(currency: str) -> int:
    """Return the customary decimal places of a currency (CLDR): 2 for EUR, 0 for JPY."""
    return int(get_currency_precision(currency))


def to_currency_places(money: Money, places: int | None = None) -> Money:
    """Round for display or a document total; without `places` as CLDR has it for the currency."""
    chosen = currency_places(money.currency) if places is None else places
    return Money(round_half_up(money.amount, chosen), money.currency)


def total(items: Iterable[Money], currency: str) -> Money:
    """Add up amounts that must all be in `currency`; nothing adds up to zero."""
    return sum(items, start=Money.zero(currency))


def allocate(amount: Decimal, weights: Sequence[Decimal | int], *, places: int = 2) -> tuple[Decimal, ...]:
    """Split `amount` by `weights` into shares of `places` decimals that add up to it exactly.

    Largest remainder: every share is cut towards zero, then the units left over go to the largest remainders,
    the earlier one first. `amount` may be negative; a weight of zero gets zero. Raises AllocationImpossible
    for no weights, a negative one, weights that add up to zero, or an amount finer than `places`.
    """
    parts = [Fraction(exact(weight)) for weight in weights]
    if any(part < 0 for part in parts) or not sum(parts):
        raise AllocationImpossible(reason=_("weights must be zero or more, and at least one above zero"))
    rounded = quantize(amount, places)
    if rounded != amount:
        raise AllocationImpossible(reason=_("it has more than {places} decimal places").format(places=places))
    units = int(rounded.copy_abs().scaleb(places, _CONTEXT))
    shares = _largest_remainder(units, parts)
    sign = -1 if rounded < 0 else 1
    return tuple(Decimal(sign * share).scaleb(-places, _CONTEXT) for share in shares)


def _largest_remainder(units: int, parts: Sequence[Fraction]) -> list[int]:
    whole = sum(parts)
    ideal = [units * part / whole for part in parts]
    shares = [int(share) for share in ideal]
    by_remainder = sorted(range(len(parts)), key=lambda index: shares[index] - ideal[index])
    for index in by_remainder[: units - sum(shares)]:
        shares[index] += 1
    return shares


def parse_amount(text: object) -> Decimal:
    """Read an amount from text such as `-12.50`: no exponent, no separators, at most 20 places."""
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
        raise AmountInvalid
    return exact(Decimal(text))


def amount_text(amount: Decimal) -> str:
    """Return the amount as text without an exponent, the form of every JSON body."""
    return format(exact(amount), "f")


def format_money(money: Money, locale: str, *, places: int | None = None) -> str:
    """Return the amount as a reader of `locale` (`pl`, `de_AT`, `en-GB`) expects it, rounded half-up."""
    shown = currency_places(money.currency) if places is None else places
    tag = locale.replace("-", "_")
    amount = round_half_up(money.amount, shown)
    return str(_pattern(tag, shown).apply(amount, tag, currency=money.currency, currency_digits=False))


@lru_cache(maxsize=256)
def _pattern(locale: str, places: int) -> NumberPattern:
    # Babel's own quantization is half-even and knows CLDR's places only, so the pattern gets ours.
    pattern: NumberPattern = copy.copy(Locale.parse(locale).currency_formats["standard"])
    pattern.frac_prec = (places, places)
    return pattern
