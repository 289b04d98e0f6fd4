"""The worker's side of long answers: exports into files and orders for many records, in the name of who asked."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage
from django.http import QueryDict
from django.urls import resolve

from apps.kernel.api import bulk
from apps.kernel.api.exporting.answers import KIND as EXPORT
from apps.kernel.api.exporting.answers import file_name
from apps.kernel.api.exporting.formats import FORMATS, Format
from apps.kernel.api.exporting.rows import exported_rows, file_names, file_selection
from apps.kernel.api.permissions import features_of
from apps.kernel.commands.bulk import run_bulk
from apps.kernel.commands.executor import demand_feature
from apps.kernel.commands.history.states import undo_offer
from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.errors import PlatformError
from apps.kernel.ports import JobInput, ProgressReporter
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.kernel.tenancy.transactions import reading, scoped_transaction
from apps.kernel.translating.locales import reading_in
from apps.kernel.translating.manners import in_manners
from apps.kernel.work.envelope import reopened
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease, current_lease

Watch = Callable[[int, int | None], None]
Result = dict[str, Any]
LOOKS_EVERY = 0.5  # seconds between two looks at whether somebody asked to stop


class Stopped(Exception):
    """Somebody asked to stop."""


@work_kind(EXPORT, attempts=3)
def export(job_id: UUID, lease: Lease) -> None:
    """Write the file and say where it is."""
    carry_out(job_id, lease, _exported)


@work_kind(bulk.KIND, attempts=3)
def change_many(job_id: UUID, lease: Lease) -> None:
    """Carry out an order for many records."""
    carry_out(job_id, lease, _changed)


def carry_out(job_id: UUID, lease: Lease, task: Callable[[UUID, JobInput, Watch], Result]) -> None:
    """Run the task as who asked, with what they may do now, in their language and time zone.

    A refusal ends the job with its reason; anything else is tried again. A job that has ended is left alone,
    so that a second run after a crash does nothing twice. What the task did as one action is offered to be taken back.
    """
    progress = service(ProgressReporter)
    with scoped_transaction():
        job = progress.input_of(job_id)
    if job is None:
        return
    with in_manners(job.values):
        try:
            with reopened(_scope_of(job)), invoked(source=Source.API), collecting_actions() as made:
                result = {**task(job_id, job, _watching(job_id, lease)), **undo_offer(made)}
        except Stopped:
            progress.cancelled(job_id)
        except PlatformError as refusal:
            if refusal.status >= 500:
                raise
            progress.fail(job_id, _told(refusal))
        else:
            progress.complete(job_id, result)


def _scope_of(job: JobInput) -> Scope:
    """The scope in which the job was asked for, still without the actor's access."""
    here = current_scope()
    return Scope(here.tenant_id, job.organization_id, job.organization_ids, job.actor, here.correlation_id)


def _told(refusal: PlatformError) -> str:
    reasons = [f"{item.field}: {item.message}" for item in refusal.errors[:20]]
    return "\n".join([refusal.detail, *reasons])


def _watching(job_id: UUID, lease: Lease) -> Watch:
    progress, looked = service(ProgressReporter), 0.0

    def watch(done: int, total: int | None) -> None:
        nonlocal looked
        lease.check()
        progress.advance(job_id, done, total)
        if time.monotonic() - looked >= LOOKS_EVERY:
            looked = time.monotonic()
            if progress.is_cancellation_requested(job_id):
                raise Stopped

    return watch


def _view_at(address: str, action: str) -> Any:
    found = resolve(urlsplit(address).path)
    view = found.func.cls.at(found.kwargs)()  # type: ignore[attr-defined]
    view.action, view.request, view.format_kwarg = action, None, None
    return view


def _exported(job_id: UUID, job: JobInput, watch: Watch) -> Result:
    return write_file(job_id, job, watch, _listed)


def _write(file: Any, form: Format, chosen: Chosen, watch: Watch) -> int:
    selection, shape, view = chosen
    total, done = selection.rows.order_by().values("pk").count(), 0

    def note(ids: list[UUID]) -> None:
        nonlocal done
        done += len(ids)
        view.note_read(ids, how="export")
        watch(done, total)

    watch(0, total)
    for piece in form.write(file_names(selection, shape), exported_rows(selection, shape, view, note=note)):
        file.write(piece)
    return done


def _changed(job_id: UUID, job: JobInput, watch: Watch) -> Result:
    view = _view_at(job.values["address"], "bulk")
    form = bulk.BulkSerializer(data=job.values["body"])
    form.is_valid(raise_exception=True)
    given = dict(form.validated_data)
    with reading():
        order = bulk.order_of(view, given)
    count = run_bulk(order, rehearse=given["dry_run"], watch=watch)
    return {"count": count, "dry_run": given["dry_run"]}


Chosen = tuple[Any, Any, Any]  # what a file holds: the selection, its shape, and the resource that answers for it


def write_file(job_id: UUID, job: JobInput, watch: Watch, chosen: Callable[[JobInput], Chosen]) -> Result:
    """Write the chosen rows into a file of the job's form, and say where it is."""
    form = FORMATS[job.values["form"]]
    with tempfile.TemporaryFile() as file:
        with reading_in(job.values.get("locales", ())), scoped_transaction() as scope:
            done = _write(file, form, chosen(job), watch)
        file.seek(0)
        stored = default_storage.save(f"exports/{scope.tenant_id}/{job_id}.{form.id}", File(file))
    return {"rows": done, "file": stored, "file_name": file_name(job.values["entity"], form)}


def work_in_batches(batches: Iterator[Sequence[Any]], work: Callable[[Any], int], watch: Watch, *, total: int) -> int:
    """Work batch by batch, each in a transaction that proves the lease; the sum of what `work` answers.

    `batches` asks the database inside that transaction. `total` is what is expected; more may come.
    """
    looked, done = 0, 0
    watch(0, total)
    while True:
        with scoped_transaction():
            if (lease := current_lease()) is not None:
                lease.guard()
            batch = next(batches, None)
            if batch is None:
                return done
            done += work(batch)
        looked += len(batch)
        watch(looked, max(total, looked))


def _listed(job: JobInput) -> Chosen:
    view = _view_at(job.values["address"], "list")
    for feature in (*features_of(view, "list"), *view.export_features):
        demand_feature(current_scope(), feature)
    shape = view.shape()
    asked = QueryDict(urlsplit(job.values["address"]).query)
    return file_selection(view.listed_rows(asked), asked, shape), shape, view
