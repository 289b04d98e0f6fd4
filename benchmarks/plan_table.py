"""A table with the walls of an organization table and an index of every kind that kernel lists and searches use."""

from __future__ import annotations

from django.db import connections

from apps.kernel.tenancy.scope import Scope
from apps.kernel.tenancy.wall import TableWall, build_statements
from benchmarks.databases import loading
from benchmarks.houses import ids, staff_scope

TABLE = "bench_row"
TENANTS = 20
ORGANIZATIONS = 5
SEEN = 3
WORDS = 8_000

CREATE = """
CREATE TABLE bench_row (
    id uuid PRIMARY KEY, tenant_id uuid NOT NULL, organization_id uuid NOT NULL, created_at timestamptz NOT NULL,
    name text NOT NULL, amount numeric(19, 4) NOT NULL, doc jsonb NOT NULL, tsv tsvector NOT NULL)
"""
# A made-up word of three syllables for each number below WORDS.
WORD = """
CREATE FUNCTION bench_word(number bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT s[number % 20 + 1] || s[number / 20 % 20 + 1] || s[number / 400 % 20 + 1]
    FROM (SELECT '{ban,cor,del,fim,gor,hel,jun,kap,lom,mer,nis,pol,quo,rit,sal,tor,vek,wam,zin,yal}'::text[]) AS t (s)
$$
"""
# Half of the rows belong to the first tenant; rows of all tenants lie mixed, each made a second after the former.
LOAD = """
INSERT INTO bench_row
SELECT uuid7(), (%(tenants)s::uuid[])[tenant + 1],
    (%(organizations)s::uuid[])[tenant * %(width)s + dice[1] %% %(width)s + 1],
    now() - make_interval(secs => %(rows)s - number),
    bench_word(dice[2]) || ' ' || bench_word(dice[3]) || ' ' || bench_word(dice[4]),
    dice[5] %% 1000000 / 100.0,
    jsonb_build_object(
        'sku', 'S-' || dice[6] %% (%(rows)s / 10 + 1),
        'tags', jsonb_build_array(bench_word(dice[7]), bench_word(dice[8])),
        'weight', dice[9] %% 1000000 / 1000.0, 'colour', bench_word(dice[10]), 'vip', dice[11] %% 2000 = 0,
        'due', to_char(timestamp '2026-01-01' + make_interval(mins => (dice[12] %% 500000)::int),
                       'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')),
    to_tsvector('simple', concat_ws(' ', bench_word(dice[2]), bench_word(dice[3]), bench_word(dice[4]),
        bench_word(dice[13]), bench_word(dice[14]), bench_word(dice[15]), bench_word(dice[16]), bench_word(dice[17])))
FROM (
    SELECT number, CASE WHEN number %% 2 = 0 THEN 0 ELSE 1 + number / 2 %% %(others)s END AS tenant,
        ARRAY(SELECT abs(hashint8extended(number, seed)) %% 1000000007 FROM generate_series(1, 17) AS seed) AS dice
    FROM generate_series(1, %(rows)s) AS number) AS numbers
ORDER BY number
"""
INDEXES = {
    "bench_created": "(tenant_id, created_at, id)",
    "bench_name": "(tenant_id, name, id)",
    "bench_lower": "(tenant_id, lower(name))",
    "bench_amount": "(tenant_id, amount, id)",
    "bench_trigram": "USING gin (name gin_trgm_ops)",
    "bench_text": "USING gin (tsv)",
    "bench_doc": "USING gin (doc jsonb_path_ops)",
    "bench_sku": "(tenant_id, (doc ->> 'sku'))",
    "bench_num": "(tenant_id, cf_num(doc, 'weight'), id)",
    "bench_colour": "(tenant_id, cf_text(doc, 'colour'), id)",
    "bench_due": "(tenant_id, cf_time(doc, 'due'), id)",
    "bench_vip": "(tenant_id, cf_bool(doc, 'vip'), id)",
}
WALL = TableWall(
    table=TABLE,
    tenant_scoped=True,
    organization="required",
    audited=False,
    bulk_loadable=False,
    referenced=False,
    tenant_column="tenant_id",
    encrypted=(),
    grants=("SELECT",),
)


def build_table(rows: int) -> Scope:
    """Create, load and index the table; the scope sees three of the five organizations of the large tenant."""
    with connections["owner"].cursor() as cursor:
        for statement in (CREATE, WORD, *build_statements(WALL)):
            cursor.execute(statement)
    tenants, organizations = ids(TENANTS), ids(TENANTS * ORGANIZATIONS)
    values = {"tenants": tenants, "organizations": organizations, "width": ORGANIZATIONS, "rows": rows}
    with loading() as session:
        session.execute(LOAD, {**values, "others": TENANTS - 1})
        session.execute("SET maintenance_work_mem = '256MB'")
        for name, columns in INDEXES.items():
            session.execute(f"CREATE INDEX {name} ON {TABLE} {columns}".encode())
    return staff_scope(tenants[0], organizations[:SEEN])
