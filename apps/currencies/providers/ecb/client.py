"""Where the European Central Bank keeps its documents, and how they are fetched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.conf import settings

from apps.currencies.contracts import RatePiece, RateQuote
from apps.currencies.providers.ecb.mapping import quotes_of
from apps.currencies.services.fetching.documents import PUBLIC, fetched
from apps.kernel.outbound.client import MAX_BYTES

PLACE = "https://www.ecb.europa.eu/stats/eurofxref"
DAILY, RECENT, ALL = "eurofxref-daily.xml", "eurofxref-hist-90d.xml", "eurofxref-hist.xml"
# The document of 90 days is cut by the bank at its own day; a few days less are surely in it.
RECENT_DAYS = timedelta(days=85)
# All days since 1999 are near 8 MB by now, and a day adds one or two kilobytes.
LARGEST_HISTORY = 24 * 1024 * 1024


def document_for(start: date, end: date, today: date) -> str:
    """The smallest document that holds the days; the daily one holds only the last day of business."""
    if start == end == today:
        return DAILY
    return RECENT if start >= today - RECENT_DAYS else ALL


def url_of(document: str) -> str:
    """The address of a document; the setting CURRENCIES_ECB_URL names another place that has them."""
    place = str(getattr(settings, "CURRENCIES_ECB_URL", "") or PLACE)
    return f"{place.rstrip('/')}/{document}"


def read(piece: RatePiece) -> Sequence[RateQuote]:
    """Fetch the document of the piece, or take it from the shelf, and read the wanted days."""
    largest = LARGEST_HISTORY if piece.table == ALL else MAX_BYTES
    return PUBLIC.read(
        piece.url,
        lambda: fetched(piece.url, accept="application/xml, text/xml", max_bytes=largest),
        lambda content: quotes_of(content, piece.start, piece.end),
    )
