"""What is to be fetched: from which sources, and which days of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from apps.currencies.contracts import RATE_PROVIDERS, Options, RatePiece, RateProvider
from apps.currencies.errors import NothingToFetch, ProviderUnknown, RangeInvalid
from apps.currencies.selectors import fetch_configs
from apps.kernel import clock
from apps.kernel.errors import FieldError, InvalidInput

MOST_DAYS = 3_660
MOST_PIECES = 1_000
OVERLAP = timedelta(days=7)  # a scheduled fetch looks again at what was fetched lately: banks correct, servers fail
LONGEST_GAP = timedelta(days=90)  # that a scheduled fetch closes by itself


@dataclass(frozen=True, slots=True)
class Source:
    """A provider with its options, and what its rates are recorded with."""

    provider: str
    name: str
    options: Options


def today() -> date:
    """The day of fetching: UTC, which is never ahead of the banks that are asked."""
    return clock.now().date()


def sources_of(organization_id: UUID, provider: str | None = None, *, is_configured: bool = False) -> list[Source]:
    """Enabled sources of the organization; of a named provider also those that are switched off.

    A provider that works without options need not be configured, unless `is_configured` says that it must be.
    Raises InvalidInput for an unknown provider, NothingToFetch.
    """
    configs = fetch_configs(organization_id)
    rows = configs.filter(is_enabled=True) if provider is None else configs.filter(provider=provider)
    found = [Source(item.provider, item.source, item.options) for item in rows if item.provider in RATE_PROVIDERS]
    if not found and provider is not None and not is_configured:
        found = [_plain_source(provider)]
    if not found:
        raise NothingToFetch
    return found


def _plain_source(name: str) -> Source:
    provider = RATE_PROVIDERS.get(name)
    if provider is None:
        raise InvalidInput(errors=(FieldError("provider", ProviderUnknown.code, str(ProviderUnknown.message)),))
    if tuple(provider.complaints({})):
        raise NothingToFetch
    return Source(name, provider.source_of({}), {})


def demand_range(start: date, end: date, sources: Iterable[Source]) -> None:
    """Check that the days can be fetched. Raises RangeInvalid."""
    wrong: list[tuple[str, str]] = []
    if start > end:
        wrong.append(("from", _("The range begins after its end.")))
    if end > today():
        wrong.append(("to", _("There are no rates of the future.")))
    if (end - start).days >= MOST_DAYS:
        wrong.append(("from", _("At most {days} days can be fetched at once.").format(days=MOST_DAYS)))
    if not wrong and any(_count(source, start, end) > MOST_PIECES for source in sources):
        text = _("That would be more than {count} documents. Choose fewer days.").format(count=MOST_PIECES)
        wrong.append(("from", text))
    if wrong:
        raise RangeInvalid(errors=tuple(FieldError(field, RangeInvalid.code, text) for field, text in wrong))


def _count(source: Source, start: date, end: date) -> int:
    return len(pieces_of(RATE_PROVIDERS[source.provider], source.options, start, end))


def pieces_of(provider: RateProvider, options: Options, start: date, end: date) -> Sequence[RatePiece]:
    """The documents that hold the days; none for days before the provider's first."""
    first = max(start, provider.first_day)
    return provider.plan(options, first, end, today=today()) if first <= end else ()


def scheduled_range(fetched_until: date | None, on: date) -> tuple[date, date]:
    """Days that a scheduled fetch asks for: since the last one that went well, and a week before it."""
    if fetched_until is None:
        return on - OVERLAP, on
    return max(fetched_until - OVERLAP, on - LONGEST_GAP), on


def merged_ranges(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Ranges that hold the days and the week before each, for weekends and holidays; near ones become one."""
    start: date | None = None
    end = date.min
    for day in sorted(set(days)):
        if start is not None and day - OVERLAP > end + OVERLAP:
            yield start, end
            start = None
        start, end = start or day - OVERLAP, day
    if start is not None:
        yield start, end
