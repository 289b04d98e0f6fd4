"""What other modules may ask about currencies and exchange rates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, Protocol
from uuid import UUID

from apps.kernel.bases.amounts import DualAmounts
from apps.kernel.errors import FieldError
from apps.kernel.money import Money
from apps.kernel.registry.store import Registry

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


@dataclass(frozen=True, slots=True)
class RateQuestion:
    """What one unit of `from_code` costs in `to_code` on a day: the day of the transaction, never just today."""

    from_code: str
    to_code: str
    on: date
    kind: RateKind = "mid"


@dataclass(frozen=True, slots=True)
class RateStep:
    """A recorded rate on the way to an answer, in the direction that was asked for.

    `is_inverse` says that the opposite rate was recorded, and `rate` is 1 through it.
    """

    from_code: str
    to_code: str
    rate: Decimal
    effective_on: date
    source: str
    is_inverse: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """An answer, with how it came about.

    `effective_on` is the day of the oldest rate on the `path`, `source` names every source of it. A currency in
    itself costs 1, and then the path is empty and the source "".
    """

    rate: Decimal
    effective_on: date
    source: str
    path: tuple[RateStep, ...]


@dataclass(frozen=True, slots=True)
class Conversion:
    """An amount, the same in the other currency (to 4 places, half-up), and the rate between them."""

    amount: Money
    converted: Money
    rate: Rate


@dataclass(frozen=True, slots=True)
class ConversionOrder:
    """An amount to be converted at the rate of a day."""

    amount: Money
    to_code: str
    on: date


class ExchangeRates(Protocol):
    """Rates of the organization that the open scope writes to; asked inside a transaction.

    The latest rate of the day or of the 30 days before it counts: the pair's own, else the opposite one, else the
    way through the base currency. `known_at` None means what is known today, a moment what was known then.
    `sources` None admits every source; otherwise only those that are named count, of one day the first of them.
    Every method raises RateNotFound for a day in the future and where there is no such rate, and never waits for
    a provider: what is missing is asked for behind the answer.
    """

    def rate_on(
        self,
        from_code: str,
        to_code: str,
        on: date,
        *,
        kind: RateKind = "mid",
        known_at: datetime | None = None,
        sources: Sequence[str] | None = None,
    ) -> Rate:
        """What one unit of a currency costs in another on a day."""
        ...

    def convert(
        self,
        amount: Money,
        to_code: str,
        on: date,
        *,
        known_at: datetime | None = None,
        sources: Sequence[str] | None = None,
    ) -> Conversion:
        """An amount in another currency, at the middle rate."""
        ...

    def convert_many(
        self,
        orders: Sequence[ConversionOrder],
        *,
        known_at: datetime | None = None,
        sources: Sequence[str] | None = None,
    ) -> tuple[Conversion, ...]:
        """The same for many amounts, in two queries at most."""
        ...

    def dual_amounts(self, amount: Money, on: date, *, known_at: datetime | None = None) -> DualAmounts:
        """An amount with its equivalent in the base currency, for a row with `TransactionAmounts`.

        Raises BaseCurrencyMissing as well.
        """
        ...

    def realized_gain_loss(self, foreign: Decimal, invoice_rate: Decimal, payment_rate: Decimal) -> Decimal:
        """What a payment of a foreign amount gained (or lost: below zero) in base currency since the invoice."""
        ...


class MissingRates(Protocol):
    """Who is told which rates were asked for in vain, so that they can be fetched behind the answer."""

    def note(self, questions: Sequence[RateQuestion]) -> None:
        """Remember the questions; called inside a transaction of the organization that asked, outside commands."""
        ...


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

    def formatted(self, amount: Money, *, locale: str = "") -> str:
        """An amount as readers of `locale` expect it (CLDR; "" means the tenant's), rounded to `decimal_places`."""
        ...


# How many documents of an organization (its id) are posted, by who counts them.
POSTED_DOCUMENTS: Registry[Callable[[UUID], int]] = Registry("count of posted documents")


def counts_posted_documents(name: str) -> Callable[[Callable[[UUID], int]], Callable[[UUID], int]]:
    """Declare a count of posted documents: while an organization has any, its base currency stays what it is.

    Base amounts stand on the documents; a count runs in the scope of the command that would hand the base on.
    """

    def declare(count: Callable[[UUID], int]) -> Callable[[UUID], int]:
        return POSTED_DOCUMENTS.add(name, count)

    return declare


Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RatePiece:
    """One document of a fetch: what it is called for people, where it is, and the days that are wanted of it.

    `table` is the provider's own word for the kind of document.
    """

    label: str
    url: str
    start: date
    end: date
    table: str = ""


class RateProvider(Protocol):
    """An outside source of exchange rates; it reads documents and writes nothing."""

    @property
    def id(self) -> str:
        """What configurations call it, and what its rates have as source unless `source_of` says otherwise."""
        ...

    @property
    def label(self) -> str:
        """Its name for people, in the reader's language."""
        ...

    @property
    def first_day(self) -> date:
        """The first day that it may have rates for."""
        ...

    def complaints(self, options: Options) -> Iterable[FieldError]:
        """Everything that is wrong with the options of a configuration, each named `options.<name>`."""
        ...

    def source_of(self, options: Options) -> str:
        """What rates that are fetched with the options have as source."""
        ...

    def plan(self, options: Options, start: date, end: date, *, today: date) -> Sequence[RatePiece]:
        """The documents that hold the days from `start` to `end`, both included; no network, no clock."""
        ...

    def quotes(self, piece: RatePiece, options: Options) -> Sequence[RateQuote]:
        """Fetch one document and read the wanted days of it; a day without rates is not an error.

        Raises OutboundRefused or FetchFailed for a host that does not answer well, DocumentBroken for a document
        that is not what it should be.
        """
        ...


@dataclass(frozen=True, slots=True)
class RatesFetched:
    """Days of a source were fetched; `resource_id` is the fetch in the log. Nothing may have changed by it."""

    resource_id: UUID
    source: str
    start_on: date
    end_on: date
    new: int
    corrected: int


@dataclass(frozen=True, slots=True)
class RateFetchFailed:
    """A fetch came to nothing; `error_code` is that of the refusal, the log has it for people."""

    resource_id: UUID
    source: str
    start_on: date
    end_on: date
    error_code: str


RATE_PROVIDERS: Registry[RateProvider] = Registry("rate provider")


def register_rate_provider(provider: RateProvider) -> None:
    """Offer a provider, where its module is imported, once. Raises AlreadyRegistered for an id that is taken."""
    RATE_PROVIDERS.add(provider.id, provider)
