"""The live catalog against the models: every table has the wall that its model asks for."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from apps.kernel.tenancy.remembering import remembering_statements, trigger_names, watched
from apps.kernel.tenancy.shapes import shape_of, sync_shape
from apps.kernel.tenancy.wall import APP_ROLE, KEEP_KNOWN, TableWall, key_name, wall_of

POLICIES = "SELECT policyname FROM pg_policies WHERE schemaname = 'public' AND tablename = %s"
SECURITY = "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass"
TRIGGERS = """
SELECT tgname FROM pg_trigger
WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled = 'O'
AND (starts_with(tgname, 'row_images_') OR starts_with(tgname, 'remember_') OR tgname = 'keep_known')
"""
REMEMBERED = """
SELECT unnest(string_to_array(encode(tgargs, 'escape'), '\\000')) FROM pg_trigger
WHERE tgrelid = %s::regclass AND tgname = 'remember_gone'
"""
CAN_REMEMBER = "SELECT FROM pg_proc WHERE proname = 'remember_returned'"
KEYS = "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f' AND convalidated"
GRANTS = """
SELECT privilege_type, NULL FROM information_schema.role_table_grants
WHERE grantee = %s AND table_schema = 'public' AND table_name = %s
UNION
SELECT privilege_type, column_name FROM information_schema.column_privileges
WHERE grantee = %s AND table_schema = 'public' AND table_name = %s
AND privilege_type NOT IN (
    SELECT privilege_type FROM information_schema.role_table_grants
    WHERE grantee = %s AND table_schema = 'public' AND table_name = %s)
"""
Grant = tuple[str, str | None]


def walled_models() -> list[type[models.Model]]:
    """Models that declare a wall or grants of their own: tenant tables and the kernel's global ones."""
    return [
        model
        for model in apps.get_models()
        if not model._meta.proxy and (hasattr(model, "app_grants") or hasattr(model, "audited"))
    ]


def sync_all_shapes(sender: Any, using: str, **kwargs: Any) -> None:
    """After each `migrate`: remember the shapes of audited tables and stamp their triggers."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    for model in walled_models():
        if model._meta.db_table in existing:
            sync_shape(connection, wall_of(model))
            _sync_remembering(connection, wall_of(model))


def _sync_remembering(connection: BaseDatabaseWrapper, wall: TableWall) -> None:
    """Stamp the triggers that keep former rows; in the middle of a `migrate` only where all that they need is there."""
    if not wall.remembered or not _query(connection.alias, CAN_REMEMBER, []):
        return
    if watched(wall) <= set(shape_of(connection, wall.table)):
        with connection.cursor() as cursor:
            for statement in remembering_statements(wall):
                cursor.execute(statement)


def faults(using: str) -> list[str]:
    """What the live catalog lacks or has too much, as sentences; none means that every wall stands."""
    return [fault for model in walled_models() for fault in _faults_of(wall_of(model), using)]


def _faults_of(wall: TableWall, using: str) -> list[str]:
    found: list[str] = []
    if wall.tenant_scoped and _query(using, SECURITY, [f'"{wall.table}"']) != [(True, True)]:
        found.append(f"{wall.table}: row-level security is not enabled and forced")
    names = {name for name, _ in wall.policies}
    found += _compare(wall, "policies", names, _names(using, POLICIES, [wall.table]))
    triggers = {f"row_images_{event}" for event in ("insert", "update", "delete")} if wall.audited else set()
    triggers |= {KEEP_KNOWN} if wall.closed_only else set()
    triggers |= trigger_names(wall)
    found += _compare(wall, "triggers", triggers, _names(using, TRIGGERS, [f'"{wall.table}"']))
    kept = {wall.remembered_by, *wall.remembered} if wall.remembered else set()
    found += _compare(wall, "remembered columns", kept, _names(using, REMEMBERED, [f'"{wall.table}"']) - {""})
    keys = {key_name(wall.table, key.column) for key in wall.keys}
    found += _compare(wall, "foreign keys", keys, _names(using, KEYS, [f'"{wall.table}"']))
    wanted = listed_grants(wall.grants)
    live = live_grants(using, wall.table)
    if wanted != live:
        found.append(f"{wall.table}: grants of {APP_ROLE} are {sorted(map(str, live))}, not {sorted(map(str, wanted))}")
    return found


def _compare(wall: TableWall, what: str, wanted: set[str], live: set[str]) -> list[str]:
    return [f"{wall.table}: {what} are {sorted(live)}, not {sorted(wanted)}"] if wanted != live else []


def _query(using: str, sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _names(using: str, sql: str, params: list[Any]) -> set[str]:
    return {row[0] for row in _query(using, sql, params)}


def live_grants(using: str, table: str) -> set[Grant]:
    """Privileges that the app role has on a table: `(privilege, None)` or `(privilege, column)`."""
    return {(kind, column) for kind, column in _query(using, GRANTS, [APP_ROLE, table] * 3)}


def listed_grants(grants: tuple[str, ...]) -> set[Grant]:
    """The same form, from the declaration of a model (`SELECT`, `INSERT (a, b)`)."""
    found: set[Grant] = set()
    for grant in grants:
        kind, _, columns = grant.partition(" (")
        names = [item.strip() for item in columns.rstrip(")").split(",")] if columns else [None]
        found |= {(kind, name) for name in names}
    return found
