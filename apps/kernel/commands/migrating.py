"""Data changes inside migrations: each tenant's scope in turn, one action each, as the owner role."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy

from apps.kernel.commands.acting import acting
from apps.kernel.commands.declarations import COMMANDS, CommandSpec
from apps.kernel.commands.invocation import invoked
from apps.kernel.tenancy.catalog import sync_all_shapes
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import scoped_transaction


def _nothing() -> None:
    """The body stands in the migration."""


MIGRATE = CommandSpec(
    id="kernel.schema.migrate",
    feature="",
    function=_nothing,
    signature=inspect.signature(_nothing),
    open_reason="only migrations write this action",
    undoable=False,
    undo_reason=gettext_lazy("a migration changed the rows together with their table."),
)
COMMANDS.add(MIGRATE.id, MIGRATE)


def change_each_tenant(connection: BaseDatabaseWrapper, change: Callable[[UUID], Any], reason: str) -> None:
    """Run `change(tenant id)` in each tenant's scope, with every organization visible."""
    sync_all_shapes(sender=None, using=connection.alias)
    for tenant_id in _tenants(connection):
        with system_scope(tenant_id, reason), scoped_transaction(using=connection.alias):
            organizations = _organizations(connection)
        with (
            system_scope(tenant_id, reason, organization_ids=organizations),
            invoked(reason=reason),
            scoped_transaction(using=connection.alias),
            acting(MIGRATE, {}, using=connection.alias),
        ):
            change(tenant_id)


def _tenants(connection: BaseDatabaseWrapper) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('tenant') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return []
        cursor.execute("SELECT id FROM tenant ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def _organizations(connection: BaseDatabaseWrapper) -> frozenset[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM organization")
        return frozenset(row[0] for row in cursor.fetchall())
