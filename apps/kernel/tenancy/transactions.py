"""The only opener of transactions: it tells the database which tenant and organizations the scope sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from apps.kernel.tenancy.scope import Scope, current_scope, in_organization, using_scope

SET_SCOPE = (
    "SELECT set_config('app.tenant_id', %s, true), set_config('app.orgs', %s, true),"
    " set_config('app.action_id', %s, true)"
)


@dataclass(frozen=True, slots=True)
class Applied:
    """What a connection's open transaction has been told: tenant, organizations, and the action that runs."""

    tenant_id: UUID | None = None
    organization_ids: frozenset[UUID] = frozenset()
    action_id: str = ""

    def covers(self, scope: Scope) -> bool:
        """Say whether the database sees exactly what the scope sees."""
        return self.tenant_id == scope.tenant_id and self.organization_ids == scope.organization_ids


UNTOLD = Applied()


def applied_to(connection: BaseDatabaseWrapper) -> Applied:
    """What the connection's open transaction has been told; nothing outside a transaction."""
    if not connection.in_atomic_block:
        return UNTOLD
    applied: Applied = getattr(connection, "agora_applied", UNTOLD)
    return applied


def tell(connection: BaseDatabaseWrapper, applied: Applied) -> None:
    """Set the session variables of the wall for the rest of the transaction, in one statement."""
    tenant = str(applied.tenant_id or "")
    organizations = ",".join(map(str, applied.organization_ids))
    with connection.cursor() as cursor:
        cursor.execute(SET_SCOPE, [tenant, organizations, applied.action_id])
    note(connection, applied)


def note(connection: BaseDatabaseWrapper, applied: Applied) -> None:
    """Remember what the open transaction has been told."""
    connection.agora_applied = applied  # type: ignore[attr-defined]


@contextmanager
def scoped_transaction(*, using: str = DEFAULT_DB_ALIAS, durable: bool = False) -> Iterator[Scope]:
    """Run the block in a transaction (a savepoint inside another) that sees the open scope.

    Raises ScopeMissing without a scope. At the exit of a nested block the variables go back to what the
    outer block was told, because a local setting outlives a savepoint. An action never crosses into
    another tenant.
    """
    scope = current_scope()
    connection = connections[using]
    before = applied_to(connection)
    nested = connection.in_atomic_block
    changes = not before.covers(scope)
    try:
        with transaction.atomic(using=using, durable=durable):
            if changes:
                action = before.action_id if before.tenant_id == scope.tenant_id else ""
                tell(connection, Applied(scope.tenant_id, scope.organization_ids, action))
            yield scope
            if nested and changes:
                tell(connection, before)
    finally:
        note(connection, before)


def in_each_organization(scope: Scope, work: Callable[[Scope], object]) -> None:
    """Do the work once for each organization that the scope sees, in a transaction that writes to that one."""
    for organization_id in sorted(scope.organization_ids):
        inner = in_organization(scope, organization_id)
        with using_scope(inner), scoped_transaction():
            work(inner)


class _Ambient:
    """The read transaction around a request or task, which a command may close and open again."""

    def __init__(self, using: str) -> None:
        self.using = using
        self.stack: ExitStack | None = None
        self.depth = 0

    def open(self) -> None:
        """Open the transaction."""
        self.stack = ExitStack()
        self.stack.enter_context(scoped_transaction(using=self.using))
        self.depth = _depth(self.using)

    def close(self) -> None:
        """Commit and forget the transaction."""
        stack, self.stack = self.stack, None
        if stack is not None:
            stack.close()

    def is_innermost(self) -> bool:
        """Say whether no other block stands between the ambient one and here."""
        return self.stack is not None and _depth(self.using) == self.depth


def _depth(using: str) -> int:
    return len(connections[using].atomic_blocks)


_ambient: ContextVar[_Ambient | None] = ContextVar("agora_ambient", default=None)


@contextmanager
def reading(*, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Run the block's reads in one transaction; a command inside ends it, and a fresh one follows the command.

    So a request has one transaction for authentication, parsing and checks, the command has its own, and
    rendering has a third, without the view knowing.
    """
    ambient = _Ambient(using)
    ambient.open()
    token = _ambient.set(ambient)
    try:
        yield
    finally:
        _ambient.reset(token)
        ambient.close()


@contextmanager
def reading_paused(*, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Close the ambient read transaction for the block, so that the block may own the outermost one.

    Without an ambient transaction, or inside another block, nothing happens.
    """
    ambient = _ambient.get()
    if ambient is None or ambient.using != using or not ambient.is_innermost():
        yield
        return
    ambient.close()
    try:
        yield
    finally:
        ambient.open()
