"""Commands on tenants run inside the tenant that they are about: there their action and their images belong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import ParamSpec, TypeVar
from uuid import UUID

from apps.directory.errors import PlatformOnly
from apps.directory.selectors import is_platform
from apps.kernel.commands.declarations import Command
from apps.kernel.errors import RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, current_scope, using_scope
from apps.kernel.tenancy.switching import PLATFORM_ACCESS
from apps.kernel.tenancy.transactions import reading_paused

P = ParamSpec("P")
R = TypeVar("R")


class FoundingCommand(Command[P, R]):
    """A command that creates a tenant: it opens the scope of a tenant that is not there yet."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run in the new tenant. Raises PlatformOnly for anybody but the platform."""
        demand_platform()
        with inside(uuid7()):
            return super().__call__(*args, **kwargs)


class TenantCommand(Command[P, R]):
    """A command whose first argument is a tenant: the platform may name any, the others only their own."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run in the tenant. Raises RowNotFound for one that the actor may not see."""
        named = args[0] if args else kwargs["tenant_id"]
        with inside(UUID(str(named))):
            return super().__call__(*args, **kwargs)


def demand_platform() -> None:
    """Raise PlatformOnly unless the platform acts."""
    if not is_platform(current_scope().actor):
        raise PlatformOnly


@contextmanager
def inside(tenant_id: UUID) -> Iterator[None]:
    """Open the tenant's scope for the block; the one that is open already stays as it is."""
    scope = current_scope()
    if scope.tenant_id == tenant_id:
        yield
        return
    if not is_platform(scope.actor):
        raise RowNotFound
    # The ambient read transaction belongs to the old scope and must be back in it when it opens again.
    visitor = Scope(tenant_id, None, frozenset(), _visiting(scope.actor), scope.correlation_id)
    with reading_paused(), using_scope(visitor):
        yield


def _visiting(actor: Actor) -> Actor:
    if actor.kind is ActorKind.SYSTEM:
        return actor
    return replace(actor, label=f"{actor.label} (platform)", access=PLATFORM_ACCESS)


def founding(command: Command[P, R]) -> FoundingCommand[P, R]:
    """Make a declared command a founding one."""
    return FoundingCommand(command.spec, _function_of(command))


def on_tenant(command: Command[P, R]) -> TenantCommand[P, R]:
    """Make a declared command run in the tenant that it names."""
    return TenantCommand(command.spec, _function_of(command))


def _function_of(command: Command[P, R]) -> Callable[P, R]:
    function: Callable[P, R] = command.spec.function
    return function
