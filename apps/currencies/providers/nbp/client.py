"""The interface of the National Bank of Poland: addresses, and ranges that it answers in one go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.conf import settings

from apps.currencies.contracts import RatePiece, RateQuote
from apps.currencies.providers.nbp.mapping import quotes_of
from apps.currencies.services.fetching.documents import PUBLIC, fetched

PLACE = "https://api.nbp.pl/api"
MOST_DAYS = 93  # of one request; a longer range is answered with 400


def url_of(table: str, start: date, end: date) -> str:
    """The address of a table's days; the setting CURRENCIES_NBP_URL names another place that has the interface."""
    place = str(getattr(settings, "CURRENCIES_NBP_URL", "") or PLACE)
    return f"{place.rstrip('/')}/exchangerates/tables/{table}/{start}/{end}/?format=json"


def parts_of(start: date, end: date) -> Iterator[tuple[date, date]]:
    """The range in parts of at most 93 days, in order, without gap or overlap."""
    while start <= end:
        last = min(end, start + timedelta(days=MOST_DAYS - 1))
        yield start, last
        start = last + timedelta(days=1)


def read(piece: RatePiece) -> Sequence[RateQuote]:
    """Fetch the days of a table. The bank answers 404 where it has published nothing: weekends, holidays."""
    return PUBLIC.read(
        piece.url,
        lambda: fetched(piece.url, accept="application/json", may_be_missing=True),
        lambda content: quotes_of(content, piece.table, piece.start, piece.end),
    )
