"""The same command for many records, as one action with one undo: all of them, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.kernel.commands.declarations import COMMANDS, Command, CommandSpec, command
from apps.kernel.commands.executor import execute
from apps.kernel.commands.inputs import Unkept
from apps.kernel.commands.running import running
from apps.kernel.errors import FieldError, InvalidInput, PlatformError
from apps.kernel.tenancy.scope import Scope

MOST_ERRORS = 100
Watch = Callable[[int, int], None]


class BulkRefused(PlatformError):
    """Some records cannot be changed; `errors` says which (`ids.<id>`) and why. Nothing was changed."""

    status = 409
    code = "kernel.bulk.refused"
    message = _("{count} of {total} records were refused, so nothing was changed.")


class RehearsalOver(Exception):
    """A rehearsal went through and is taken back. Not a refusal, so not a PlatformError."""


@dataclass(frozen=True, slots=True)
class BulkOrder:
    """The command of one record, the records, and the values that each call gets."""

    command: str
    ids: tuple[UUID, ...]
    changes: Mapping[str, Any]


def _no_watch(done: int, total: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Way(Unkept):
    """How an order is carried out: as a rehearsal, and who is told how far it is."""

    rehearse: bool = False
    watch: Watch = _no_watch


AT_ONCE = Way()


def run_bulk(order: BulkOrder, *, rehearse: bool = False, watch: Watch = _no_watch) -> int:
    """Carry the order out and say how many records it was; a rehearsal leaves everything as it was.

    Raises BulkRefused with the refusals of the records, and whatever `watch` raises to stop.
    """
    whole = bulk_for_good if not COMMANDS[order.command].undoable else bulk
    try:
        way = Way(rehearse, watch)
        return whole(command=order.command, ids=list(order.ids), changes=dict(order.changes), way=way)
    except RehearsalOver:
        return len(order.ids)


def _example(scope: Scope) -> dict[str, Any]:
    """Any command of one record that changes something and can be undone."""
    spec = next(item for item in COMMANDS.values() if _is_of_one_record(item))
    arguments = dict(spec.example(scope)) if spec.example else {}
    first = next(iter(spec.signature.parameters))
    return {"command": spec.id, "ids": [arguments.pop(first)], "changes": arguments}


def _is_of_one_record(spec: CommandSpec) -> bool:
    first = next(iter(spec.signature.parameters.values()), None)
    own = spec.id.startswith(("kernel.", "audit_logs."))
    return spec.undoable and not own and spec.example is not None and first is not None and first.name.endswith("_id")


@command(
    "kernel.record.bulk",
    open_reason="each record's own command demands its feature",
    example=_example,
    bulk=True,
    delegates="command",
)
def bulk(*, command: str, ids: list[UUID], changes: dict[str, Any], way: Way = AT_ONCE) -> int:
    """Run the command for each record; see `run_bulk`."""
    return _each(COMMANDS[command], ids, changes, way)


@command(
    "kernel.record.bulk_for_good",
    open_reason="each record's own command demands its feature",
    undoable=False,
    undo_reason=_("the command that was run for each record cannot be undone."),
    delegates="command",
)
def bulk_for_good(*, command: str, ids: list[UUID], changes: dict[str, Any], way: Way = AT_ONCE) -> int:
    """The same for a command that cannot be undone."""
    return _each(COMMANDS[command], ids, changes, way)


def _each(spec: CommandSpec, ids: list[UUID], changes: dict[str, Any], way: Way) -> int:
    running().resource.entity = spec.resource
    refused: list[FieldError] = []
    for done, record_id in enumerate(sorted(set(ids))):  # by id: every bulk takes its locks in the same order
        way.watch(done, len(ids))
        refused += _refusals(spec, record_id, changes)
        if len(refused) >= MOST_ERRORS:
            break
    if refused:
        count = len({item.field.split(".")[1] for item in refused})
        raise BulkRefused(errors=tuple(refused), count=count, total=len(ids))
    if way.rehearse:
        raise RehearsalOver
    return len(set(ids))


def _refusals(spec: CommandSpec, record_id: UUID, changes: dict[str, Any]) -> Iterable[FieldError]:
    try:
        execute(spec, (record_id,), changes)
    except PlatformError as error:
        if error.status in {401, 403} or error.status >= 500:
            raise
        place = f"ids.{record_id}"
        inner = [FieldError(f"{place}.{item.field}", item.code, item.message) for item in error.errors]
        return inner or [FieldError(place, error.code, error.detail)]
    return []


def spec_of_single(single: Any) -> CommandSpec:
    """The declaration of a command. Raises InvalidInput for something else."""
    if not isinstance(single, Command):
        raise InvalidInput
    return single.spec
