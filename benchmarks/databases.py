"""Databases of the benchmarks: one migrated template, and a fresh clone of it for each benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import conninfo, sql

from apps.kernel.tenancy.provision import provision

NAMES = {"default": "agora_bench", "other": "agora_bench_other"}
TEMPLATE = "agora_bench_template"
LOCK = 7_242_001  # of this server: one run at a time


class AlreadyRunning(SystemExit):
    """Another run uses the databases."""


@contextmanager
def provisioner(database: str = "postgres") -> Iterator[psycopg.Connection]:
    """A superuser's connection, for building databases and for looking past the walls."""
    address = conninfo.make_conninfo(settings.DATABASE_ADMIN_URL, dbname=database)
    with psycopg.connect(address, autocommit=True) as session:
        yield session


@contextmanager
def template() -> Iterator[None]:
    """Provision and migrate the template; drop it at the end. Raises AlreadyRunning."""
    with provisioner() as session:
        _lock(session)
        for name in (TEMPLATE, *NAMES.values()):
            _drop(session, name)
        provision(settings.DATABASE_ADMIN_URL, database=TEMPLATE)
        for alias in connections:
            _point(alias, TEMPLATE)
        call_command("migrate", verbosity=0, interactive=False)
        connections.close_all()
        try:
            yield
        finally:
            _drop(session, TEMPLATE)


def _lock(session: psycopg.Connection) -> None:
    row = session.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    if row is None or not row[0]:
        raise AlreadyRunning("Benchmarks run on this server already: wait for them.")


@contextmanager
def fresh() -> Iterator[None]:
    """Have the connections `default` and `other` use clones of the template; drop them at the end."""
    with provisioner() as session:
        for alias, name in NAMES.items():
            session.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER agora_owner STRATEGY file_copy").format(
                    sql.Identifier(name), sql.Identifier(TEMPLATE)
                )
            )
            _point(alias, name)
        _point("owner", NAMES["default"])
        try:
            yield
        finally:
            connections.close_all()
            for name in NAMES.values():
                _drop(session, name)


def _drop(session: psycopg.Connection, name: str) -> None:
    session.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _point(alias: str, name: str) -> None:
    connections[alias].close()
    connections[alias].settings_dict["NAME"] = name


@contextmanager
def loading(alias: str = "default") -> Iterator[psycopg.Connection]:
    """A superuser's connection without triggers and walls; the tables are vacuumed and analysed afterwards."""
    with provisioner(NAMES[alias]) as session:
        session.execute("SET session_replication_role = replica")
        yield session
        session.execute("VACUUM (ANALYZE)")
        # The writes of the load shall not disturb what is measured after it.
        session.execute("CHECKPOINT")
