"""A million actions and reads: an index answers each question that the history may be asked, under the walls."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import QuerySet

from apps.audit_logs.selectors import recorded_reads
from apps.currencies.models import Currency
from apps.kernel.commands.history.records import ChangedInTree, Column, column_of, touching_record
from apps.kernel.commands.history.undone import only_counting, only_undone
from apps.kernel.commands.history.visibility import visible_actions
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.support.databases import admin
from tests.support.scopes import House, make_house
from tests.support.sizes import size

pytestmark = [pytest.mark.prove, pytest.mark.committed]

ACTIONS = """
INSERT INTO action (id, tenant_id, created_at, updated_at, organization_id, command, actor_kind, actor_id,
    actor_label, input, source, reason, correlation_id, parent_id, loads, resource_entity, resource_id, resource_label,
    organizations)
SELECT uuid7(), CASE WHEN n %% 2 = 0 THEN %(tenant)s::uuid ELSE %(other)s::uuid END, moment, moment, %(place)s, command,
    CASE WHEN n %% 1000 = 4 THEN 'customer' ELSE 'staff' END, md5('a' || n %% 40)::uuid, 'Somebody', '{}',
    CASE WHEN n %% 1000 = 6 THEN 'import' ELSE 'api' END, '', md5('c' || n / 3)::uuid, NULL, '{}',
    regexp_replace(command, '\\.[a-z]+$', ''), md5('r' || n %% 5000)::uuid, 'Record', ARRAY[%(place)s::uuid]
FROM (SELECT n, now() - make_interval(secs => %(rows)s - n) AS moment,
        CASE WHEN n %% 2000 = 2 THEN 'currencies.rate.enter' WHEN n %% 3 = 0 THEN 'currencies.currency.update'
             ELSE 'sales.order.update' END AS command
      FROM generate_series(1, %(rows)s) AS n) AS facts ORDER BY n
"""
IMAGES = """
INSERT INTO row_image (action_id, stmt, tenant_id, organization_id, table_name, row_id, operation, before, after,
    fingerprint)
SELECT id, 1, tenant_id, organization_id, 'currency', resource_id, CASE WHEN gone THEN 'D' ELSE 'U' END, image,
    CASE WHEN NOT gone THEN image || jsonb_build_object('name', resource_label || id) END, 'f'
FROM (SELECT *, hashtext(id::text) %% 50 = 0 AS gone,
          jsonb_build_object('id', resource_id, 'name', 'x', 'symbol', 's') AS image FROM action) AS facts
"""
UNDOS = """
INSERT INTO action_undo (id, tenant_id, created_at, action_id, undo_id)
SELECT uuid7(), tenant_id, now(), id, uuid7() FROM action WHERE hashtext(id::text) %% 500 = 3
"""
READS = """
INSERT INTO read_access (id, tenant_id, created_at, actor_kind, actor_id, actor_label, entity, record_ids, how,
    organization_ids, correlation_id)
SELECT uuid7(), tenant_id, created_at, actor_kind, actor_id, actor_label, resource_entity,
    jsonb_build_array(resource_id, correlation_id), 'list', organizations, correlation_id FROM action
"""
Rows = QuerySet[Any]
NAME: Column = column_of(Currency, "name")  # type: ignore[assignment]


def number(text: str) -> UUID:
    """The id that the load gave to a text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT md5(%s)::uuid", [text])
        found: UUID = cursor.fetchone()[0]
        return found


# Of several indexes the planner takes either: both lead to the same rows.
QUESTIONS: Mapping[str, tuple[Callable[[], Rows], str]] = {
    "newest": (visible_actions, "action_time"),
    "a kind": (lambda: visible_actions().filter(resource_entity="currencies.rate"), "action_resource_entity"),
    "no kind": (lambda: visible_actions().filter(resource_entity="nothing"), "action_resource_entity"),
    "a record": (lambda: touching_record(visible_actions(), number("r42")), "row_image_row"),
    "a field": (lambda: touching_record(visible_actions(), number("r42"), column=NAME), "row_image_row"),
    "a kind's field": (
        lambda: visible_actions().filter(ChangedInTree(NAME), resource_entity="currencies.currency"),
        "row_image_pkey",
    ),
    "an actor": (lambda: visible_actions().filter(actor_id=number("a2")), "action_actor"),
    "a kind of actor": (lambda: visible_actions().filter(actor_kind="customer"), "action_actor_kind"),
    "a command": (lambda: visible_actions().filter(command="currencies.rate.enter"), "action_command"),
    "a start": (lambda: visible_actions().filter(command__startswith="currencies.rate"), "action_command"),
    "a door": (lambda: visible_actions().filter(source="import"), "action_source"),
    "a request": (lambda: visible_actions().filter(correlation_id=number("c34")), "action_correlation"),
    "undone": (lambda: only_undone(visible_actions()), "action_undo_once action_undo_action"),
    "not undone": (lambda: only_counting(visible_actions()), "action_time"),
    "reads": (recorded_reads, "read_access_time"),
    "reads of a kind": (lambda: recorded_reads().filter(entity="currencies.rate"), "read_access_entity"),
    "reads of a record": (
        lambda: recorded_reads().filter(record_ids__contains=[str(number("r42"))]),
        "read_access_records",
    ),
    "reads by somebody": (lambda: recorded_reads().filter(actor_id=number("a2")), "read_access_actor"),
    "reads of a request": (lambda: recorded_reads().filter(correlation_id=number("c34")), "read_access_correlation"),
}
NEVER = frozenset({"action", "row_image", "read_access"})


def plan_of(rows: Rows) -> tuple[float, set[str], set[str]]:
    """Milliseconds of a page, its indexes, and the tables that it read from end to end."""
    sql, parameters = rows[:50].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", parameters)
        answer = cursor.fetchone()[0]
    [found] = json.loads(answer) if isinstance(answer, str) else answer
    nodes = list(_nodes(found["Plan"]))
    scanned = {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}
    indexes = {node["Index Name"] for node in nodes if "Index Name" in node}
    return found["Planning Time"] + found["Execution Time"], indexes, scanned


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def load(house: House, rows: int) -> None:
    """Half of the rows belong to the house, half to somebody else."""
    values = {"tenant": house.tenant.pk, "other": uuid7(), "place": house.root.pk, "rows": rows}
    with admin(connection.settings_dict["NAME"]) as session:
        session.execute("SET session_replication_role = replica")
        session.execute("TRUNCATE action, row_image, action_undo")
        session.execute(ACTIONS, values)
        for statement in (IMAGES, UNDOS, READS):
            session.execute(statement.replace("%%", "%").encode())
        for table in ("action", "row_image", "action_undo", "read_access"):
            session.execute(f"VACUUM (ANALYZE) {table}".encode())


def test_an_index_serves_each_question() -> None:
    house, rows = make_house("Acme"), size(100_000, 1_000_000)
    started = time.perf_counter()
    load(house, rows)
    print(f"\n{rows:,} actions, images and reads in {time.perf_counter() - started:.0f} s")
    faults = []
    with using_scope(house.scope()), scoped_transaction():
        for name, (make, wanted) in QUESTIONS.items():
            plan_of(make())
            milliseconds, indexes, scanned = plan_of(make())
            print(f"{name:20} {milliseconds:8.2f} ms  {wanted}")
            if not indexes & set(wanted.split()) or scanned & NEVER:
                faults.append(f"{name}: {sorted(indexes)}, read from end to end: {sorted(scanned)}")
    assert not faults, "\n".join(faults)
