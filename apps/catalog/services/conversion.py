"""Rates that prices in other currencies are converted at, asked for once for all questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from apps.catalog.contracts import CurrencyPath, PriceContext
from apps.currencies.contracts import Conversion, ConversionOrder, ExchangeRates
from apps.directory.contracts import TenantBook
from apps.kernel.errors import Unprocessable
from apps.kernel.money import Money
from apps.kernel.services import service

Rates = Mapping[str, CurrencyPath]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What one unit of a currency costs in another on a day, as it was known at a moment."""

    from_code: str
    to_code: str
    on: date
    known_at: datetime | None


def rates_for(contexts: Sequence[PriceContext], needed: Sequence[Collection[str]]) -> tuple[Rates, ...]:
    """Rates by currency that each context needs, as far as there are any; no query where none is needed.

    The day is the tenant's own, at the instant that a context is about.
    """
    if not any(needed):
        return ({},) * len(needed)
    zone = ZoneInfo(service(TenantBook).profile().time_zone)
    wanted = [
        [
            _Wanted(code, context.currency, context.at.astimezone(zone).date(), context.known_at)
            for code in sorted(codes)
        ]
        for context, codes in zip(contexts, needed, strict=True)
    ]
    known = _found(dict.fromkeys(order for orders in wanted for order in orders))
    return tuple({order.from_code: known[order] for order in orders if order in known} for orders in wanted)


def _found(wanted: Iterable[_Wanted]) -> dict[_Wanted, CurrencyPath]:
    by_moment: dict[datetime | None, list[_Wanted]] = defaultdict(list)
    for order in wanted:
        by_moment[order.known_at].append(order)
    return {order: path for moment, orders in by_moment.items() for order, path in _known_at(moment, orders)}


def _known_at(moment: datetime | None, orders: Sequence[_Wanted]) -> list[tuple[_Wanted, CurrencyPath]]:
    """All at once; one by one where some rate is missing, which refuses them all."""
    try:
        return list(zip(orders, _paths(moment, orders), strict=True))
    except Unprocessable:
        if len(orders) == 1:
            return []
        return [found for order in orders for found in _known_at(moment, [order])]


def _paths(moment: datetime | None, orders: Sequence[_Wanted]) -> list[CurrencyPath]:
    asked = [ConversionOrder(Money(Decimal(1), order.from_code), order.to_code, order.on) for order in orders]
    found = service(ExchangeRates).convert_many(asked, known_at=moment)
    return [_path(order, conversion) for order, conversion in zip(orders, found, strict=True)]


def _path(order: _Wanted, conversion: Conversion) -> CurrencyPath:
    rate = conversion.rate
    return CurrencyPath(order.from_code, order.to_code, rate.rate, rate.effective_on.isoformat(), rate.source)
