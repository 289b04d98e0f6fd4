"""One migrated template, cloned for each worker: a clone takes a moment, a migration many seconds."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import conninfo, sql

from apps.kernel.tenancy.provision import provision

ROOT = Path(settings.BASE_DIR)


def schema_hash() -> str:
    """Names the state of everything that shapes the database."""
    digest = hashlib.sha256()
    patterns = (
        "apps/*/migrations/*.py",
        "apps/kernel/tenancy/*.py",
        "apps/kernel/commands/*.py",
        "apps/kernel/work/storage.py",
        "apps/*/*sql*.py",
        "tests/support/*/migrations/*.py",
        "tests/support/*/models.py",
    )
    files = {path for pattern in patterns for path in ROOT.glob(pattern)} | set(ROOT.glob("apps/**/models.py"))
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def admin(database: str = "postgres") -> Iterator[psycopg.Connection]:
    """A superuser's connection, for building and dropping databases and for looking past the walls."""
    address = conninfo.make_conninfo(settings.DATABASE_ADMIN_URL, dbname=database)
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


@cache
def template() -> str:
    """Name of the migrated template, built once for each state of the schema, whoever comes first."""
    name = f"{_prefix()}_{schema_hash()}"
    lock = ROOT / "var" / "test" / "template.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with admin() as connection:
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                _build(connection, name)
    return name


def _prefix() -> str:
    """Houses with and without the example have different tables, and leave each other's template alone."""
    return "agora_example" if apps.is_installed("apps.example") else "agora_template"


def _build(connection: psycopg.Connection, name: str) -> None:
    making = f"{name}_making"
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(making)))
    provision(settings.DATABASE_ADMIN_URL, database=making)
    point_at(making)
    call_command("migrate", verbosity=0, interactive=False)
    connections.close_all()
    for (old,) in connection.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND datname <> %s",
        [f"{_prefix()}_", making],
    ).fetchall():
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(old)))
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(name)))


def worker_database() -> str:
    """Name of this worker's database."""
    return f"agora_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"


def kept_database() -> str:
    """Name of a further database of this worker, for what is committed once and taken back by nobody."""
    return f"{worker_database()}_kept"


def clone(source: str, name: str) -> None:
    """Make `name` a fresh copy of the template."""
    with admin() as connection:
        drop(connection, name)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER agora_owner STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(source)
            )
        )


def drop(connection: psycopg.Connection, name: str) -> None:
    """Drop a database with whoever is connected."""
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def point_at(name: str) -> None:
    """Have Django's connections use the database."""
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name
