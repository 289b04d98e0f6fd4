"""Under row-level security the latest interactions of a customer with very many are found by an index, in order."""

from __future__ import annotations

from typing import Final

import pytest
from django.db import connection

from apps.customers.models import InteractionStatus
from apps.customers.selectors import living_interactions
from apps.kernel.access.grants import Access
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.customers.factories import make_person
from tests.support.databases import admin
from tests.support.scopes import House

FILL: Final = """
INSERT INTO interaction (id, tenant_id, organization_id, created_at, updated_at, version, is_restricted, customer_id,
    type, title, body, status, priority, occurred_at, is_all_day, time_zone, location, recurrence, visibility,
    is_pinned, external_id)
SELECT uuid7(), %(tenant)s, %(organization)s, now(), now(), 1, false,
    CASE WHEN number %% 10 = 0 THEN %(customer)s::uuid END, 'call', 'Call', '', 'done', 2,
    now() - make_interval(mins => number), false, '', '', '', 'shared', false, ''
FROM generate_series(1, 30000) AS number
"""


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
