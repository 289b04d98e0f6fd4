"""The worker's side of an import: batch after batch, each with its counts in one transaction."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.core.files.storage import default_storage
from django.utils import translation
from django.utils.translation import gettext_lazy

from apps.kernel import clock
from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.commands.history.states import undo_offer
from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.commands.running import running
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import PlatformError
from apps.kernel.imports.errors import AllRefused
from apps.kernel.imports.models import ImportProblem, ImportRun, RunState
from apps.kernel.imports.planning.orders import Outcome
from apps.kernel.imports.reading.sources import Layout, Row, read_rows
from apps.kernel.imports.runs.commands import Work, import_more, import_records, import_records_for_good
from apps.kernel.imports.runs.drafts import FORGET, KIND, keep_until, plan_of
from apps.kernel.imports.runs.files import opened
from apps.kernel.imports.runs.lines import Batches
from apps.kernel.ports import ProgressReporter
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, current_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.envelope import reopened
from apps.kernel.work.errors import LeaseLost
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease
from apps.kernel.work.queueing import enqueue

BATCH: Final = 500
MOST_PREVIEWS: Final = 50
MOST_ERRORS: Final = 1_000  # after which an import of all or nothing looks no further
LOOKS_EVERY: Final = 0.5  # seconds between two looks at whether somebody asked to stop


class RehearsalOver(Exception):
    """What was written is taken back, and this is what came of it. Not a refusal, so not a PlatformError."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        super().__init__()
        self.outcomes = outcomes


class Stopped(Exception):
    """Somebody asked to stop."""


ATTEMPTS: Final = 5
GAVE_UP: Final = gettext_lazy("The import failed again and again. What is in stays until it is undone.")


@work_kind(KIND, attempts=ATTEMPTS)
def import_rows(run_id: UUID, lease: Lease) -> None:
    """Check or import a file as whoever gave it, with what they may do now.

    A second run after a crash goes on behind the last batch that was committed. A refusal ends the import.
    """
    with scoped_transaction():
        run: ImportRun | None = ImportRun.objects.filter(pk=run_id).first()
    if run is None or not run.is_working:
        return
    try:
        with reopened(_scope_of(run)), invoked(source=Source.IMPORT), translation.override(run.language):
            Importing(run, lease).carry_out()
    except LeaseLost:
        raise
    except PlatformError as refusal:
        if refusal.status >= 500:
            _give_up(run, lease)
            raise
        _end(run, lease, RunState.FAILED, reason="\n".join([refusal.detail, *_complaints(refusal)]))
    except Exception:
        _give_up(run, lease)
        raise


def _give_up(run: ImportRun, lease: Lease) -> None:
    """Say that it failed for good, when this was the last attempt."""
    if lease.work.attempts >= ATTEMPTS:
        with translation.override(run.language):
            _end(run, lease, RunState.FAILED, reason=str(GAVE_UP))


def _complaints(refusal: PlatformError) -> list[str]:
    return [f"{item.field}: {item.message}" for item in refusal.errors[:20]]


def _scope_of(run: ImportRun) -> Scope:
    here = current_scope()
    actor = Actor(ActorKind(run.owner_kind), run.owner_id, run.owner_label, on_behalf_of=run.on_behalf_of)
    seen = frozenset(run.owner_organization_ids)
    return Scope(here.tenant_id, run.owner_organization_id, seen, actor, here.correlation_id)


