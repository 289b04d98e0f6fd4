"""Offers with their own prices, beside the prices that these take the place of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from apps.catalog.calculations.offers import difference, on_side
from apps.catalog.calculations.selection import select_best_price
from apps.catalog.contracts import PriceContext, PriceRequest, PriceRow, PriceRules
from apps.catalog.models import Offer
from apps.catalog.selectors.price_facts import facts_for
from apps.catalog.selectors.price_rows import Asked, price_rows
from apps.catalog.selectors.variant_taxes import VariantTaxes, variant_taxes

ONE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """A price of an offer, and the one that it takes the place of (None: there is none).

    `instead` is what the same people pay for the same variant and least quantity without any offer, when both the offer
    and its price have begun. `amount` is that with tax if the offer's price is with tax, else without; `difference`
    says how much dearer the offer's price is, in percent to 2 places (None where `amount` is 0).
    """

    row: PriceRow
    instead: PriceRow | None = None
    amount: Decimal | None = None
    difference: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OfferPrices:
    """Prices of an offer that are not over, and by currency what one base unit costs without any offer.

    That is for anybody who buys in the offer's channel: its variant, or the product's default one, before the product;
    a price of the channel before one of none. Promotions do not count.
    """

    own: tuple[OwnPrice, ...] = ()
    overridden: Mapping[str, PriceRow] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Around:
    """An offer with the prices of its product that belong to no offer, and what else decides between them."""

    offer: Offer
    plain: Sequence[PriceRow]
    taxes: VariantTaxes
    rules: PriceRules
    at: datetime

    def best(self, context: PriceContext) -> PriceRow | None:
        """The price of a context in its own currency."""
        rows = [row for row in self.plain if row.currency == context.currency]
        decision = select_best_price(rows, context, rules=self.rules)
        return None if decision is None else decision.row

    def variant_of(self, row: PriceRow | None = None) -> UUID | None:
        """The variant that a price is for, else the offer's, else the default one."""
        named = None if row is None else row.variant_id
        return named or self.offer.variant_id or self.taxes.defaults.get(self.offer.product_id)


def offer_prices(offers: Iterable[Offer], *, at: datetime) -> dict[UUID, OfferPrices]:
    """Prices of offers by their id, as they are known today and valid at the moment; four queries."""
    listed = list(offers)
    if not listed:
        return {}
    products = {offer.product_id for offer in listed}
    facts = facts_for([PriceRequest(product_id, "") for product_id in products])
    rows = price_rows({None: facts}, Asked((), {None}), whole=True)[None]
    taxes = variant_taxes(facts.products)
    found = {}
    for offer in listed:
        prices = rows.get(offer.product_id, ())
        plain = [row for row in prices if row.offer is None and not row.is_promotion]
        around = _Around(offer, plain, taxes, facts.rules, at)
        own = tuple(_compared(row, around) for row in _own_rows(offer, prices, at))
        found[offer.pk] = OfferPrices(own, _overridden(around))
    return found


def _own_rows(offer: Offer, rows: Sequence[PriceRow], at: datetime) -> list[PriceRow]:
    own = [row for row in rows if row.offer is not None and row.offer.id == offer.pk]
    lasting = [row for row in own if row.valid_until is None or row.valid_until > at]
    return sorted(lasting, key=lambda row: (row.currency, row.kind_code, row.min_quantity, row.id))


def _overridden(around: _Around) -> dict[str, PriceRow]:
    found: dict[str, PriceRow] = {}
    for currency in sorted({row.currency for row in around.plain}):
        context = PriceContext(currency, around.at, variant_id=around.variant_of(), channel_id=around.offer.channel_id)
        if (best := around.best(context)) is not None:
            found[currency] = best
    return found


def _compared(row: PriceRow, around: _Around) -> OwnPrice:
    instead = around.best(_context_of(row, around))
    if instead is None:
        return OwnPrice(row)
    rate = around.taxes.rate(around.offer.product_id, around.variant_of(row))
    amount = on_side(instead.amount, includes_tax=instead.includes_tax, wanted=row.includes_tax, rate=rate)
    return OwnPrice(row, instead, amount, difference(row.amount, amount))


def _context_of(row: PriceRow, around: _Around) -> PriceContext:
    """Whoever gets the offer's price, at the first moment from now on at which they do."""
    begins = [moment for moment in (around.at, around.offer.starts_at, row.valid_from) if moment is not None]
    return PriceContext(
        row.currency,
        max(begins),
        quantity=row.min_quantity or ONE,
        variant_id=around.variant_of(row),
        channel_id=row.channel_id or around.offer.channel_id,
        customer_id=row.customer_id,
        customer_group_ids=_group(row.customer_group_id),
        user_id=row.user_id,
        user_group_ids=_group(row.user_group_id),
    )


def _group(group_id: UUID | None) -> frozenset[UUID]:
    return frozenset() if group_id is None else frozenset({group_id})
