"""What only a superuser can prepare: roles, the database, extensions, leakproof marks. Safe to run twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg import conninfo, errors, sql

from apps.kernel.tenancy.wall import APP_ROLE, OWNER_ROLE

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist", "btree_gin")
# Made where the server has them; what uses them does without elsewhere.
OPTIONAL_EXTENSIONS = ("vector",)
TIMEOUTS = {"lock_timeout": "10s", "statement_timeout": "60s", "idle_in_transaction_session_timeout": "120s"}

# Under row-level security an index serves only leakproof operators. These neither raise nor tell anything
# about values that the policy hides, so they may be marked.
LEAKPROOF = (
    "ts_match_vq(tsvector, tsquery)",
    "ts_match_tq(text, tsquery)",
    "jsonb_contains(jsonb, jsonb)",
    "jsonb_object_field_text(jsonb, text)",
    "jsonb_exists(jsonb, text)",
    "arraycontains(anyarray, anyarray)",
    "textlike(text, text)",
    "texticlike(text, text)",
    "upper(text)",
    "lower(text)",
    "numeric_eq(numeric, numeric)",
    "numeric_lt(numeric, numeric)",
    "numeric_le(numeric, numeric)",
    "numeric_gt(numeric, numeric)",
    "numeric_ge(numeric, numeric)",
    "similarity_op(text, text)",
    "word_similarity_op(text, text)",
)

# Readers of one custom field: total (NULL for another type), so they can be marked leakproof; a cast cannot.
# Of a text they read 500 letters: an index entry has room for 2,700 bytes, and an index serves whatever any tenant
# keeps under the key.
READERS = {
    "cf_text": ("text", "CASE WHEN jsonb_typeof(doc -> key) = 'string' THEN left(doc ->> key, 500) END"),
    "cf_num": ("numeric", "CASE WHEN jsonb_typeof(doc -> key) = 'number' THEN (doc -> key)::numeric END"),
    "cf_bool": ("boolean", "CASE jsonb_typeof(doc -> key) WHEN 'boolean' THEN (doc ->> key) = 'true' END"),
    "cf_time": (
        "text",
        "CASE WHEN jsonb_typeof(doc -> key) = 'string' AND doc ->> key ~"
        " '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z$' THEN doc ->> key END",
    ),
}


@dataclass(slots=True)
class Report:
    """What provisioning found: `warnings` are things that the server did not allow."""

    done: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def provision(admin_url: str, *, database: str = "", passwords: dict[str, str] | None = None) -> Report:
    """Prepare the server of `admin_url` (a superuser's) and one database on it (its own by default).

    `passwords` maps role names to passwords; without one a role keeps what it has.
    """
    report = Report()
    name = database or str(conninfo.conninfo_to_dict(admin_url).get("dbname") or "agora")
    with _session(admin_url, "postgres") as session:
        _make_roles(session, passwords or {})
        _make_database(session, name)
    with _session(admin_url, name) as session:
        _hand_over(session, name)
        _extend(session)
        mark_leakproof(session, report)
        _make_readers(session, report)
    if passwords:
        report.done.append(f"passwords of {' and '.join(sorted(passwords))}")
    report.done.append(f"database {name}, roles {OWNER_ROLE} and {APP_ROLE}, {len(EXTENSIONS)} extensions")
    return report


@contextmanager
def _session(admin_url: str, database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(conninfo.make_conninfo(admin_url, dbname=database), autocommit=True) as session:
        yield session


def _make_roles(session: psycopg.Connection, passwords: dict[str, str]) -> None:
    for role in (OWNER_ROLE, APP_ROLE):
        identity = sql.Identifier(role)
        if session.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
            session.execute(sql.SQL("CREATE ROLE {} LOGIN").format(identity))
        session.execute(
            sql.SQL("ALTER ROLE {} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION").format(identity)
        )
        if role in passwords:
            _set_password(session, role, passwords[role])
    for setting, value in TIMEOUTS.items():
        session.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(
                sql.Identifier(APP_ROLE), sql.Identifier(setting), sql.Literal(value)
            )
        )


def _set_password(session: psycopg.Connection, role: str, password: str) -> None:
    # Sent as the server keeps it: in plain text it would stand in the log of a server that logs statements.
    kept = session.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    session.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(kept)))


def _make_database(session: psycopg.Connection, name: str) -> None:
    if session.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
        session.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER_ROLE)))


def _hand_over(session: psycopg.Connection, name: str) -> None:
    owner, app = sql.Identifier(OWNER_ROLE), sql.Identifier(APP_ROLE)
    for statement in (
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)),
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(sql.Identifier(name), app),
        sql.SQL("ALTER SCHEMA public OWNER TO {}").format(owner),
        sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC"),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(app),
    ):
        session.execute(statement)


def _extend(session: psycopg.Connection) -> None:
    for extension in EXTENSIONS:
        session.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    offered = session.execute(
        "SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", [list(OPTIONAL_EXTENSIONS)]
    )
    for (extension,) in offered.fetchall():
        session.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))


def mark_leakproof(session: psycopg.Connection, report: Report) -> None:
    """Mark exactly the functions of the list; a server that forbids it is reported."""
    refused = []
    for signature in LEAKPROOF:
        try:
            session.execute(sql.SQL("ALTER FUNCTION {} LEAKPROOF").format(sql.SQL(signature)))
        except errors.InsufficientPrivilege:
            refused.append(signature)
    if refused:
        report.warnings.append(
            "the server does not let these functions be marked leakproof, so indexes on text search, JSON and"
            f" numbers do not serve tenant queries: {', '.join(refused)}"
        )


def _make_readers(session: psycopg.Connection, report: Report) -> None:
    for name, (result, body) in READERS.items():
        for mark in ("LEAKPROOF", ""):
            text = (
                f"CREATE OR REPLACE FUNCTION {name}(doc jsonb, key text) RETURNS {result} LANGUAGE sql"
                f" IMMUTABLE STRICT PARALLEL SAFE {mark} AS $reader$ SELECT {body} $reader$"
            )
            try:
                session.execute(sql.SQL(text))
            except errors.InsufficientPrivilege:
                continue
            break
        if not mark:
            report.warnings.append(f"{name} could not be marked leakproof")


def unmarked_functions(session: psycopg.Connection) -> list[str]:
    """Functions of the list that are not marked, for `check` and the report."""
    found = session.execute(
        "SELECT signature FROM unnest(%s::text[]) AS signature"
        " WHERE NOT coalesce((SELECT proleakproof FROM pg_proc WHERE oid = to_regprocedure(signature)), false)",
        [[*LEAKPROOF, *(f"{name}(jsonb, text)" for name in READERS)]],
    )
    return [row[0] for row in found.fetchall()]