class Importing:
    """One run in the hands of a worker."""

    def __init__(self, run: ImportRun, lease: Lease) -> None:
        self._run, self._lease = run, lease
        self._progress = service(ProgressReporter)
        self._looked = 0.0
        self._told = run.counted.rows
        with scoped_transaction():
            self._plan = plan_of(run)
            self._plan.demand_sound()
            self._batches = Batches(self._plan)
        self._counts = run.counted
        self._rehearses = run.state == RunState.CHECKING

    def carry_out(self) -> None:
        """Do all batches, and say how it ended."""
        try:
            layout = Layout.from_json(self._run.layout)
            with opened(self._run) as file, closing(read_rows(file, layout)) as rows:
                if self._plan.options.all_or_nothing and not self._rehearses:
                    self._all_or_nothing(rows)
                else:
                    self._by_batches(rows)
        except Stopped:
            self._stopped()
        else:
            _end(self._run, self._lease, RunState.CHECKED if self._rehearses else RunState.DONE)

    def _by_batches(self, rows: Iterator[Row]) -> None:
        while batch := list(islice(rows, BATCH)):
            lines, outcomes = self._batches.read(batch)  # of every batch: keys are remembered from the first row on
            if batch[-1].number <= self._run.position:
                self._batches.remember(lines, self._failed(batch))
                continue
            self._look()
            self._one_batch(batch, lines, outcomes)
            self._tell(self._counts.rows)

    def _failed(self, batch: Sequence[Row]) -> set[int]:
        """Rows of a batch that an earlier worker wrote of which nothing came."""
        span = (batch[0].number, batch[-1].number)
        with scoped_transaction():
            rows = ImportProblem.objects.filter(run_id=self._run.pk, row__range=span)
            return set(rows.values_list("row", flat=True))

    def _one_batch(self, batch: Sequence[Row], lines: Any, outcomes: list[Outcome]) -> None:
        last = batch[-1].number
        if lines and not self._rehearses:
            self._command(
                lambda: self._note([*outcomes, *self._batches.write(lines, self._alive)], last, _own_action())
            )
            return
        found = [*outcomes, *(self._rehearsed(lines) if lines else ())]
        with scoped_transaction():
            self._lease.guard()
            self._note(found, last)

    def _rehearsed(self, lines: Any) -> list[Outcome]:
        def write() -> None:
            raise RehearsalOver(self._batches.write(lines, self._alive))

        try:
            self._command(write)
        except RehearsalOver as over:
            return over.outcomes
        return []

    def _all_or_nothing(self, rows: Iterator[Row]) -> None:
        """Do all batches in one transaction. The run's row stays open meanwhile, so that somebody can ask to stop."""

        def write() -> None:
            failed: list[Outcome] = []
            counts, last = self._counts, 0
            while len(failed) < MOST_ERRORS and (batch := list(islice(rows, BATCH))):
                self._look()
                lines, outcomes = self._batches.read(batch)
                found = [*outcomes, *self._batches.write(lines, self._alive)]
                failed += [item for item in found if item.problems]
                counts, last = counts.plus(found), batch[-1].number
                self._tell(counts.rows)
            if failed:
                raise RehearsalOver(failed)
            self._counts = counts
            self._note([], last, _own_action())

        try:
            self._command(write)
        except RehearsalOver as over:
            self._refuse_all(over.outcomes)

    def _refuse_all(self, failed: list[Outcome]) -> None:
        with scoped_transaction():
            self._lease.guard()
            self._note(failed, 0)
        raise AllRefused

    def _command(self, write: Any) -> None:
        """Run the writes as the import's own action, or as a part of it where it has begun."""
        run = self._run
        ids = self._plan.target.commands(self._plan.options.mode)
        given: dict[str, Any] = {
            "entity": run.entity,
            "file_name": run.file_name,
            "command": ids[-1],
            "work": Work(write),
        }
        if run.action_id is not None:
            with invoked(part_of=run.action_id):
                import_more(**given)
            return
        begin = import_records if all(COMMANDS[item].undoable for item in ids) else import_records_for_good
        begin(**given)

    def _note(self, outcomes: list[Outcome], last: int, action_id: UUID | None = None) -> None:
        """Write down what became of the rows, in the transaction of their effect."""
        run = self._run
        counts = self._counts.plus(outcomes)
        changes: dict[str, Any]
        failed = [item for item in outcomes if item.problems]
        ImportProblem.objects.bulk_create(
            ImportProblem(run_id=run.pk, row=item.number, problems=[problem.as_json() for problem in item.problems])
            for item in failed
        )
        shown = [item.as_json() for item in outcomes if item.after]
        previews = [*run.previews, *shown][:MOST_PREVIEWS] if self._rehearses else []
        changes = {"counts": counts.as_json(), "position": last, "previews": previews}
        changes["action_id"] = run.action_id or action_id
        rows = ImportRun.objects.filter(pk=run.pk)
        rows.update(**changes, updated_at=clock.now())
        self._counts = counts
        for name, value in changes.items():
            setattr(run, name, value)

    def _look(self) -> None:
        """Go on only with the lease and unless somebody asked to stop."""
        self._lease.check()
        if time.monotonic() - self._looked < LOOKS_EVERY:
            return
        self._looked = time.monotonic()
        run = self._run
        with scoped_transaction():
            run.stop = ImportRun.objects.filter(pk=run.pk).values_list("stop", flat=True).get()
        asked = run.job_id is not None and self._progress.is_cancellation_requested(run.job_id)
        run.stop = run.stop or ("keep" if asked else "")
        if run.stop:
            raise Stopped

    def _alive(self, done: int) -> None:
        """Give a sign of life from within a batch, which may take longer than a job may be silent."""
        self._lease.check()
        if self._run.job_id is not None:
            self._progress.advance(self._run.job_id, self._told + done)

    def _tell(self, done: int) -> None:
        self._told = done
        if self._run.job_id is not None:
            self._progress.advance(self._run.job_id, done)

    def _stopped(self) -> None:
        run = self._run
        if self._rehearses:
            _end(run, self._lease, RunState.DRAFT)
        elif run.stop == "undo" and run.action_id is not None and not self._plan.options.all_or_nothing:
            undo(run.action_id)
            _end(run, self._lease, RunState.TAKEN_BACK)
        else:
            _end(run, self._lease, RunState.STOPPED)


