"""Prices, contexts and rates for tests of pricing that need no database."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.catalog.contracts import CurrencyPath, OfferFacts, PriceContext, PriceRow

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
EARLIER, LATER = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


def some_id(number: int) -> UUID:
    """The id of a number."""
    return UUID(int=number)


PRODUCT, VARIANT, OTHER_VARIANT = some_id(1), some_id(2), some_id(3)
SHOP, COUNTER = some_id(4), some_id(5)
ANNA, ZOE = some_id(6), some_id(7)
WHOLESALE, FRIENDS = some_id(8), some_id(9)
USER, ROLE, OFFER, OTHER_OFFER, LIST = some_id(10), some_id(11), some_id(12), some_id(13), some_id(14)


def price(number: int = 100, amount: str = "10.0000", **values: Any) -> PriceRow:
    """A price in EUR without conditions."""
    chosen = {"product_id": PRODUCT, "currency": "EUR", "known_from": EARLIER, **values}
    return PriceRow(id=some_id(number), amount=Decimal(amount), **chosen)


def asks(**values: Any) -> PriceContext:
    """Somebody unknown buys one piece in EUR."""
    return PriceContext(**{"currency": "EUR", "at": AT, **values})


def offer(**values: Any) -> OfferFacts:
    """A promotion that is on."""
    return OfferFacts(**{"id": OFFER, "is_promotion": True, "starts_at": EARLIER, "ends_at": LATER, **values})


def listing(**values: Any) -> OfferFacts:
    """How the shop shows the product."""
    return OfferFacts(**{"id": OFFER, "is_promotion": False, "channel_id": SHOP, **values})


def rate(code: str, value: str) -> CurrencyPath:
    """What a currency costs in EUR."""
    return CurrencyPath(code, "EUR", Decimal(value), "2026-04-30", "ECB")
