"""Currencies of twenty tenants in one table, one of them far larger than the others."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from apps.kernel.tenancy.scope import Scope
from benchmarks.databases import loading
from benchmarks.houses import ids, staff_scope

TENANTS = 20
SHARE = 5  # every fifth row belongs to one of the other tenants
CODES = 17_000  # an organization has a currency once, and there are 26³ codes
ORGANIZATIONS = 60

# Rows of the tenants lie mixed, as in a house that has grown: id and time follow the order of insertion.
LOAD = """
INSERT INTO currency (id, tenant_id, organization_id, created_at, updated_at, version, code, name, symbol,
    decimal_places, is_active, is_base)
SELECT uuid7(), (%(tenants)s::uuid[])[tenant + 1],
    (%(organizations)s::uuid[])[tenant * %(width)s + item %% %(width)s + 1],
    moment, moment, 1, chr(65 + code / 676) || chr(65 + code / 26 %% 26) || chr(65 + code %% 26),
    substr(md5(number::text), 1, 12), 's', 2, true, false
FROM (
    SELECT number, tenant, item, item / %(width)s AS code, now() - make_interval(secs => %(rows)s - number) AS moment
    FROM (
        SELECT number, CASE WHEN other THEN 1 + number / %(share)s %% %(others)s ELSE 0 END AS tenant,
            CASE WHEN other THEN number / %(share)s / %(others)s ELSE number - number / %(share)s - 1 END AS item
        FROM (SELECT number, number %% %(share)s = 0 AS other FROM generate_series(1, %(rows)s) AS number) AS numbers
    ) AS owners
) AS facts ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The large tenant: its scope over all its organizations, and how many rows it has."""

    scope: Scope
    rows: int


def load_crowd(rows: int, *, using: str, main: tuple[UUID, list[UUID]] | None = None) -> Crowd:
    """Give the large tenant `rows` currencies, and the nineteen others a quarter as many in all; others go.

    `main` names the large tenant and its organizations; otherwise they are made up.
    """
    width = len(main[1]) if main else max(ORGANIZATIONS, rows // CODES + 1)
    tenants, organizations = ids(TENANTS), ids(TENANTS * width)
    if main:
        tenants[0], organizations[:width] = main
    every = rows * SHARE // (SHARE - 1)
    values = {"tenants": tenants, "organizations": organizations, "width": width, "rows": every}
    with loading(using) as session:
        session.execute("TRUNCATE currency")
        session.execute(LOAD, {**values, "share": SHARE, "others": TENANTS - 1})
    return Crowd(staff_scope(tenants[0], organizations[:width]), rows)
