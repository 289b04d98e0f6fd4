"""How a fetch ends: its rates are recorded, or its failure is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy

from apps.currencies.contracts import RateQuote
from apps.currencies.events import FETCH_FAILED, RATES_FETCHED
from apps.currencies.features import MANAGE_FETCH
from apps.currencies.models import FetchRun, RunStatus, RunTrigger
from apps.currencies.selectors import active_codes, rates_of
from apps.currencies.services.checks import lock_currencies
from apps.currencies.services.fetching.sources import Source, today
from apps.currencies.services.recording import example_quote, record_rates
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_for_update
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.kernel.tenancy.transactions import scoped_transaction

LONGEST_ERROR = 2_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Why a range is fetched, and for whom; `job_id` is the long job that shows it."""

    trigger: RunTrigger
    job_id: UUID | None = None
    asked_by: UUID | None = None


def open_run(source: Source, start: date, end: date, asked: Asked) -> FetchRun:
    """Note a fetch that is about to be made, in the organization that the scope writes to."""
    run = FetchRun(
        organization_id=current_scope().writing_organization(),
        provider=source.provider,
        source=source.name,
        options=dict(source.options),
        trigger=asked.trigger,
        start_on=start,
        end_on=end,
        job_id=asked.job_id,
        asked_by=asked.asked_by,
    )
    with scoped_transaction():
        run.save(force_insert=True)
    return run


def _run_example() -> FetchRun:
    return open_run(Source("ecb", "ecb", {}), today(), today(), Asked(RunTrigger.REQUEST))


def _finish_example(scope: Scope) -> dict[str, Any]:
    return {"run_id": _run_example().pk, "quotes": [example_quote()]}


@command("currencies.fetch_run.finish", feature=MANAGE_FETCH, example=_finish_example)
def finish_run(run_id: UUID, *, quotes: Sequence[RateQuote]) -> FetchRun:
    """Record what was fetched and what it changed; a fetch that has ended stays as it is.

    Rates in currencies that the organization does not use are left out. Raises RowNotFound, InvalidInput.
    """
    organization_id = current_scope().writing_organization()
    lock_currencies(organization_id)
    run = load_for_update(FetchRun, run_id)
    if run.has_ended:
        return run
    codes = active_codes(organization_id)
    usable = [quote for quote in quotes if quote.from_code in codes and quote.to_code in codes]
    known = _known_keys(organization_id, run.source, usable)
    recorded = record_rates(usable, source=run.source) if usable else []
    run.corrected = sum(_key(row) in known for row in recorded)
    run.new = len(recorded) - run.corrected
    run.unchanged = len(usable) - len(recorded)
    run.left_out = len(quotes) - len(usable)
    RATES_FETCHED.emit(**_days(run), new=run.new, corrected=run.corrected)
    return _ended(run, RunStatus.DONE)


@command(
    "currencies.fetch_run.fail",
    feature=MANAGE_FETCH,
    undoable=False,
    undo_reason=gettext_lazy("it says in the log what went wrong, and changes nothing else."),
)
def fail_run(run_id: UUID, *, code: str, error: str) -> FetchRun:
    """Note why a fetch came to nothing. Raises RowNotFound."""
    run = load_for_update(FetchRun, run_id)
    if run.has_ended:
        return run
    run.error_code, run.error = code, error[:LONGEST_ERROR]
    FETCH_FAILED.emit(**_days(run), error_code=code)
    return _ended(run, RunStatus.FAILED)


def cancel_run(run: FetchRun) -> FetchRun:
    """Note that somebody has stopped the fetch before anything was recorded."""
    with scoped_transaction():
        return _ended(run, RunStatus.CANCELLED)


def _ended(run: FetchRun, status: RunStatus) -> FetchRun:
    run.status, run.ended_at = status, clock.now()
    run.started_at = run.started_at or run.ended_at
    run.duration_ms = max(0, round((run.ended_at - run.started_at).total_seconds() * 1000))
    run.save()
    return run


def _days(run: FetchRun) -> dict[str, Any]:
    return {"resource_id": run.pk, "source": run.source, "start_on": run.start_on, "end_on": run.end_on}


def _known_keys(organization_id: UUID, source: str, quotes: Sequence[RateQuote]) -> set[tuple[Any, ...]]:
    days = {quote.effective_on for quote in quotes}
    rows = rates_of(organization_id).filter(source=source, effective_on__in=days)
    return set(rows.values_list("from_code", "to_code", "effective_on", "kind"))


def _key(row: Any) -> tuple[Any, ...]:
    return row.from_code, row.to_code, row.effective_on, row.kind
