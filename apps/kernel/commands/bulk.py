"""The same command for many records, as one action with one undo: all of them, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from apps.kernel.commands.declarations import COMMANDS, Command, CommandSpec, command
from apps.kernel.commands.executor import demand_feature, execute
from apps.kernel.commands.guards import run_guards
from apps.kernel.commands.inputs import Unkept
from apps.kernel.commands.invocation import invoked
from apps.kernel.commands.running import running
from apps.kernel.commands.together import NotTogether, gathering
from apps.kernel.errors import FieldError, InvalidInput, PlatformError
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.kernel.tenancy.transactions import scoped_transaction

MOST_ERRORS = 100
FEW, BATCH = 100, 250  # more than a few are written together, so many at once
BULK, FOR_GOOD = "kernel.record.bulk", "kernel.record.bulk_for_good"
BULK_COMMANDS: Final = (BULK, FOR_GOOD)
Watch = Callable[[int, int], None]


class BulkRefused(PlatformError):
    """Some records cannot be changed; `errors` says which (`ids.<id>`) and why. Nothing was changed."""

    status = 409
    code = "kernel.bulk.refused"
    message = _("Refused records: {count} of {total}. Nothing was changed.")


class RehearsalOver(Exception):
    """A rehearsal went through and is taken back. Not a refusal, so not a PlatformError."""


@dataclass(frozen=True, slots=True)
class BulkOrder:
    """The command of one record, the records, and the values that each call gets.

    `versions` says what the caller saw of some of the records; one that was changed since is refused.
    """

    command: str
    ids: tuple[UUID, ...]
    changes: Mapping[str, Any]
    versions: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(slots=True)
class BulkOutcome:
    """How the records fared: those that went through, each with its actions (its own first), and the refusals."""

    done: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    refused: dict[UUID, tuple[FieldError, ...]] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[FieldError, ...]:
        """The refusals under `ids.<id>`, the first hundred."""
        return tuple(item for errors in self.refused.values() for item in errors)[:MOST_ERRORS]


Examine = Callable[[BulkOutcome], None]


def _no_watch(done: int, total: int) -> None:
    """Nobody watches."""


def _no_examining(outcome: BulkOutcome) -> None:
    """Nobody looks."""


@dataclass(frozen=True, slots=True)
class Way(Unkept):
    """How an order is carried out.

    `rehearse`: everything is taken back at the end, after `examine` has looked at what would have become of it.
    `spares`: refused records are left as they are and the others changed; else one refusal stops all of them.
    """

    rehearse: bool = False
    spares: bool = False
    watch: Watch = _no_watch
    examine: Examine = _no_examining
    versions: Mapping[UUID, int] = field(default_factory=dict)
    outcome: BulkOutcome = field(default_factory=BulkOutcome)


AT_ONCE = Way()


def run_bulk(order: BulkOrder, *, rehearse: bool = False, watch: Watch = _no_watch) -> int:
    """Carry the order out and say how many records it was; a rehearsal leaves everything as it was.

    Raises BulkRefused with the refusals of the records, and whatever `watch` raises to stop.
    """
    try:
        return _run(order, Way(rehearse=rehearse, watch=watch))
    except RehearsalOver:
        return len(order.ids)


def run_each(order: BulkOrder, *, watch: Watch = _no_watch) -> BulkOutcome:
    """Carry the order out as one action for the records that can take it, and say how each of them fared."""
    way = Way(spares=True, watch=watch)
    with suppress(BulkRefused):  # when not one record goes through there is no action
        _run(order, way)
    return way.outcome


def rehearsed(order: BulkOrder, examine: Examine = _no_examining) -> BulkOutcome:
    """How each of the records would fare; `examine` may read what they would be before it is all taken back."""
    way = Way(rehearse=True, spares=True, examine=examine)
    with suppress(BulkRefused, RehearsalOver):
        _run(order, way)
    return way.outcome


def _run(order: BulkOrder, way: Way) -> int:
    whole = bulk_for_good if not COMMANDS[order.command].undoable else bulk
    way = replace(way, versions=order.versions)
    return whole(command=order.command, ids=list(order.ids), changes=dict(order.changes), way=way)


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
    BULK,
    open_reason="each record's own command demands its feature",
    example=_example,
    bulk=True,
    delegates="command",
)
def bulk(*, command: str, ids: list[UUID], changes: dict[str, Any], way: Way = AT_ONCE) -> int:
    """Run the command for each record; see `run_bulk`."""
    return _each(COMMANDS[command], ids, changes, way)


@command(
    FOR_GOOD,
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
    outcome, wanted, done = way.outcome, sorted(set(ids)), 0  # by id: every bulk takes its locks in the same order
    if spec.apart and not way.rehearse and len(wanted) > FEW:
        done = _together(spec, wanted, changes, way)
    for record_id in wanted[done:]:
        way.watch(done, len(ids))
        _one(spec, record_id, changes, way)
        done += 1
        if not way.spares and len(outcome.errors) >= MOST_ERRORS:
            break
    if outcome.refused and not (way.spares and outcome.done):
        raise BulkRefused(errors=outcome.errors, count=len(outcome.refused), total=len(ids))
    if way.rehearse:
        way.examine(outcome)
        raise RehearsalOver
    return len(outcome.done)


def _together(spec: CommandSpec, ids: list[UUID], changes: dict[str, Any], way: Way) -> int:
    """Carry the order out batch by batch, as far as its rows can be written together; how many records these are."""
    demand_feature(current_scope(), spec.feature)
    for start in range(0, len(ids), BATCH):
        way.watch(start, len(ids))
        batch = ids[start : start + BATCH]
        try:
            with scoped_transaction():
                _batch(spec, batch, changes, way)
        except (NotTogether, DatabaseError):  # one of the rows, or of what the command does, has to be looked at alone
            for record_id in batch:
                way.outcome.done.pop(record_id, None)
                way.outcome.refused.pop(record_id, None)
            return start
        if not way.spares and way.outcome.refused:
            return len(ids)
    return len(ids)


def _batch(spec: CommandSpec, ids: list[UUID], changes: dict[str, Any], way: Way) -> None:
    command = running()
    emitted, resource = len(command.emitted), replace(command.resource)
    try:
        with gathering(ids) as batch:
            for record_id in ids:
                said = len(command.emitted)
                with _told(record_id, way) as fared, invoked(**_expected(record_id, way)), batch.turn():
                    bound = spec.signature.bind(record_id, **changes)
                    bound.apply_defaults()
                    spec.function(**run_guards(spec, dict(bound.arguments)))
                if fared.is_refused:
                    del command.emitted[said:]
                else:
                    way.outcome.done[record_id] = (command.action_id,)
        batch.flush()
    except BaseException:
        del command.emitted[emitted:]
        raise
    finally:
        command.resource = resource


def _expected(record_id: UUID, way: Way) -> dict[str, Any]:
    return {"expected_version": way.versions.get(record_id), "expected_of": record_id}


@dataclass(slots=True)
class _Fared:
    """Whether a record was refused."""

    is_refused: bool = False


@contextmanager
def _told(record_id: UUID, way: Way) -> Iterator[_Fared]:
    """Note a refusal of the record beside it; what concerns the whole order goes on."""
    fared = _Fared()
    try:
        yield fared
    except PlatformError as error:
        if error.status == 401 or error.status >= 500 or (error.status == 403 and not way.spares):
            raise
        place = f"ids.{record_id}"
        inner = tuple(FieldError(f"{place}.{item.field}", item.code, item.message) for item in error.errors)
        way.outcome.refused[record_id] = inner or (FieldError(place, error.code, error.detail),)
        fared.is_refused = True


def _one(spec: CommandSpec, record_id: UUID, changes: dict[str, Any], way: Way) -> None:
    finished = running().finished
    start = len(finished)
    with _told(record_id, way) as fared, invoked(**_expected(record_id, way)):
        execute(spec, (record_id,), changes)
    if not fared.is_refused:
        way.outcome.done[record_id] = tuple(finished[start:])


def spec_of_single(single: Any) -> CommandSpec:
    """The declaration of a command. Raises InvalidInput for something else."""
    if not isinstance(single, Command):
        raise InvalidInput
    return single.spec
