"""Rates at a glance: the newest of each pair, and which currencies have some."""

from __future__ import annotations

from datetime import date, timedelta

from apps.currencies.models import ExchangeRate
from apps.currencies.selectors.currencies import living_currencies
from apps.currencies.selectors.rates import rates_of

LOOKED_BACK = timedelta(days=31)


def newest_rates(*, until: date, limit: int) -> list[ExchangeRate]:
    """The newest rate of each pair, of at most a month before `until`; the pairs with the newest ones first."""
    rows = rates_of().filter(effective_on__lte=until, effective_on__gt=until - LOOKED_BACK)
    pairs = rows.order_by("from_code", "to_code", "-effective_on", "-pk").distinct("from_code", "to_code")
    return sorted(pairs, key=lambda row: (-row.effective_on.toordinal(), row.from_code, row.to_code))[:limit]


def rate_coverage(start: date, end: date) -> tuple[int, list[str]]:
    """How many active currencies beside the base have a rate of these days, and the codes of those without."""
    active = living_currencies().filter(is_active=True, is_base=False)
    codes = set(active.values_list("code", flat=True).distinct())
    rates = rates_of().filter(effective_on__gte=start, effective_on__lte=end).order_by()
    pairs = rates.values_list("from_code", "to_code").distinct()
    rated = codes & {code for pair in pairs for code in pair}
    return len(rated), sorted(codes - rated)
