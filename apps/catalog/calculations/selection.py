"""Which price counts: a total order over the rows that fit, and for each row that loses the reason.

Pure: rows, context, rules and rates come in, a decision comes out. docs/modules/catalog.md says the order in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Final, NamedTuple
from uuid import UUID

from apps.catalog.calculations.amounts import EXACT, rounded, tax_factor, with_tax
from apps.catalog.calculations.conditions import condition_of
from apps.catalog.contracts import (
    Candidate,
    CurrencyPath,
    Layer,
    Lost,
    PriceContext,
    PriceDecision,
    PriceRow,
    PriceRules,
)

DEFAULT_RULES: Final = PriceRules()
NO_RATES: Final[Mapping[str, CurrencyPath]] = {}
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
# Reasons of rows that fit the context: the decision depends on them, and on no other row.
FITTING: Final = frozenset({None, Lost.OWN_ROW, Lost.CURRENCY, Lost.NO_RATE, Lost.NOT_CHEAPER, *_PARTS})
Rank = tuple[int, int, bool, bool, Decimal, datetime, Decimal, int]
Placed = tuple[Rank, PriceRow]
_rank_of_placed: Final = itemgetter(0)


class Weighed(NamedTuple):
    """A decision, and every row with its reason, also where there is no price."""

    decision: PriceDecision | None
    candidates: tuple[Candidate, ...]


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
    return weighed(rows, context, rules=rules, rates=rates).decision


def weighed(
    rows: Iterable[PriceRow],
    context: PriceContext,
    *,
    rules: PriceRules = DEFAULT_RULES,
    rates: Mapping[str, CurrencyPath] = NO_RATES,
) -> Weighed:
    """The same with the reasons also where there is no price."""
    fitting, out = fits(rows, context)
    fitting, derived = _own_first(fitting)
    at_hand, strange = _in_currency(fitting, context, rates)
    out = [*sorted([*derived, *strange], key=_id_of), *sorted(out, key=_id_of)]
    if not at_hand:
        return Weighed(None, tuple(out))
    decision = _decision(_placed(at_hand, context, rules, rates), out, context, rules, rates)
    return Weighed(decision, decision.candidates)


def fits(rows: Iterable[PriceRow], context: PriceContext) -> tuple[list[PriceRow], list[Candidate]]:
    """Rows that fit in everything but the currency, and the others with the first reason against each."""
    judge = condition_of(context)
    fitting: list[PriceRow] = []
    out: list[Candidate] = []
    for row in rows:
        reason = judge(row)
        if reason is None:
            fitting.append(row)
        else:
            out.append(Candidate(row, reason))
    return fitting, out


def currencies_needed(found: Weighed) -> frozenset[str]:
    """Currencies whose rates would make a difference: those of prices that fit, where none is in the right one."""
    return frozenset(item.row.currency for item in found.candidates if item.reason is Lost.NO_RATE)


def resolve_price_variant_id(row: PriceRow) -> UUID | None:
    """The variant that a row belongs to, directly or through its offer; None for a price of the product."""
    if row.variant_id is not None or row.offer is None:
        return row.variant_id
    return row.offer.variant_id


def layer_of(row: PriceRow) -> Layer:
    """What a row is about."""
    offer = row.offer
    if row.is_promotion or (offer is not None and offer.is_promotion):
        return Layer.PROMOTION
    if row.customer_id is not None or row.user_id is not None:
        return Layer.CUSTOMER
    if row.customer_group_id is not None or row.user_group_id is not None:
        return Layer.GROUP
    return Layer.CHANNEL if row.channel_id is not None or offer is not None else Layer.BASE


def _id_of(candidate: Candidate) -> int:
    return candidate.row.id.int


def _own_first(fitting: list[PriceRow]) -> tuple[list[PriceRow], list[Candidate]]:
    """Leave out what a list derives from another one where it has a row of its own."""
    derived = [row for row in fitting if row.source_id is not None]
    if not derived:
        return fitting, []
    own = {row.list_id for row in fitting if row.source_id is None}
    kept = [row for row in fitting if row.source_id is None or row.list_id not in own]
    return kept, [Candidate(row, Lost.OWN_ROW) for row in derived if row.list_id in own]


def _in_currency(
    rows: list[PriceRow], context: PriceContext, rates: Mapping[str, CurrencyPath]
) -> tuple[list[PriceRow], list[Candidate]]:
    """Rows that have an amount in the currency of the context, and the others."""
    wanted = context.currency
    own = [row for row in rows if row.currency == wanted]
    if len(own) == len(rows):
        return rows, []
    if own:
        return own, [Candidate(row, Lost.CURRENCY) for row in rows if row.currency != wanted]
    known = [row for row in rows if row.currency in rates]
    return known, [Candidate(row, Lost.NO_RATE) for row in rows if row.currency not in rates]


def _placed(
    rows: Sequence[PriceRow], context: PriceContext, rules: PriceRules, rates: Mapping[str, CurrencyPath]
) -> list[Placed]:
    """The rows with their ranks, the greatest first."""
    net_of, layers = _net_in(context, rates), rules.layers
    placed = [(_rank(row, layers, net_of(row)), row) for row in rows]
    placed.sort(key=_rank_of_placed, reverse=True)
    return placed


def _rank(row: PriceRow, layers: tuple[Layer, ...], net: Decimal) -> Rank:
    """What is compared, part by part; the greater one wins. The id makes the order total."""
    return (
        layers.index(layer_of(row)),
        row.list_priority,
        resolve_price_variant_id(row) is not None,
        row.offer is not None,
        row.min_quantity,
        row.valid_from or _EVER,
        net.copy_negate(),
        -row.id.int,
    )


def _net_in(context: PriceContext, rates: Mapping[str, CurrencyPath]) -> Callable[[PriceRow], Decimal]:
    """How much a row is without tax in the context's currency."""
    wanted, rate = context.currency, context.tax_rate
    factor = tax_factor(rate) if rate else None

    def net_of(row: PriceRow) -> Decimal:
        amount = row.amount if row.currency == wanted else _converted(row, context, rates)
        return rounded(EXACT.divide(amount, factor)) if factor and row.includes_tax else amount

    return net_of


