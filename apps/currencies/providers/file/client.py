"""Tables at a web address of the organization's choice, or in a file on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from django.utils.translation import gettext as _

from apps.currencies.contracts import RatePiece
from apps.currencies.services.fetching.documents import fetched
from apps.currencies.services.fetching.reading import broken
from apps.kernel.outbound.client import MAX_BYTES

DAY, FROM, TO = "{date}", "{from}", "{to}"
ACCEPT = {"csv": "text/csv, text/plain, */*;q=0.1", "json": "application/json"}


def filled(url: str, start: date, end: date) -> str:
    """The address for a range, its places filled with days (ISO 8601)."""
    return url.replace(DAY, str(start)).replace(FROM, str(start)).replace(TO, str(end))


def pieces_of(url: str, start: date, end: date) -> Iterator[RatePiece]:
    """One document for the range; one for each day where the address has a place for the day."""
    if DAY not in url:
        yield RatePiece(f"{start} – {end}", filled(url, start, end), start, end)
        return
    for offset in range((end - start).days + 1):
        day = start + timedelta(days=offset)
        yield RatePiece(str(day), filled(url, day, day), day, day)


def downloaded(piece: RatePiece, form: str, *, is_daily: bool) -> bytes | None:
    """The document; None for a day that an address by days does not have. Raises OutboundRefused, FetchFailed."""
    return fetched(piece.url, accept=ACCEPT[form], may_be_missing=is_daily)


def read_file(path: Path) -> bytes:
    """The file's content, within the limit of downloads. Raises DocumentBroken."""
    try:
        if path.stat().st_size > MAX_BYTES:
            broken(_("{name} is larger than {most} MB.").format(name=path.name, most=MAX_BYTES // 1024**2))
        return path.read_bytes()
    except OSError:
        broken(_("{name} cannot be read.").format(name=path.name))
