"""Offers with their own prices, beside the prices that these take the place of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from apps.catalog.calculations.selection import select_best_price
from apps.catalog.contracts import PriceContext, PriceRequest, PriceRow, PriceRules
from apps.catalog.models import Offer, Variant
from apps.catalog.selectors.price_facts import facts_for
from apps.catalog.selectors.price_rows import Asked, price_rows


@dataclass(frozen=True, slots=True)
class OfferPrices:
    """Prices of an offer that are not over, and by currency what one base unit costs without any offer.

    That is for anybody who buys in the offer's channel: its variant, or the product's default one, before the product;
    a price of the channel before one of none. Promotions do not count.
    """

    own: tuple[PriceRow, ...] = ()
    overridden: Mapping[str, PriceRow] = field(default_factory=dict)


def offer_prices(offers: Iterable[Offer], *, at: datetime) -> dict[UUID, OfferPrices]:
    """Prices of offers by their id, as they are known today and valid at the moment; three queries."""
    listed = list(offers)
    if not listed:
        return {}
    products = {offer.product_id for offer in listed}
    facts = facts_for([PriceRequest(product_id, "") for product_id in products])
    rows = price_rows({None: facts}, Asked((), {None}), whole=True)[None]
    defaults = _default_variants(products)
    return {
        offer.pk: OfferPrices(
            _own_prices(offer, rows.get(offer.product_id, ()), at),
            _overridden(offer, rows.get(offer.product_id, ()), at, defaults=defaults, rules=facts.rules),
        )
        for offer in listed
    }


def _default_variants(product_ids: Collection[UUID]) -> dict[UUID, UUID]:
    rows = Variant.objects.filter(product__in=product_ids, is_default=True, deleted_at__isnull=True)
    return dict(rows.values_list("product_id", "pk"))


def _own_prices(offer: Offer, rows: Sequence[PriceRow], at: datetime) -> tuple[PriceRow, ...]:
    own = [row for row in rows if row.offer is not None and row.offer.id == offer.pk]
    lasting = [row for row in own if row.valid_until is None or row.valid_until > at]
    return tuple(sorted(lasting, key=lambda row: (row.currency, row.kind_code, row.min_quantity, row.id)))


def _overridden(
    offer: Offer, rows: Sequence[PriceRow], at: datetime, *, defaults: Mapping[UUID, UUID], rules: PriceRules
) -> dict[str, PriceRow]:
    plain = [row for row in rows if row.offer is None and not row.is_promotion]
    variant_id = offer.variant_id or defaults.get(offer.product_id)
    found: dict[str, PriceRow] = {}
    for currency in sorted({row.currency for row in plain}):
        context = PriceContext(currency, at, variant_id=variant_id, channel_id=offer.channel_id)
        decision = select_best_price(plain, context, rules=rules)
        if decision is not None and decision.row is not None:
            found[currency] = decision.row
    return found