def _converted(row: PriceRow, context: PriceContext, rates: Mapping[str, CurrencyPath]) -> Decimal:
    if row.currency == context.currency:
        return row.amount
    return rounded(EXACT.multiply(row.amount, rates[row.currency].rate))


def _best(placed: Sequence[Placed], rules: PriceRules) -> int:
    """The place of the first one; where promotions only lower, one that is not cheaper than the rest is passed over."""
    if not rules.only_cheaper_promotions:
        return 0
    promotion = rules.layers.index(Layer.PROMOTION)
    other = next((place for place, (rank, _) in enumerate(placed) if rank[0] != promotion), None)
    if other is None:
        return 0
    usual = placed[other][0][6]  # amounts stand negated in ranks: the greater one is the cheaper
    return next(place for place, (rank, _) in enumerate(placed) if place == other or rank[6] > usual)


def _decision(
    placed: Sequence[Placed],
    out: Sequence[Candidate],
    context: PriceContext,
    rules: PriceRules,
    rates: Mapping[str, CurrencyPath],
) -> PriceDecision:
    best = _best(placed, rules)
    rank, row = placed[best]
    net, gross = with_tax(_converted(row, context, rates), context.tax_rate, includes_tax=row.includes_tax)
    return PriceDecision(
        row=row,
        layer=layer_of(row),
        currency=context.currency,
        net=net,
        gross=gross,
        tax_rate=context.tax_rate,
        conversion=None if row.currency == context.currency else rates[row.currency],
        candidates=(
            Candidate(row, None),
            *(Candidate(item, Lost.NOT_CHEAPER) for _, item in placed[:best]),
            *(Candidate(item, _reason(rank, other)) for other, item in placed[best + 1 :]),
            *out,
        ),
    )


def _reason(winner: Rank, loser: Rank) -> Lost:
    """The first part in which a row stands behind the winner; a row that is there twice, the last one."""
    for place, part in enumerate(_PARTS):
        if winner[place] != loser[place]:
            return part
    return Lost.LATER_ID
