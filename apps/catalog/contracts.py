"""What other modules may ask of the catalog: the price of something, with the reasons, and a say in how it is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID

from apps.kernel.registry.points import ExtensionPoint


class Layer(IntEnum):
    """What a price is about; the layer of the highest rank that has a price wins, by default in this order."""

    BASE = 0
    CHANNEL = 1
    GROUP = 2
    CUSTOMER = 3
    PROMOTION = 4


class Lost(StrEnum):
    """Why a row is not the price. The last ones tell why a row that would do stands behind another."""

    UNKNOWN = "unknown"
    PRODUCT_INACTIVE = "product_inactive"
    VARIANT_INACTIVE = "variant_inactive"
    QUOTE_ONLY = "quote_only"
    OTHER_VARIANT = "other_variant"
    KIND_INACTIVE = "kind_inactive"
    LIST_INACTIVE = "list_inactive"
    NOT_YET = "not_yet"
    OVER = "over"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    CHANNEL = "channel"
    CUSTOMER = "customer"
    CUSTOMER_GROUP = "customer_group"
    USER = "user"
    USER_GROUP = "user_group"
    OTHER_OFFER = "other_offer"
    OFFER_INACTIVE = "offer_inactive"
    OFFER_NOT_YET = "offer_not_yet"
    OFFER_OVER = "offer_over"
    OWN_ROW = "own_row"
    CURRENCY = "currency"
    NO_RATE = "no_rate"
    NOT_CHEAPER = "not_cheaper"
    LAYER = "layer"
    LIST_PRIORITY = "list_priority"
    LESS_SPECIFIC = "less_specific"
    NO_OFFER = "no_offer"
    SMALLER_MINIMUM = "smaller_minimum"
    EARLIER_START = "earlier_start"
    HIGHER_AMOUNT = "higher_amount"
    LATER_ID = "later_id"


class OfferFacts(NamedTuple):
    """An offer as pricing sees it, of a product or of one variant. `ends_at` no longer belongs to it."""

    id: UUID
    is_promotion: bool
    is_active: bool = True
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    channel_id: UUID | None = None
    variant_id: UUID | None = None


class PriceRow(NamedTuple):
    """A price as it may win or lose: what it costs, and every condition of it; None is no condition.

    `amount` is for one base unit in major units of `currency`, with tax when `includes_tax`. Quantities count base
    units, both ends included. Of the periods `[valid_from, valid_until)` and `[known_from, known_until)` the end no
    longer belongs to them. `source_id` is the row that a price of a derived list was reckoned from, `id` tells them
    apart.
    """

    id: UUID
    product_id: UUID
    currency: str
    amount: Decimal
    variant_id: UUID | None = None
    includes_tax: bool = False
    kind_id: UUID | None = None
    kind_code: str = ""
    is_promotion: bool = False
    min_quantity: Decimal = Decimal(1)
    max_quantity: Decimal | None = None
    channel_id: UUID | None = None
    customer_id: UUID | None = None
    customer_group_id: UUID | None = None
    user_id: UUID | None = None
    user_group_id: UUID | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    known_from: datetime | None = None
    known_until: datetime | None = None
    offer: OfferFacts | None = None
    list_id: UUID | None = None
    list_priority: int = 0
    is_list_active: bool = True
    is_kind_active: bool = True
    is_product_active: bool = True
    is_variant_active: bool = True
    source_id: UUID | None = None
    is_quote_only: bool = False


@dataclass(frozen=True, slots=True)
class PriceContext:
    """Who buys how much of what, where and when.

    `quantity` counts `unit`s, "" for base units; one of them is `unit_factor` base units, and `base_quantity` is all of
    it in base units as the product rounds them (None: unrounded). `known_at` None asks what is known today.
    `variant_id` is what is bought, None the product itself. `tax_rate` is the product's, in percent.
    """

    currency: str
    at: datetime
    quantity: Decimal = Decimal(1)
    unit: str = ""
    unit_factor: Decimal = Decimal(1)
    known_at: datetime | None = None
    variant_id: UUID | None = None
    channel_id: UUID | None = None
    customer_id: UUID | None = None
    customer_group_ids: frozenset[UUID] = frozenset()
    user_id: UUID | None = None
    user_group_ids: frozenset[UUID] = frozenset()
    offer_id: UUID | None = None
    tax_rate: Decimal = Decimal(0)
    base_quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CurrencyPath:
    """How an amount came into the currency that was asked for: `rate` is what one unit of `from_code` costs in it."""

    from_code: str
    to_code: str
    rate: Decimal
    effective_on: str
    source: str


@dataclass(frozen=True, slots=True)
class PriceRules:
    """How a tenant ranks prices: layers from the weakest to the strongest, and whether promotions only ever lower."""

    layers: tuple[Layer, ...] = tuple(Layer)
    only_cheaper_promotions: bool = False


class Candidate(NamedTuple):
    """A row that was looked at; `reason` None is the one that won."""

    row: PriceRow
    reason: Lost | None


@dataclass(frozen=True, slots=True)
class PriceDecision:
    """The price, and why it is that one.

    `net` and `gross` are for one base unit in `currency`, to 4 places. `layer` is None for what a resolver decided
    without a row. `steps` names hooks and resolvers that had a say, in their order. Candidates: the winner first,
    then those that would have done by their rank, then those that do not fit.
    """

    row: PriceRow | None
    layer: Layer | None
    currency: str
    net: Decimal
    gross: Decimal
    tax_rate: Decimal
    conversion: CurrencyPath | None = None
    candidates: tuple[Candidate, ...] = ()
    steps: tuple[str, ...] = ()


class NoOpinion(Enum):
    """What a resolver answers that leaves the question to the next one; None would say that there is no price."""

    NO_OPINION = "no_opinion"


NO_OPINION: Final = NoOpinion.NO_OPINION


@dataclass(frozen=True, slots=True)
class PriceRequest:
    """One line: what is bought, and by whom. `unit` "" is the base unit; `at` None is now.

    `customer_group_ids` None asks for the groups that the customer is in.
    """

    product_id: UUID
    currency: str
    variant_id: UUID | None = None
    quantity: Decimal = Decimal(1)
    unit: str = ""
    at: datetime | None = None
    known_at: datetime | None = None
    channel_id: UUID | None = None
    customer_id: UUID | None = None
    customer_group_ids: frozenset[UUID] | None = None
    user_id: UUID | None = None
    user_group_ids: frozenset[UUID] = frozenset()
    offer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PriceQuestion:
    """What resolvers are asked: the request, its context, and the rows that may be the price."""

    request: PriceRequest
    context: PriceContext
    rows: tuple[PriceRow, ...]


@dataclass(frozen=True, slots=True)
class PriceQuestions:
    """Input of `catalog.pricing.resolve`: all questions of one call."""

    items: tuple[PriceQuestion, ...]


@dataclass(frozen=True, slots=True)
class PriceAnswers:
    """Answer of `catalog.pricing.resolve`, in the order of the questions; None where there is no price."""

    items: tuple[PriceDecision | None, ...]


@dataclass(frozen=True, slots=True)
class PriceTrace:
    """A decision in plain JSON values, with everything that it was made from, so that it can be made again.

    `digest` is 64 hexadecimal digits of SHA-256 over it. Rows that do not fit stand in it for people (`others`) and do
    not count for the digest. Documents keep the digest; whoever asks again for the same instant gets the same.
    """

    document: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""


@dataclass(frozen=True, slots=True)
class ExplainedPrice:
    """A decision, None where there is no price, and how it came about."""

    decision: PriceDecision | None
    trace: PriceTrace


class CatalogPricing(Protocol):
    """Prices of the organizations that the open scope sees; nobody else reads prices or reckons with them."""

    def prices_for(self, requests: Sequence[PriceRequest]) -> tuple[PriceDecision | None, ...]:
        """The price of each request, None where there is none; three queries, however many there are.

        One more is needed where a customer's groups are not given, and two where amounts are converted. Candidates
        are those that fit; `explained` has the others, too. Raises InvalidInput with the index of the request for a
        product, variant, unit or offer that is not there.
        """
        ...

    def explained(self, requests: Sequence[PriceRequest]) -> tuple[ExplainedPrice, ...]:
        """The same with the trace of each, which says why every other row is not the price."""
        ...

    def select_best_price(self, rows: Iterable[PriceRow], context: PriceContext) -> PriceDecision | None:
        """The price among given rows, ranked as the tenant has set; nothing is converted."""
        ...

    def resolve_price_variant_id(self, row: PriceRow) -> UUID | None:
        """The variant that a row belongs to, directly or through its offer; None for a price of the product."""
        ...


Resolver = Callable[[PriceQuestion], "PriceDecision | NoOpinion | None"]


@dataclass(frozen=True, slots=True)
class PricingResolver:
    """A way of a module's own to find a price; higher `priority` goes first, ties by id."""

    id: str
    resolve: Resolver
    priority: int = 0
    features: tuple[str, ...] = ()


PRICING_RESOLVERS: ExtensionPoint[PricingResolver] = ExtensionPoint("pricing resolver")


def register_catalog_pricing_resolver(resolve: Resolver, *, priority: int = 0, id: str = "") -> Resolver:
    """Ask `resolve` before the catalog selects a price itself; it reads and never writes.

    It answers a decision, None for "there is no price", or NO_OPINION. `id` is `<module>.<name>`, and left out the
    name of the function. Raises AlreadyRegistered.
    """
    name = id or f"{resolve.__module__}.{resolve.__qualname__}"
    PRICING_RESOLVERS.add(name, PricingResolver(name, resolve, priority))
    return resolve
