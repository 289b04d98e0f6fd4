"""Customers over HTTP: fifty of a million people, the same filtered, a board, a timeline, and who is there already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.management import call_command
from django.db import connection

from apps.auth.models import Session
from apps.auth.tokens import new_access_token
from apps.entities.services import create_definition
from apps.kernel import clock
from apps.kernel.crypto.tokens import token_digest
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from benchmarks import dealings
from benchmarks.databases import loading
from benchmarks.figures import Figure
from benchmarks.houses import ids
from benchmarks.names import FIRST_NAME, LAST_NAME, LISTS
from benchmarks.options import Options
from benchmarks.timing import Samples, medians, milliseconds, take_turns
from benchmarks.web import Call, Line, server
from tests.auth.factories import make_role, make_user
from tests.support.scopes import House, make_house

LARGE = 1_000_000
SHARE = 5  # every fifth row belongs to one of the other nineteen tenants
TENANTS = 20
PAGE = 50
PATH, STOCK = "/api/customers/people/", "/stock/people/"
FIELD = "score"
MOST_MS, MOST_FILTERED_MS = 40.0, 60.0
ROUNDS, WARM_UP = 150, 20

# People of all tenants lie mixed.
LOAD = f"""
WITH made AS (
    SELECT uuid7() AS id, (%(tenants)s::uuid[])[tenant + 1] AS tenant_id,
        CASE tenant WHEN 0 THEN %(organization)s::uuid ELSE %(other)s::uuid END AS organization_id,
        timestamptz '2024-01-01' + make_interval(secs => number * 60) AS moment,
        {FIRST_NAME} AS first_name,
        {LAST_NAME} AS last_name,
        dice %% 1000 AS score
    FROM (SELECT number, CASE WHEN number %% %(share)s::int = 0 THEN 1 + number / %(share)s::int %% %(others)s::int
                ELSE 0 END AS tenant,
            abs(hashint8(number)) %% 100000000 AS dice
        FROM generate_series(1, %(rows)s::int) AS number) AS numbers
), identities AS (
    INSERT INTO customer (id, tenant_id, organization_id, created_at, updated_at, kind, name)
    SELECT id, tenant_id, organization_id, moment, moment, 'person', first_name || ' ' || last_name FROM made
)
INSERT INTO person (id, customer_id, tenant_id, organization_id, created_at, updated_at, version, is_restricted,
    first_name, last_name, preferred_name, job_title, department, seniority, time_zone, linkedin_url, display_name,
    description, custom)
SELECT id, id, tenant_id, organization_id, moment, moment, 1, false, first_name, last_name, '', 'Buyer', 'Purchasing',
    '', '', '', first_name || ' ' || last_name, '', jsonb_build_object('score', score)
FROM made
"""
QUERY = """
SELECT id, display_name, first_name, last_name, job_title, department, created_at, updated_at, version
FROM person WHERE tenant_id = %(tenant)s AND deleted_at IS NULL ORDER BY display_name, id LIMIT 50
"""


def run(options: Options) -> Iterator[Figure]:
    """Load people, ask for a page beside both baselines, promote a field, and ask by it."""
    rows = options.size(LARGE)
    house, headers = _furnish()
    _load(house, rows)
    person = dealings.load(house)
    with server() as port:
        yield from _page(port, house, headers, rows)
        yield from dealings.figures(port, house, headers, person)
    with using_scope(house.scope()):
        call_command("promote_field", "customers.person", FIELD, stdout=_Silent())
    with server() as port:
        yield _filtered(port, headers, rows)


def _furnish() -> tuple[House, dict[str, str]]:
    house = make_house("Benchmark")
    user = make_user(house, email="ada@example.org", roles=(make_role(house, "customers.*"),))
    with using_scope(house.scope(house.root)):
        create_definition(entity="customers.person", key=FIELD, label="Score", kind="integer", is_filterable=True)
    with using_scope(house.scope()), scoped_transaction():
        session = Session(
            digest=token_digest("benchmark"), user_id=user.pk, expires_at=clock.now() + timedelta(hours=2)
        )
        session.save(force_insert=True)
        token = new_access_token(session)
    return house, {"Authorization": f"Bearer {token}", "X-Organization-Id": str(house.root.pk)}


def _load(house: House, rows: int) -> None:
    tenants: list[UUID] = [house.tenant.pk, *ids(TENANTS - 1)]
    values: dict[str, Any] = {"tenants": tenants, "others": TENANTS - 1, "share": SHARE}
    values |= LISTS | {"organization": house.root.pk, "other": ids(1)[0], "rows": rows * SHARE // (SHARE - 1)}
    with loading() as session:
        session.execute(LOAD, values)


def _page(port: int, house: House, headers: Mapping[str, str], rows: int) -> Iterator[Figure]:
    told = {"X-Bench-Tenant": str(house.tenant.pk), "X-Bench-Organizations": str(house.root.pk)}
    calls = {"ours": Call(f"{PATH}?ordering=display_name", headers), "stock": Call(STOCK, told)}
    with Line(port) as line:
        readings = {name: milliseconds(lambda call=call: line.ask(call)) for name, call in calls.items()}  # type: ignore[misc]
        readings["raw"] = milliseconds(lambda: _fetch(house))
        taken = take_turns(readings, rounds=ROUNDS, warm_up=WARM_UP)
    yield _figure(f"list of 50 of {rows:,} people, p95", taken, "stock", "a stock ModelViewSet, same table and wall")
    yield _figure(
        f"list of 50 of {rows:,} people beside the bare query, p95",
        taken,
        "raw",
        "the bare query in a scoped transaction",
    )


def _fetch(house: House) -> None:
    """Run the query as the unprivileged role, behind the wall, in a transaction of its own."""
    with using_scope(house.scope(house.root)), scoped_transaction(), connection.cursor() as cursor:
        cursor.execute(QUERY, {"tenant": house.tenant.pk})
        assert len(cursor.fetchall()) == PAGE


def _figure(name: str, taken: Mapping[str, Samples], baseline: str, against: str) -> Figure:
    ours = taken["ours"].p95
    return Figure(
        name,
        ours,
        baseline=taken[baseline].p95,
        against=against,
        target=f"< {MOST_MS:.0f} ms",
        met=ours < MOST_MS,
        note=medians(taken["ours"], taken[baseline]),
    )


def _filtered(port: int, headers: Mapping[str, str], rows: int) -> Figure:
    asked = urlencode({f"cf_{FIELD}__gte": "990", "ordering": f"-cf_{FIELD}"})
    calls = {
        "custom": Call(f"{PATH}?{asked}", headers),
        "plain": Call(f"{PATH}?{urlencode({'last_name': 'Nowalska', 'ordering': 'last_name'})}", headers),
    }
    with Line(port) as line:
        readings = {name: milliseconds(lambda call=call: line.ask(call)) for name, call in calls.items()}  # type: ignore[misc]
        taken = take_turns(readings, rounds=ROUNDS, warm_up=WARM_UP)
    value = taken["custom"].p95
    return Figure(
        f"list of 50 of {rows:,} people by a promoted custom field, p95",
        value,
        baseline=taken["plain"].p95,
        against="the same list by a column with an index",
        target=f"< {MOST_FILTERED_MS:.0f} ms",
        met=value < MOST_FILTERED_MS,
        note=medians(taken["custom"], taken["plain"]),
    )


class _Silent:
    """Prints nothing."""

    def write(self, text: str) -> int:
        """Nothing."""
        return len(text)
