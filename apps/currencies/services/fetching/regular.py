"""Fetches that nobody asks for: those that are due by their configuration, and those of rates that were missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from apps.currencies.contracts import RATE_PROVIDERS
from apps.currencies.errors import NothingToFetch
from apps.currencies.models import FetchRun, MissingRate, RateFetchConfig, RunTrigger
from apps.currencies.selectors import active_codes, fetched_until, unfinished_run
from apps.currencies.services.fetching.runs import Outcome, carry_out, working_in
from apps.currencies.services.fetching.sources import Source, merged_ranges, scheduled_range, sources_of, today
from apps.currencies.services.fetching.storing import Asked, open_run
from apps.kernel import clock
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.errors import Retry
from apps.kernel.work.leases import Lease
from apps.kernel.work.queueing import enqueue

MISSING: Final = "currencies.fetch_missing"
# Between tries of a provider that does not answer. The last failure ends the matter until the next time it is due.
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3))
Missing = tuple[str, str, date]


def fetch_by_schedule(config_id: UUID, lease: Lease) -> None:
    """Fetch what a configuration is due for. Raises Retry when it may succeed later, LeaseLost."""
    with scoped_transaction():
        config = RateFetchConfig.objects.filter(pk=config_id, is_enabled=True).first()
    if config is None or config.provider not in RATE_PROVIDERS:
        return
    with working_in(config.organization_id):
        run = _due_run(config)
        outcome = carry_out(run.pk, watch=lease.check)
    _try_again_later([outcome], lease)


def _due_run(config: RateFetchConfig) -> FetchRun:
    """The run that a worker has left behind, else a new one from the last day that was fetched well."""
    with scoped_transaction():
        left = unfinished_run(config.organization_id, config.source, RunTrigger.SCHEDULE)
        if left is not None:
            return left
        start, end = scheduled_range(fetched_until(config.organization_id, config.source), today())
        source = Source(config.provider, config.source, config.options)
        return open_run(source, start, end, Asked(RunTrigger.SCHEDULE))


def ask_for_missing(missing: Iterable[Missing]) -> None:
    """Have rates fetched that were looked for in vain: from, to and day of each; those asked for before are not again.

    For the organization that the scope writes to, and only between currencies that it uses. It joins the
    transaction that is open: one that is about to be rolled back takes the wish back as well. One row of work,
    however many rates.
    """
    organization_id = current_scope().writing_organization()
    with scoped_transaction():
        codes = active_codes(organization_id)
        wanted = sorted({item for item in missing if item[0] in codes and item[1] in codes and item[2] <= today()})
        rows = MissingRate.objects.filter(
            organization_id=organization_id, effective_on__in={day for *_pair, day in wanted}
        )
        noted = set(rows.values_list("from_code", "to_code", "effective_on"))
        fresh = [
            MissingRate(organization_id=organization_id, from_code=source, to_code=target, effective_on=day)
            for source, target, day in wanted
            if (source, target, day) not in noted
        ]
        if fresh:
            MissingRate.objects.bulk_create(fresh, ignore_conflicts=True)
            enqueue(MISSING, fresh[0].pk)


def fetch_missing(missing_id: UUID, lease: Lease) -> None:
    """Fetch everything that the organization of the missing rate lacks, once. Raises Retry, LeaseLost."""
    with scoped_transaction():
        first = MissingRate.objects.filter(pk=missing_id, fetched_at__isnull=True).first()
    if first is None:
        return
    with working_in(first.organization_id):
        with scoped_transaction():
            rows = MissingRate.objects.filter(organization_id=first.organization_id, fetched_at__isnull=True)
            lacking = dict(rows.values_list("pk", "effective_on"))
            sources = _enabled_sources(first.organization_id)
        outcomes = [
            carry_out(open_run(source, start, end, Asked(RunTrigger.MISSING)).pk, watch=lease.check)
            for start, end in merged_ranges(lacking.values())
            for source in sources
        ]
        _try_again_later(outcomes, lease)
        with scoped_transaction():
            MissingRate.objects.filter(pk__in=lacking).update(fetched_at=clock.now(), updated_at=clock.now())
            lease.complete()


def _enabled_sources(organization_id: UUID) -> list[Source]:
    try:
        return sources_of(organization_id)
    except NothingToFetch:
        return []


def _try_again_later(outcomes: Sequence[Outcome], lease: Lease) -> None:
    """Raise Retry while there is a pause left and a failure that may pass."""
    passing = [outcome for outcome in outcomes if outcome.may_succeed_later]
    if passing and lease.work.attempts <= len(PAUSES):
        after = max((item.after or timedelta(0) for item in passing), default=timedelta(0))
        reason = f"{passing[0].run.provider}: {passing[0].run.error_code}"
        raise Retry(reason, after=max(after, PAUSES[lease.work.attempts - 1]))