def _own_action() -> UUID:
    return running().outermost.action_id


def _end(run: ImportRun, lease: Lease, state: RunState, *, reason: str = "") -> None:
    """Note how it ended, with the job of the progress strip."""
    now = clock.now()
    with scoped_transaction():
        lease.guard()
        rows = ImportRun.objects.filter(pk=run.pk)
        rows.update(state=state, reason=reason[:2000], ended_at=now, updated_at=now)
        _end_job(run, state, reason)
        enqueue(FORGET, run.pk, keep_until(now))
    run.state = state


def _end_job(run: ImportRun, state: RunState, reason: str) -> None:
    progress = service(ProgressReporter)
    if run.job_id is None:
        return
    if state == RunState.FAILED:
        progress.fail(run.job_id, reason)
    elif run.stop:
        progress.cancelled(run.job_id)
    else:
        counts = {name: count for name, count in run.counts.items() if count}
        progress.complete(run.job_id, {**counts, **undo_offer([run.action_id] if run.action_id else [])})


@work_kind(FORGET, attempts=12)
def forget(run_id: UUID, lease: Lease) -> None:
    """Remove the file and what was found in it. The assignment of columns stays, for the next file of its kind."""
    with scoped_transaction():
        run: ImportRun | None = ImportRun.objects.filter(pk=run_id).first()
    if run is None:
        return
    until = keep_until(run.ended_at or run.created_at)
    if run.is_working or until > clock.now():
        with scoped_transaction():
            enqueue(FORGET, run_id, max(until, keep_until(clock.now())) if run.is_working else until)
            lease.complete()
        return
    lease.check()
    if run.file:
        default_storage.delete(run.file)
    with scoped_transaction():
        ImportProblem.objects.filter(run_id=run_id).delete()
        if run.action_id is None:
            ImportRun.objects.filter(pk=run_id).delete()
        else:
            ImportRun.objects.filter(pk=run_id).update(file="", previews=[], updated_at=clock.now())
        lease.complete()
