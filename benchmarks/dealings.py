"""What is done with customers, over HTTP: a board of deals, a long timeline, and whether somebody is there already."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import connection

from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from benchmarks.databases import loading
from benchmarks.figures import Figure
from benchmarks.houses import ids
from benchmarks.timing import medians, milliseconds, take_turns
from benchmarks.web import Call, Line
from tests.support.scopes import House

OPEN, CLOSED = 5_000, 15_000
STAGES, OF_ONE, OF_OTHERS = 6, 10_000, 50_000
ROUNDS, WARM_UP = 100, 15
CHECK: Final = "/api/customers/duplicates/check/"
ASKED: Final = {"kind": "person", "first_name": "Anna", "last_name": "Kowalska", "emails": ["anna@example.org"]}

PIPELINE: Final = """
INSERT INTO pipeline (id, tenant_id, organization_id, created_at, updated_at, version, name, is_default, position)
VALUES (%(pipeline)s, %(tenant)s, %(organization)s, now(), now(), 1, 'Sales', true, 0)
"""
STAGE: Final = """
INSERT INTO pipeline_stage (id, tenant_id, organization_id, created_at, updated_at, version, pipeline_id, label,
    position, probability, required_fields, stale_after_days, icon, color)
SELECT id, %(tenant)s, %(organization)s, now(), now(), 1, %(pipeline)s, 'Stage ' || place, place, 10 * place, '{}', 30,
    '', ''
FROM unnest(%(stages)s::uuid[]) WITH ORDINALITY AS made(id, place)
"""
DEALS: Final = """
INSERT INTO deal (id, tenant_id, organization_id, created_at, updated_at, version, is_restricted, title, description,
    pipeline_id, stage_id, stage_since, value_amount, value_currency, base_amount, base_currency, rate, rate_date,
    probability, expected_close_on, outcome, closed_at, loss_notes, custom)
SELECT uuid7(), %(tenant)s, %(organization)s, moment, moment, 1, false, 'Deal ' || number, '', %(pipeline)s,
    (%(stages)s::uuid[])[1 + number %% array_length(%(stages)s::uuid[], 1)], moment, 100 + number %% 9000,
    (ARRAY['EUR', 'USD', 'PLN'])[1 + number %% 3], 100 + number %% 9000, 'EUR', 1, current_date,
    CASE WHEN number %% 4 = 0 THEN 40 END, current_date + number * 7919 %% 120 - 30,
    CASE WHEN number <= %(open)s THEN 'open' ELSE 'won' END, CASE WHEN number > %(open)s THEN moment END, '', '{}'
FROM (SELECT number, now() - make_interval(mins => number * 11) AS moment
    FROM generate_series(1, %(deals)s::int) AS number) AS numbers
"""
PEOPLE: Final = """
INSERT INTO deal_person (id, tenant_id, organization_id, created_at, updated_at, deal_id, person_id)
SELECT uuid7(), old.tenant_id, old.organization_id, now(), now(), old.id, chosen.id
FROM (SELECT id, tenant_id, organization_id, row_number() OVER () AS number FROM deal) AS old
JOIN unnest(%(people)s::uuid[]) WITH ORDINALITY AS chosen(id, place)
    ON place = 1 + old.number %% cardinality(%(people)s)
"""
INTERACTIONS: Final = """
INSERT INTO interaction (id, tenant_id, organization_id, created_at, updated_at, version, is_restricted, customer_id,
    type, title, body, status, priority, occurred_at, is_all_day, time_zone, location, recurrence, visibility,
    is_pinned, external_id)
SELECT uuid7(), %(tenant)s, %(organization)s, moment, moment, 1, false,
    CASE WHEN number <= %(own)s THEN (%(people)s::uuid[])[1]
        ELSE (%(people)s::uuid[])[1 + number %% cardinality(%(people)s)] END,
    'call', 'Call ' || number, '', 'done', 2, moment, false, '', '', '', 'shared', false, ''
FROM (SELECT number, now() - make_interval(mins => number * 3) AS moment
    FROM generate_series(1, %(interactions)s::int) AS number) AS numbers
