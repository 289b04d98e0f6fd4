"""The change that an import is: one action, however many transactions it takes, with one undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.kernel.commands.declarations import COMMANDS, CommandSpec, command
from apps.kernel.commands.executor import execute
from apps.kernel.commands.inputs import Unkept
from apps.kernel.commands.running import running
from apps.kernel.tenancy.scope import Scope, current_scope


@dataclass(frozen=True, slots=True)
class Work(Unkept):
    """What is written in this transaction."""

    do: Callable[[], Any]


def _some_creation() -> CommandSpec:
    specs = (item for item in COMMANDS.values() if item.id.endswith(".create") and item.undoable and not item.delegates)
    return next(item for item in specs if not item.id.startswith(("kernel.", "audit_logs.")) and not item.undone_by)


def _example(scope: Scope) -> Mapping[str, Any]:
    spec = _some_creation()
    arguments = dict(spec.example(scope)) if spec.example else {}
    work = Work(lambda: execute(spec, (), arguments))
    return {"entity": spec.resource, "file_name": "example.csv", "command": spec.id, "work": work}


@command(
    "kernel.record.import",
    open_reason="the import demands the features of its kind of record, and each row's own command its own",
    example=_example,
    bulk=True,
    delegates="command",
)
def import_records(*, entity: str, file_name: str, command: str, work: Work) -> None:
    """Begin an import, and do its first batch. The batches that follow are parts of this action."""
    _begin(entity, file_name)
    work.do()


@command(
    "kernel.record.import_for_good",
    open_reason="the import demands the features of its kind of record, and each row's own command its own",
    undoable=False,
    undo_reason=_("the commands that were run for its rows cannot be undone."),
    delegates="command",
)
def import_records_for_good(*, entity: str, file_name: str, command: str, work: Work) -> None:
    """The same where the commands of the rows cannot be undone."""
    _begin(entity, file_name)
    work.do()


@command(
    "kernel.record.import_more",
    open_reason="it goes on with an import that has been allowed, and each row's own command demands its feature",
    undoable=False,
    undo_reason=_("it is a part of an import; undo that one."),
    delegates="command",
)
def import_more(*, entity: str, file_name: str, command: str, work: Work) -> None:
    """Do a further batch; called with `part_of` naming the import's action."""
    _begin(entity, file_name)
    work.do()


def _begin(entity: str, file_name: str) -> None:
    """Say what the action is about, and whose rows it touches: later batches cannot be added to it any more."""
    here, place = running(), current_scope().organization_id
    here.resource.entity, here.resource.label = entity, file_name[:200]
    if place is not None:
        here.organizations.add(place)
