"""Fetches that people ask for: queued at once, made behind the answer, shown as a long job that can be stopped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from apps.currencies.contracts import RATE_PROVIDERS
from apps.currencies.features import MANAGE_FETCH
from apps.currencies.models import FetchRun, RateFetchConfig, RunStatus, RunTrigger
from apps.currencies.selectors import runs_of_job
from apps.currencies.services.fetching.configs import create_fetch_config, creation_example
from apps.currencies.services.fetching.runs import Stopped, Watch, carry_out, working_in
from apps.currencies.services.fetching.sources import Source, demand_range, pieces_of, sources_of, today
from apps.currencies.services.fetching.storing import Asked, open_run
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_for_update
from apps.kernel.ports import ProgressReporter
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, current_scope, in_organization, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.leases import Lease
from apps.kernel.work.queueing import enqueue

REQUESTED: Final = "currencies.fetch_rates"
RECORDING = 1  # a step of its own beside the documents of a fetch


@command(
    "currencies.fetch_run.request",
    feature=MANAGE_FETCH,
    undoable=False,
    undo_reason=gettext_lazy("it queues the fetch; what is fetched can be undone."),
)
def request_fetch(*, provider: str | None = None, start: date | None = None, end: date | None = None) -> UUID:
    """Queue a fetch from one provider or all enabled sources, and give the id of the long job that shows it.

    Without days today is fetched, without an end up to today. Raises InvalidInput, RangeInvalid, NothingToFetch.
    """
    last = end or today()
    return _queue(sources_of(current_scope().writing_organization(), provider), start or last, last)


def _config_example(scope: Scope) -> dict[str, Any]:
    return {"config_id": create_fetch_config(**creation_example(scope)).pk}


@command(
    "currencies.rate_fetch_config.fetch",
    feature=MANAGE_FETCH,
    undoable=False,
    undo_reason="it queues the fetch; what is fetched can be undone.",
    example=_config_example,
)
def fetch_configured(config_id: UUID, *, start: date | None = None, end: date | None = None) -> UUID:
    """Queue a fetch from one configuration, enabled or not, into its own organization; give the long job's id.

    Days as in `request_fetch`. Raises RowNotFound, RangeInvalid.
    """
    config = load_for_update(RateFetchConfig, config_id)
    last = end or today()
    source = Source(config.provider, config.source, config.options)
    with using_scope(in_organization(current_scope(), config.organization_id)):
        return _queue([source], start or last, last)


def _queue(sources: Sequence[Source], first: date, last: date) -> UUID:
    demand_range(first, last, sources)
    name, words = gettext_noop("Exchange rates {start} – {end}"), {"start": str(first), "end": str(last)}
    job_id = service(ProgressReporter).open(REQUESTED, name=name, words=words, is_cancellable=True)
    asked = Asked(RunTrigger.REQUEST, job_id, current_scope().actor.id)
    for source in sources:
        open_run(source, first, last, asked)
    enqueue(REQUESTED, job_id)
    return job_id


def work_on_request(job_id: UUID, lease: Lease) -> None:
    """Make the fetches of a request one after the other; one that fails does not keep the next from being made.

    Nothing is tried again by itself: whoever asked sees what happened, and may ask again.
    """
    with scoped_transaction():
        runs = runs_of_job(job_id)
    watch = _watching(job_id, lease, sum(map(_steps, runs)))
    ended = []
    for run in runs:
        with working_in(run.organization_id, run.asked_by):
            ended.append(carry_out(run.pk, watch=watch).run)
    _tell(job_id, ended)


def _steps(run: FetchRun) -> int:
    return len(pieces_of(RATE_PROVIDERS[run.provider], run.options, run.start_on, run.end_on)) + RECORDING


def _watching(job_id: UUID, lease: Lease, total: int) -> Watch:
    """A watch that counts steps; each is said when it begins, so the last one is done when the job is complete."""
    progress, done = service(ProgressReporter), 0

    def watch() -> None:
        nonlocal done
        lease.check()
        if progress.is_cancellation_requested(job_id):
            raise Stopped
        progress.advance(job_id, done, total)
        done += 1

    return watch


def _tell(job_id: UUID, runs: Sequence[FetchRun]) -> None:
    """End the job: badly when a fetch failed, with what the others have recorded."""
    progress = service(ProgressReporter)
    if any(run.status == RunStatus.CANCELLED for run in runs):
        progress.cancelled(job_id)
    elif any(run.status == RunStatus.FAILED for run in runs):
        progress.fail(job_id, "\n".join(map(summary, runs)))
    else:
        counts = ("new", "corrected", "unchanged", "left_out")
        progress.complete(job_id, {name: sum(getattr(run, name) for run in runs) for name in counts})


def summary(run: FetchRun) -> str:
    """What came of a fetch, on one line."""
    if run.status == RunStatus.FAILED:
        return f"{run.source}: {' '.join(run.error.split())}"
    text = _("{source}: {new} new, {corrected} corrected, {unchanged} unchanged, {left_out} left out")
    counts = {"new": run.new, "corrected": run.corrected, "unchanged": run.unchanged, "left_out": run.left_out}
    return text.format(source=run.source, **counts)
