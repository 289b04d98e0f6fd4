"""`@command`: the declaration of a write, and the register of all of them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, ParamSpec, TypeVar

from django.utils.functional import Promise

from apps.kernel.registry.store import Registry
from apps.kernel.tenancy.scope import Scope

P = ParamSpec("P")
R = TypeVar("R")
Example = Callable[[Scope], Mapping[str, Any]]
# The resource of a command about records of any kind: each action names the kind of its own record.
ANY_KIND = "*"
# The command that takes another back; what it changes is announced with that cause.
UNDO = "audit_logs.action.undo"


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """What the house knows about a command.

    `feature` is what the actor must hold; "" needs `open_reason`, which says who may call it and why.
    `resource` is the entity id of the record that the command is about, ANY_KIND where each call says it.
    `undone_by` names a compensating command, called with the resource's id in place of restoring rows.
    `example(scope)` returns keyword arguments of a valid call, creating what they point to.
    `secret` names inputs that are never stored. `loads` names tables that it fills without row images.
    `delegates` names the input that holds the id of the command which does the work: its feature counts for undo,
    and what is secret there is secret here.
    `apart` promises that what is done to one record of an order for many depends on no other of them, so that the order
    may lock and write them together.
    `is_silent` keeps lifecycle events back, for rows that a test begins with.
    """

    id: str
    feature: str
    function: Callable[..., Any]
    signature: inspect.Signature
    open_reason: str = ""
    resource: str = ""
    undoable: bool = True
    undo_reason: str | Promise = ""
    undone_by: str = ""
    example: Example | None = None
    bulk: bool = False
    retryable: bool = False
    secret: frozenset[str] = field(default=frozenset())
    loads: tuple[str, ...] = ()
    delegates: str = ""
    is_silent: bool = False
    apart: bool = False

    @property
    def module(self) -> str:
        """Id of the module that declares it."""
        return self.id.partition(".")[0]


COMMANDS: Registry[CommandSpec] = Registry("command")


class Command(Generic[P, R]):
    """A declared write; calling it runs it through the executor."""

    def __init__(self, spec: CommandSpec, function: Callable[P, R]) -> None:
        self.spec = spec
        functools.update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Check, run in a transaction with an action, and return what the function returns."""
        from apps.kernel.commands.executor import execute  # noqa: PLC0415 - the executor needs the models

        result: R = execute(self.spec, args, kwargs)
        return result

    def __repr__(self) -> str:
        """Name the command."""
        return f"<command {self.spec.id}>"


def command(  # noqa: PLR0913 - one for each promise
    command_id: str,
    *,
    feature: str = "",
    open_reason: str = "",
    resource: str = "",
    undoable: bool = True,
    undo_reason: str | Promise = "",
    undone_by: str = "",
    example: Example | None = None,
    bulk: bool = False,
    retryable: bool = False,
    secret: tuple[str, ...] = (),
    delegates: str = "",
    apart: bool = False,
) -> Callable[[Callable[P, R]], Command[P, R]]:
    """Declare a write. Ids are singular and final: `sales.order.confirm`.

    Raises ValueError at import for a command without feature and reason, an undoable one without example,
    one that cannot be undone without a reason, and one whose resource is not named.
    """
    _check(command_id, bool(feature) != bool(open_reason), "needs a feature or the reason why it has none")
    _check(command_id, undoable != bool(undo_reason), "must be undoable or say why it is not")
    _check(command_id, not undoable or example is not None, "is undoable, so it needs an example")

    def declare(function: Callable[P, R]) -> Command[P, R]:
        spec = CommandSpec(
            id=command_id,
            feature=feature,
            function=function,
            signature=inspect.signature(function),
            open_reason=open_reason,
            resource=resource or command_id.rpartition(".")[0],
            undoable=undoable,
            undo_reason=undo_reason,
            undone_by=undone_by,
            example=example,
            bulk=bulk,
            retryable=retryable,
            secret=frozenset(secret),
            delegates=delegates,
            apart=apart,
        )
        COMMANDS.add(command_id, spec)
        return Command(spec, function)

    return declare


def _check(command_id: str, holds: bool, complaint: str) -> None:
    if not holds:
        raise ValueError(f"command {command_id} {complaint}")