"""
# What PostgreSQL has of its own for names that are near.
LIKE_NAME: Final = """
CREATE INDEX bench_like_name ON customer USING gin (tenant_id uuid_ops, name_key gin_trgm_ops)
WITH (fastupdate = off) WHERE deleted_at IS NULL
"""
SOME: Final = "SELECT array_agg(id) FROM (SELECT id FROM person WHERE tenant_id = %(tenant)s LIMIT 5000) AS chosen"

# The bare statements of each: what a board, a timeline and a check cannot do without.
BOARD_QUERY: Final = """
SELECT stage_id, value_currency, count(*), sum(value_amount), sum(base_amount) FROM deal
WHERE tenant_id = %(tenant)s AND outcome = 'open' AND deleted_at IS NULL GROUP BY 1, 2;
SELECT * FROM (SELECT id, title, row_number() OVER (PARTITION BY stage_id ORDER BY expected_close_on, id) AS place
    FROM deal WHERE tenant_id = %(tenant)s AND outcome = 'open' AND deleted_at IS NULL) AS placed WHERE place <= 20
"""
TIMELINE_QUERY: Final = """
SELECT * FROM interaction WHERE tenant_id = %(tenant)s AND customer_id = %(person)s AND status = 'done'
    AND deleted_at IS NULL ORDER BY occurred_at DESC, id DESC LIMIT 26
"""
CHECK_QUERY: Final = """
SELECT set_config('pg_trgm.similarity_threshold', '0.6', true);
SELECT id FROM customer WHERE tenant_id = %(tenant)s AND deleted_at IS NULL AND name_key %% 'anna kowalska'
"""


def load(house: House) -> UUID:
    """Deals and interactions of the house's people; the person with the longest timeline."""
    values: dict[str, Any] = {"tenant": house.tenant.pk, "organization": house.root.pk, "pipeline": ids(1)[0]}
    values |= {"stages": ids(STAGES), "open": OPEN, "deals": OPEN + CLOSED}
    values |= {"own": OF_ONE, "interactions": OF_ONE + OF_OTHERS}
    with loading() as session:
        [values["people"]] = session.execute(SOME, values).fetchone() or [[]]
        for statement in (PIPELINE, STAGE, DEALS, PEOPLE, INTERACTIONS, LIKE_NAME):
            session.execute(statement, values)
    person: UUID = values["people"][0]
    return person


def figures(port: int, house: House, headers: Mapping[str, str], person: UUID) -> Iterator[Figure]:
    """Each page in turns with its bare statements."""
    asked = json.dumps(ASKED).encode()
    with Line(port) as line:
        yield _figure(
            f"board of {OPEN:,} open deals, p95",
            lambda: line.ask(Call("/api/customers/deals/board/", headers)),
            lambda: _bare(house, BOARD_QUERY),
            most=150.0,
        )
        yield _figure(
            f"first page of a timeline of {OF_ONE:,} interactions, p95",
            lambda: line.ask(Call(f"/api/customers/people/{person}/timeline/", headers)),
            lambda: _bare(house, TIMELINE_QUERY, person=person),
            most=30.0,
        )
        typed = {**headers, "Content-Type": "application/json"}
        yield _figure(
            "whether a person is there already, p95",
            lambda: line.ask(Call(CHECK, typed, method="POST", body=asked)),
            lambda: _bare(house, CHECK_QUERY),
            most=30.0,
        )


def _figure(name: str, ours: Callable[[], object], bare: Callable[[], object], *, most: float) -> Figure:
    readings = {"ours": milliseconds(ours), "bare": milliseconds(bare)}
    taken = take_turns(readings, rounds=ROUNDS, warm_up=WARM_UP)
    value = taken["ours"].p95
    return Figure(
        name,
        value,
        baseline=taken["bare"].p95,
        against="the bare statements in a scoped transaction",
        target=f"< {most:.0f} ms",
        met=value < most,
        note=medians(taken["ours"], taken["bare"]),
    )


def _bare(house: House, query: str, **values: Any) -> None:
    """Run the statements as the unprivileged role, behind the wall, in a transaction of its own."""
    with using_scope(house.scope(house.root)), scoped_transaction(), connection.cursor() as cursor:
        cursor.execute(query, {"tenant": house.tenant.pk, **values})
        assert cursor.fetchall()
