"""Which price counts: a total order over the rows that fit, and for each row that loses the reason.

Pure: rows, context, rules and rates come in, a decision comes out. docs/modules/catalog.md says the order in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final
from uuid import UUID

from apps.catalog.contracts import (
    Candidate,
    CurrencyPath,
    Layer,
    Lost,
    OfferFacts,
    PriceContext,
    PriceDecision,
    PriceRow,
    PriceRules,
)

PLACES: Final = Decimal("0.0001")
HUNDRED: Final = Decimal(100)
DEFAULT_RULES: Final = PriceRules()
NO_RATES: Final[Mapping[str, CurrencyPath]] = {}
_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_UP)
_EVER: Final = datetime.min.replace(tzinfo=UTC)
# What the parts of a rank are called where they decide, in their order.
_PARTS: Final = (
    Lost.LAYER,
    Lost.LIST_PRIORITY,
    Lost.LESS_SPECIFIC,
    Lost.NO_OFFER,
    Lost.SMALLER_MINIMUM,
    Lost.EARLIER_START,
    Lost.HIGHER_AMOUNT,
    Lost.LATER_ID,
)
Rank = tuple[int, int, bool, bool, Decimal, datetime, Decimal, int]
Placed = tuple[Rank, PriceRow]


def select_best_price(
    rows: Iterable[PriceRow],
    context: PriceContext,
    *,
    rules: PriceRules = DEFAULT_RULES,
    rates: Mapping[str, CurrencyPath] = NO_RATES,
) -> PriceDecision | None:
    """The price of a context with every row's reason; None where no row fits.

    Rows in the currency of the context count alone; where there are none, the others do at `rates`, by their codes.
    """
    fitting, out = fits(rows, context)
    at_hand, more = _in_currency(fitting, context, rates)
    out += more
    if not at_hand:
        return None
    order = _order_of(rules)
    placed = sorted(
        ((_rank(row, context, order, rates), row) for row in at_hand), key=lambda item: item[0], reverse=True
    )
    best = _best(placed, rules, order)
    return _decision(best, placed, out, context, rates)


def fits(rows: Iterable[PriceRow], context: PriceContext) -> tuple[list[PriceRow], list[Candidate]]:
    """Rows that fit in everything but the currency, and the others with the first reason against each."""
    judge = _judge(context)
    fitting: list[PriceRow] = []
    out: list[Candidate] = []
    for row in rows:
        reason = judge(row)
        if reason is None:
            fitting.append(row)
        else:
            out.append(Candidate(row, reason))
    return fitting, out


def currencies_needed(rows: Iterable[PriceRow], context: PriceContext) -> frozenset[str]:
    """Currencies whose rates decide: none where a row that fits is in the right one."""
    codes = frozenset(row.currency for row in fits(rows, context)[0])
    return frozenset() if context.currency in codes else codes


def resolve_price_variant_id(row: PriceRow, offer_variants: Mapping[UUID, UUID] | None = None) -> UUID | None:
    """The variant that a row belongs to, directly or through its offer; None for a price of the product."""
    if row.variant_id is not None or row.offer is None:
        return row.variant_id
    return (offer_variants or {}).get(row.offer.id)


def with_tax(amount: Decimal, rate: Decimal, *, includes_tax: bool) -> tuple[Decimal, Decimal]:
    """Net and gross of an amount at a rate in percent, both to 4 places, half-up; the given side stays as it is."""
    factor = _EXACT.add(Decimal(1), _EXACT.divide(rate, HUNDRED))
    if includes_tax:
        return _rounded(_EXACT.divide(amount, factor)), _rounded(amount)
    return _rounded(amount), _rounded(_EXACT.multiply(amount, factor))


def _judge(context: PriceContext) -> Callable[[PriceRow], Lost | None]:
    """What is wrong with a row for the context: the first of its conditions that does not hold."""
    quantity = _EXACT.multiply(context.quantity, context.unit_factor)

    def judged(row: PriceRow) -> Lost | None:
        return (
            _inactive(row, context)
            or _untimely(row, context)
            or _wrong_quantity(row, quantity)
            or _wrong_buyer(row, context)
            or (None if row.offer is None else _wrong_offer(row.offer, context))
        )

    return judged


def _inactive(row: PriceRow, context: PriceContext) -> Lost | None:
    if row.variant_id is not None and row.variant_id != context.variant_id:
        return Lost.OTHER_VARIANT
    if row.is_product_active and row.is_variant_active and row.is_kind_active and row.is_list_active:
        return None
    if not row.is_product_active:
        return Lost.PRODUCT_INACTIVE
    if not row.is_variant_active:
        return Lost.VARIANT_INACTIVE
    return Lost.KIND_INACTIVE if not row.is_kind_active else Lost.LIST_INACTIVE


def _untimely(row: PriceRow, context: PriceContext) -> Lost | None:
    at, known_at = context.at, context.known_at
    if row.valid_from is not None and at < row.valid_from:
        return Lost.NOT_YET
    if row.valid_until is not None and at >= row.valid_until:
        return Lost.OVER
    if known_at is None:
        return None if row.known_until is None else Lost.UNKNOWN
    if row.known_from is not None and known_at < row.known_from:
        return Lost.UNKNOWN
    return Lost.UNKNOWN if row.known_until is not None and known_at >= row.known_until else None


def _wrong_quantity(row: PriceRow, quantity: Decimal) -> Lost | None:
    if quantity < row.min_quantity:
        return Lost.TOO_FEW
    return Lost.TOO_MANY if row.max_quantity is not None and quantity > row.max_quantity else None


def _wrong_buyer(row: PriceRow, context: PriceContext) -> Lost | None:
    if row.channel_id is not None and row.channel_id != context.channel_id:
        return Lost.CHANNEL
    if row.customer_id is not None and row.customer_id != context.customer_id:
        return Lost.CUSTOMER
    if row.customer_group_id is not None and row.customer_group_id not in context.customer_group_ids:
        return Lost.CUSTOMER_GROUP
    if row.user_id is not None and row.user_id != context.user_id:
        return Lost.USER
    return (
        Lost.USER_GROUP if row.user_group_id is not None and row.user_group_id not in context.user_group_ids else None
    )


def _wrong_offer(offer: OfferFacts, context: PriceContext) -> Lost | None:
    if context.offer_id is not None and offer.id != context.offer_id:
        return Lost.OTHER_OFFER
    if not offer.is_active:
        return Lost.OFFER_INACTIVE
    if offer.starts_at is not None and context.at < offer.starts_at:
        return Lost.OFFER_NOT_YET
    if offer.ends_at is not None and context.at >= offer.ends_at:
        return Lost.OFFER_OVER
    return Lost.CHANNEL if offer.channel_id is not None and offer.channel_id != context.channel_id else None


def _in_currency(
    rows: Sequence[PriceRow], context: PriceContext, rates: Mapping[str, CurrencyPath]
) -> tuple[list[PriceRow], list[Candidate]]:
    """Rows that have an amount in the currency of the context, and the others."""
    own = [row for row in rows if row.currency == context.currency]
    if own:
        return own, [Candidate(row, Lost.CURRENCY) for row in rows if row.currency != context.currency]
    known = [row for row in rows if row.currency in rates]
    return known, [Candidate(row, Lost.NO_RATE) for row in rows if row.currency not in rates]


def layer_of(row: PriceRow) -> Layer:
    """What a row is about."""
    if row.is_promotion or (row.offer is not None and row.offer.is_promotion):
        return Layer.PROMOTION
    if row.customer_id is not None or row.user_id is not None:
        return Layer.CUSTOMER
    if row.customer_group_id is not None or row.user_group_id is not None:
        return Layer.GROUP
    return Layer.CHANNEL if row.channel_id is not None or row.offer is not None else Layer.BASE


def _order_of(rules: PriceRules) -> Mapping[Layer, int]:
    return {layer: place for place, layer in enumerate(rules.layers)}


def _rank(row: PriceRow, context: PriceContext, order: Mapping[Layer, int], rates: Mapping[str, CurrencyPath]) -> Rank:
    """What is compared, part by part; the greater one wins. The id makes the order total."""
    return (
        order[layer_of(row)],
        row.list_priority,
        row.variant_id is not None,
        row.offer is not None,
        row.min_quantity,
        row.valid_from or _EVER,
        -_net(row, context, rates),
        -row.id.int,
    )


def _net(row: PriceRow, context: PriceContext, rates: Mapping[str, CurrencyPath]) -> Decimal:
    amount = _converted(row, context, rates)
    if not row.includes_tax or not context.tax_rate:
        return amount
    return with_tax(amount, context.tax_rate, includes_tax=True)[0]


def _converted(row: PriceRow, context: PriceContext, rates: Mapping[str, CurrencyPath]) -> Decimal:
    if row.currency == context.currency:
        return row.amount
    return _rounded(_EXACT.multiply(row.amount, rates[row.currency].rate))


def _best(placed: Sequence[Placed], rules: PriceRules, order: Mapping[Layer, int]) -> Placed:
    """The first one; where promotions only lower, a promotion that is not cheaper than what is without it is none."""
    if not rules.only_cheaper_promotions:
        return placed[0]
    other = next((item for item in placed if item[0][0] != order[Layer.PROMOTION]), None)
    if other is None:
        return placed[0]
    return next(item for item in placed if item is other or _is_cheaper(item, other, order))


def _is_cheaper(item: Placed, other: Placed, order: Mapping[Layer, int]) -> bool:
    """Say whether a row may stand before the best one without promotion."""
    return item[0][0] != order[Layer.PROMOTION] or -item[0][6] < -other[0][6]


def _decision(
    best: Placed,
    placed: Sequence[Placed],
    out: list[Candidate],
    context: PriceContext,
    rates: Mapping[str, CurrencyPath],
) -> PriceDecision:
    rank, row = best
    losers = [Candidate(item[1], _reason(rank, item[0])) for item in placed if item is not best]
    net, gross = with_tax(_converted(row, context, rates), context.tax_rate, includes_tax=row.includes_tax)
    return PriceDecision(
        row=row,
        layer=layer_of(row),
        currency=context.currency,
        net=net,
        gross=gross,
        tax_rate=context.tax_rate,
        conversion=None if row.currency == context.currency else rates[row.currency],
        candidates=(Candidate(row, None), *losers, *out),
    )


def _reason(winner: Rank, loser: Rank) -> Lost:
    """The first part in which a row stands behind the winner; what stands before it was a promotion and no bargain."""
    if loser > winner:
        return Lost.NOT_CHEAPER
    pairs = zip(_PARTS, zip(winner, loser, strict=True), strict=True)
    return next(part for part, (won, lost) in pairs if won != lost)


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(PLACES, rounding=ROUND_HALF_UP)
