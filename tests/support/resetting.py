"""A database that was committed to as good as new: emptied in place, or cloned where more than rows has changed.

A clone makes the server write down everything twice; emptying some fifty small tables takes a hundredth of that.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import psycopg
from psycopg import sql

from tests.support import databases

LARGE = 2**20  # bytes of a table that are not worth emptying, nor its statistics worth keeping
# What tests may change beside rows: tables, columns, indexes, rights, walls, triggers, functions.
SHAPE = """
SELECT md5(string_agg(item, ',' ORDER BY item)) FROM (
    SELECT format('%s %s %s %s %s ', oid, relname, relnatts, relacl, reloptions)
        || format('%s %s', relrowsecurity, relforcerowsecurity) AS item
    FROM pg_class WHERE oid >= 16384 AND relkind <> 't' AND relname NOT LIKE 'pg_toast%'
    UNION ALL SELECT format('%s %s', indexrelid, indisvalid) FROM pg_index WHERE indexrelid >= 16384
    UNION ALL SELECT format('%s %s %s', oid, tgenabled, pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT format('%s %s', oid, convalidated) FROM pg_constraint WHERE oid >= 16384
    UNION ALL SELECT format('%s %s %s', oid, md5(prosrc), proacl) FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT format('%s %s %s', oid, pg_get_expr(polqual, polrelid), polroles) FROM pg_policy
) AS shapes
"""
FILLED = """
SELECT oid::regclass::text, pg_relation_size(oid) FROM pg_class
WHERE relkind = 'r' AND oid >= 16384 AND relname NOT LIKE 'pg_%' AND pg_relation_size(oid) > 0
"""
RELATIONS = """
SELECT oid::regclass::text, CASE relkind WHEN 'i' THEN 'INDEX' ELSE 'TABLE' END FROM pg_class
WHERE relkind IN ('r', 'p', 'i') AND oid >= 16384 AND relname NOT LIKE 'pg_%'
"""
COUNTED = "SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences WHERE last_value IS NOT NULL"
QUIETLY = "SET LOCAL session_replication_role = replica"  # neither triggers nor foreign keys look
OTHERS = "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


def renew(name: str) -> None:
    """Make the database `name`, which nobody uses any more, what the template is."""
    with databases.admin(name) as connection:
        connection.execute(OTHERS, [name])
        if _emptied(connection):
            return
    databases.clone(databases.template(), name)


def _emptied(connection: psycopg.Connection) -> bool:
    """Take back what was written; False where that is not all that changed, or too much."""
    original = _original()
    _without_new_relations(connection, original.relations)
    filled: dict[str, int] = dict(connection.execute(FILLED).fetchall())
    if max(filled.values()) > LARGE or _state(connection, original.kept) != original.state:
        return False
    counted = {name for (name,) in connection.execute(COUNTED)} - original.counted
    work = [f"DELETE FROM {table}" for table in filled if table not in original.kept]
    work += [f"ALTER SEQUENCE {sequence} RESTART" for sequence in counted]
    connection.execute("; ".join([f"BEGIN; {QUIETLY}", *work, "COMMIT"]).encode())
    return True


def _without_new_relations(connection: psycopg.Connection, known: frozenset[str]) -> None:
    new = [(kind, name) for name, kind in connection.execute(RELATIONS).fetchall() if name not in known]
    for kind, name in sorted(new, reverse=True):  # tables first: their indexes go with them
        connection.execute(f"DROP {kind} IF EXISTS {name} CASCADE".encode())


@dataclass(frozen=True, slots=True)
class Original:
    """The template: its shape and rows as a digest, tables with rows, sequences that have been asked, all relations."""

    state: str
    kept: tuple[str, ...]
    counted: frozenset[str]
    relations: frozenset[str]


@cache
def _original() -> Original:
    with databases.admin(databases.template()) as connection:
        kept = tuple(sorted(name for name, _size in connection.execute(FILLED)))
        counted = frozenset(name for (name,) in connection.execute(COUNTED))
        relations = frozenset(name for name, _kind in connection.execute(RELATIONS))
        return Original(_state(connection, kept), kept, counted, relations)


def _state(connection: psycopg.Connection, kept: tuple[str, ...]) -> str:
    digests = [connection.execute(SHAPE).fetchone()]
    for table in kept:
        rows = sql.SQL("SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {} t").format(sql.SQL(table))
        digests.append(connection.execute(rows).fetchone())
    return repr(digests)
