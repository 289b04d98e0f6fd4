"""How currencies are found."""

from __future__ import annotations

from apps.currencies.features import VIEW
from apps.currencies.models import Currency
from apps.search.contracts import searchable

searchable(
    Currency,
    feature=VIEW,
    title=lambda currency: f"{currency.code} — {currency.name}",
    subtitle="symbol",
    fields={"code": "A", "name": "A", "symbol": "C"},
)
