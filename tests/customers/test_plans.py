"""Under row-level security what is listed of very many is found by an index, in order."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import pytest
from django.db import connection

from apps.customers.models import Comment, InteractionStatus
from apps.customers.selectors import living_interactions
from apps.customers.services import create_person
from apps.kernel.access.grants import Access
from apps.kernel.crypto.envelope import INDEX_START
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.customers.factories import make_person
from tests.support.databases import admin
from tests.support.scopes import House, seeding

FILL: Final = """
INSERT INTO interaction (id, tenant_id, organization_id, created_at, updated_at, version, is_restricted, customer_id,
    type, title, body, status, priority, occurred_at, is_all_day, time_zone, location, recurrence, visibility,
    is_pinned, external_id)
SELECT uuid7(), %(tenant)s, %(organization)s, now(), now(), 1, false,
    CASE WHEN number %% 10 = 0 THEN %(customer)s::uuid END, 'call', 'Call', '', 'done', 2,
    now() - make_interval(mins => number), false, '', '', '', 'shared', false, ''
FROM generate_series(1, 30000) AS number
"""


@pytest.mark.prove
@pytest.mark.committed
@pytest.mark.parametrize("granted", ["customers.*", "customers.interactions.view"])
def test_the_latest_interactions_of_a_customer_are_walked_in_order(house: House, granted: str) -> None:
    person = make_person(house)
    with admin(str(connection.settings_dict["NAME"])) as session:
        session.execute("SET session_replication_role = replica")
        values = {"tenant": house.tenant.pk, "organization": house.north.pk, "customer": person.pk}
        session.execute(FILL, values)
        session.execute("ANALYZE interaction, person, company")
    reader = Access(granted=frozenset({granted}), organization_ids=None)
    with using_scope(house.scope(access=reader)), scoped_transaction():
        done = living_interactions().filter(
            customer__in=[person.pk], status=InteractionStatus.DONE, occurred_at__isnull=False
        )
        plan = done.order_by("-occurred_at", "-pk")[:26].explain()
    assert "interaction_done" in plan, plan
    assert "Sort" not in plan, plan


# Copies of one row, each with an id of its own: number and id are those of `copy`.
COPIES: Final = """
INSERT INTO {table} ({columns}) SELECT {values} FROM {table} AS source,
    (SELECT number, md5(number::text)::uuid AS id FROM generate_series(1, 20000) AS number) AS copy
WHERE source.tenant_id = %(tenant)s AND source.{key} = %(person)s
"""
OWN: Final = {
    "customer": {"id": "copy.id"},
    "person": {"id": "copy.id", "customer_id": "copy.id", "is_restricted": "copy.number %% 200 = 0"},
    "contact_point": {
        "id": "uuid7()",
        "customer_id": "copy.id",
        "created_at": "now() - make_interval(mins => copy.number)",
        "value": f"overlay(source.value PLACING int8send(copy.number::bigint) FROM {INDEX_START})",
    },
    "customer_comment": {
        "id": "uuid7()",
        "customer_id": "copy.id",
        "created_at": "now() - make_interval(mins => copy.number)",
    },
}
COLUMNS: Final = "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"


def multiply(house: House, person_id: UUID, *parts: str) -> None:
    """Copy a person, and each with a row of these tables that belong to them."""
    with admin(str(connection.settings_dict["NAME"])) as session:
        session.execute("SET session_replication_role = replica")
        for table in ("customer", "person", *parts):
            own = OWN[table]
            names = [name for (name,) in session.execute(COLUMNS, [table]).fetchall()]
            values = ", ".join(own.get(name, f"source.{name}") for name in names)
            key = "customer_id" if table in parts else "id"
            copies = COPIES.format(table=table, columns=", ".join(names), values=values, key=key)
            session.execute(copies, {"tenant": house.tenant.pk, "person": person_id})
        session.execute(f"ANALYZE {', '.join(('customer', 'person', 'company', *parts))}")


@pytest.mark.prove
@pytest.mark.committed
@pytest.mark.parametrize("granted", [("customers.*",), ("customers.people.view", "customers.companies.view")])
def test_ways_to_reach_are_walked_in_order_and_a_value_is_looked_up(house: House, granted: tuple[str, ...]) -> None:
    with seeding(house.scope(house.north)):
        email = {"channel": "email", "value": "ada@example.org"}
        person = create_person(first_name="Ada", contact_points=[email])
    multiply(house, person.pk, "contact_point")
    reader = Access(granted=frozenset(granted), organization_ids=None)
    with using_scope(house.scope(access=reader)), scoped_transaction():
        rows = ENTITIES["customers.contact_point"].living().order_by("-created_at", "-pk")
        walked, found = rows[:50].explain(), rows.filter(value="ada@example.org")[:50].explain()
    assert "contact_point_created" in walked, walked
    assert "Sort" not in walked, walked
    assert "contact_point_value" in found, found


@pytest.mark.prove
@pytest.mark.committed
@pytest.mark.parametrize("granted", [("customers.*",), ("customers.people.view", "customers.comments.view")])
def test_of_comments_on_very_many_people_a_page_reads_its_own_people_only(
    house: House, granted: tuple[str, ...]
) -> None:
    person = make_person(house)
    with seeding(house.scope(house.north)):
        Comment(customer_id=person.pk, body="Said").save(force_insert=True)
    multiply(house, person.pk, "customer_comment")
    reader = Access(granted=frozenset(granted), organization_ids=None)
    with using_scope(house.scope(access=reader)), scoped_transaction():
        plan = ENTITIES["customers.comment"].living().order_by("-created_at", "-pk")[:50].explain()
    assert "customer_comment_created" in plan, plan
    assert "Sort" not in plan, plan
    assert "Seq Scan on person" not in plan, plan
    assert "Index Scan using person" in plan, plan
