"""Work on many records from a list: one action with one undo, now or as a long job, whatever is refused left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, QueryDict
from django.urls import resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from apps.kernel.admin.labels import labels_of
from apps.kernel.admin.offering import pressable
from apps.kernel.admin.selections import Chosen, seen_rows
from apps.kernel.commands.bulk import BulkOrder, BulkOutcome, Watch, run_each
from apps.kernel.commands.declarations import Command, command
from apps.kernel.commands.inputs import Unkept
from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.commands.running import running
from apps.kernel.errors import FieldError, RowNotFound
from apps.kernel.ports import ProgressReporter
from apps.kernel.services import service
from apps.kernel.tenancy.transactions import reading
from apps.kernel.translating.manners import current_manners
from apps.kernel.work.queueing import enqueue

AT_ONCE = 200
SHOWN = 5
KIND = "kernel.many"
UPDATE, DELETE = "update", "delete"


@dataclass(frozen=True, slots=True)
class Task:
    """What shall be done with each of the records: `name` is `update`, `delete`, or that of a button.

    `form` is what was entered for an update, as it was posted; `changes` what it means to the command.
    """

    name: str
    command: Command[..., Any]
    changes: Mapping[str, Any] = field(default_factory=dict)
    form: str = ""
    concerns: Callable[[Any], bool] = lambda record: True


@dataclass(frozen=True, slots=True)
class Posted(Unkept):
    """The order as it was posted: for the job, which keeps it encrypted, not for the history."""

    address: str
    task: str
    chosen: str
    form: str


def task_named(page: Any, name: str) -> Task | None:
    """Deletion one by one, or a button for selections, if the actor may; None for everything else."""
    if name == DELETE:
        own = page.bulk_delete_command is None and page.delete_command is not None
        return Task(DELETE, page.delete_command) if own else None
    button = next((item for item in pressable(page) if item.name == name and item.in_bulk), None)
    if button is None or not button.offered():
        return None
    return Task(name, button.command, concerns=button.offered)


def start_or_run(page: Any, request: HttpRequest, chosen: Chosen, task: Task) -> None:
    """Carry the order out and say on the next page what came of it, or leave it to a job."""
    if len(chosen.ids) > AT_ONCE and service(ProgressReporter).is_available:
        order = Posted(request.get_full_path(), task.name, chosen.text, task.form)
        with invoked(source=Source.ADMIN):
            start_many(entity=str(page.model.entity_id), order=order)
        text = _("%(n)s records are being worked on. The strip at the top of the page says how far it is.")
        page.message_user(request, text % {"n": len(chosen.ids)}, messages.INFO)
        return
    rows = seen_rows(page, request, chosen)
    names = {item: str(row) for item, row in rows.items()}
    gone = [item for item in chosen.ids if item not in rows]
    report(page, request, carry_out(rows, chosen, task), names={**names, **names_of_gone(page, request, gone)})


def carry_out(rows: Mapping[UUID, Any], chosen: Chosen, task: Task, *, watch: Watch | None = None) -> BulkOutcome:
    """Run the task's command for each record; one that is not there is refused like any other."""
    ids = tuple(item for item, row in rows.items() if task.concerns(row))
    order = BulkOrder(task.command.spec.id, ids, task.changes, chosen.versions)
    outcome = BulkOutcome()
    if ids:
        with invoked(source=Source.ADMIN):
            outcome = run_each(order, watch=watch) if watch else run_each(order)
    outcome.refused.update(missing(rows, chosen))
    return outcome


def missing(rows: Mapping[UUID, Any], chosen: Chosen) -> dict[UUID, tuple[FieldError, ...]]:
    """A refusal for each chosen record that is not there."""
    gone = RowNotFound()
    return {item: (FieldError(f"ids.{item}", gone.code, gone.detail),) for item in chosen.ids if item not in rows}


def names_of_gone(page: Any, request: HttpRequest, gone: Iterable[UUID]) -> dict[UUID, str]:
    """What the first of the records that are not there were called; their ids where nothing is known of them."""
    entity, labels = str(getattr(page.model, "entity_id", "")), labels_of(request)
    first = list(gone)[:AT_ONCE]
    with reading():
        labels.fetch([(entity, item) for item in first])
    return {item: labels.known(entity, item) or str(item) for item in first}


def reasons(errors: tuple[FieldError, ...]) -> str:
    """Why a record was refused, in one line."""
    return " ".join(dict.fromkeys(str(item.message) for item in errors))


def done_words(count: int) -> str:
    """How many records something was done for."""
    return ngettext("Done for %(n)s record.", "Done for %(n)s records.", count) % {"n": count}


def report(page: Any, request: HttpRequest, outcome: BulkOutcome, *, names: Mapping[UUID, str]) -> None:
    """Say on the next page how many records went through, and why others did not."""
    if done := len(outcome.done):
        page.message_user(request, done_words(done), messages.SUCCESS)
    refused = list(outcome.refused.items())
    for record_id, errors in refused[:SHOWN]:
        page.message_user(request, f"{names.get(record_id, record_id)}: {reasons(errors)}", messages.ERROR)
    if len(refused) > SHOWN:
        rest = len(refused) - SHOWN
        text = ngettext("%(n)s more was refused.", "%(n)s more were refused.", rest) % {"n": rest}
        page.message_user(request, text, messages.ERROR)


@command(
    "kernel.record.start_many",
    open_reason="the page has checked its own features, and each record's command demands its own when it runs",
    undoable=False,
    undo_reason=gettext_lazy("it queues the work; the work itself can be undone."),
)
def start_many(*, entity: str, order: Posted) -> UUID:
    """Open the job of a large order and queue its work."""
    running().resource.entity = entity
    name = gettext_noop("Change of many records: {kind}")
    given = {"address": order.address, "task": order.task, "chosen": order.chosen, "form": order.form}
    values = {**given, **current_manners()}
    job_id = service(ProgressReporter).open(KIND, name=name, words={"kind": entity}, is_cancellable=True, values=values)
    enqueue(KIND, job_id)
    return job_id


def page_at(address: str) -> tuple[Any, HttpRequest]:
    """The page of a list's address, and a request for it as a worker can make one. Raises Http404."""
    parts = urlsplit(address)
    match = resolve(parts.path)
    page = getattr(match.func, "model_admin", None)
    if page is None:
        raise Http404
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", parts.path, parts.path
    request.GET, request.resolver_match = QueryDict(parts.query), match
    return page, request
