"""Which index serves which question under row-level security, and what the leakproof marks are worth."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection

from apps.kernel.tenancy.provision import LEAKPROOF, READERS
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.tenancy.wall import APP_ROLE
from benchmarks.databases import NAMES, provisioner
from benchmarks.figures import Figure
from benchmarks.options import Options
from benchmarks.plan_table import SEEN, build_table
from benchmarks.timing import Reading, Samples, take_turns

LARGE = 1_000_000
ROUNDS, WARM_UP = 15, 3
EXPLAIN = "EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF, FORMAT JSON) "
SEE = "SELECT set_config('app.tenant_id', %(tenant)s::text, true), set_config('app.orgs', %(seen)s, true)"
# What the scoped managers add to every query; the walls say the same a second time.
OWNERS = "tenant_id = %(tenant)s AND organization_id = ANY(%(organizations)s)"
# What a page costs that never fills: the sort's index is walked to its end.
NOBODY = "organization_id = '00000000-0000-7000-8000-000000000000'"
UNMARKED = "without the leakproof marks"
UNWALLED = "without row-level security, as a superuser"


@dataclass(frozen=True, slots=True)
class Question:
    """A query, and the index that has to serve it ("" for any). `marked` says whether it needs a leakproof mark."""

    name: str
    index: str
    condition: str
    order: str = ""
    marked: bool = True


# The literals name about one row in two thousand of the table, the pages fifty rows.
QUESTIONS = (
    Question("page of 50, newest first", "bench_created", "true", "created_at DESC, id DESC", marked=False),
    Question("page of 50 by name", "bench_name", "true", "name, id", marked=False),
    Question("page of 50 by name, behind a row", "bench_name", "(name, id) > ('mer', id)", "name, id", marked=False),
    Question("page of 50 by amount", "bench_amount", "true", "amount, id", marked=False),
    Question("page of an organization without rows", "", NOBODY, "created_at DESC, id DESC", marked=False),
    Question("full text @@", "bench_text", "tsv @@ to_tsquery('simple', 'kapmersal')"),
    Question("ILIKE on trigrams", "bench_trigram", "name ILIKE '%%apmersa%%'"),
    Question("word similarity <% on trigrams", "bench_trigram", "'kapmersal' <%% name"),
    Question("lower(text) =", "bench_lower", "lower(name) = 'kapmersal banbanban corcorcor'"),
    Question("JSONB @>", "bench_doc", """doc @> '{"tags": ["kapmersal"]}'"""),
    Question("JSONB ->>", "bench_sku", "doc ->> 'sku' = 'S-77'"),
    Question("numeric range", "bench_amount", "amount BETWEEN 5000 AND 5005"),
    Question("cf_num range", "bench_num", "cf_num(doc, 'weight') BETWEEN 500 AND 500.5"),
    Question("cf_text =", "bench_colour", "cf_text(doc, 'colour') = 'kapmersal'"),
    Question("cf_time range", "bench_due", "cf_time(doc, 'due') BETWEEN '2026-02-01' AND '2026-02-01T04'"),
    Question("cf_bool", "bench_vip", "cf_bool(doc, 'vip') = true"),
)


@dataclass(slots=True)
class Eye:
    """One way to look at the table: it runs a query and remembers what came of it."""

    execute: Callable[[str], Any]
    indexes: frozenset[str] = frozenset()
    found: int = 0

    def reading(self, question: Question) -> Reading:
        """Read the milliseconds of planning and execution, as the server measures them."""
        tail = f" ORDER BY {question.order} LIMIT 50" if question.order else ""
        sql = f"{EXPLAIN} SELECT * FROM bench_row WHERE {OWNERS} AND {question.condition}{tail}"

        def read() -> float:
            found = self.execute(sql)
            [answer] = json.loads(found) if isinstance(found, str) else found
            self.indexes = frozenset(_indexes(answer["Plan"]))
            self.found = int(answer["Plan"]["Actual Rows"])
            return float(answer["Planning Time"] + answer["Execution Time"])

        return read


def _indexes(node: Mapping[str, Any]) -> Iterator[str]:
    """Names of the indexes in a plan."""
    if "Index Name" in node:
        yield node["Index Name"]
    for child in node.get("Plans", ()):
        yield from _indexes(child)


def run(options: Options) -> Iterator[Figure]:
    """Ask each question as the app, as the app without the marks, and as a superuser, in turns."""
    rows = options.size(LARGE)
    scope = build_table(rows)
    values = {
        "tenant": scope.tenant_id,
        "organizations": list(scope.organization_ids),
        "seen": ",".join(map(str, scope.organization_ids)),
    }
    with _as_app(scope, values) as app, _unmarked(values) as unmarked, _unwalled(values) as unwalled:
        for question in QUESTIONS:
            eyes = {"app": app, UNMARKED: unmarked, UNWALLED: unwalled}
            readings = {name: eye.reading(question) for name, eye in eyes.items()}
            taken = take_turns(readings, rounds=ROUNDS, warm_up=WARM_UP)
            yield _figure(question, taken, app, rows)


def _figure(question: Question, taken: Mapping[str, Samples], app: Eye, rows: int) -> Figure:
    against = UNMARKED if question.marked else UNWALLED
    used = app.indexes
    served = question.index in used
    notes = [f"{app.found:,} rows"]
    if not served:
        notes.append(f"served by {', '.join(sorted(used)) or 'a sequential scan'}")
    if question.marked:
        notes.append(f"{taken[UNWALLED].median:.2f} ms {UNWALLED}")
    return Figure(
        question.name,
        taken["app"].median,
        baseline=taken[against].median,
        against=f"{against}; {rows:,} rows, half of them the tenant's, {SEEN} organizations seen",
        target=question.index and f"index {question.index}",
        met=served if question.index else None,
        note="; ".join(notes),
    )


@contextmanager
def _as_app(scope: Scope, values: Mapping[str, Any]) -> Iterator[Eye]:
    def execute(sql: str) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchone()[0]

    with using_scope(scope), scoped_transaction():
        yield Eye(execute)


@contextmanager
def _unmarked(values: Mapping[str, Any]) -> Iterator[Eye]:
    """As the app role, in a transaction that has taken the marks away and is rolled back."""
    with provisioner(NAMES["default"]) as session, session.transaction(force_rollback=True):
        for signature in (*LEAKPROOF, *(f"{name}(jsonb, text)" for name in READERS)):
            session.execute(f"ALTER FUNCTION {signature} NOT LEAKPROOF".encode())
        session.execute(f"SET LOCAL ROLE {APP_ROLE}".encode())
        session.execute(SEE, values)
        yield Eye(_executor(session, values))


@contextmanager
def _unwalled(values: Mapping[str, Any]) -> Iterator[Eye]:
    with provisioner(NAMES["default"]) as session, session.transaction():
        yield Eye(_executor(session, values))


def _executor(session: psycopg.Connection, values: Mapping[str, Any]) -> Callable[[str], Any]:
    def execute(sql: str) -> Any:
        row = session.execute(sql.encode(), values).fetchone()
        return None if row is None else row[0]

    return execute
