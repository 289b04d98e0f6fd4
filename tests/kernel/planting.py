"""Rows of every table, and statements past the models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections

from apps.kernel.bases.former import FormerRow
from apps.kernel.bases.models import TenantModel
from apps.kernel.eventbus.models import OutboxEvent
from apps.sales.models import TaxClass
from config import env
from tests.support.rows import make_row, writable_models
from tests.support.scopes import House, seeding


def query(sql: str, *params: Any, using: str = DEFAULT_DB_ALIAS) -> list[tuple[Any, ...]]:
    """Rows of a statement; none where it has none."""
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall()) if cursor.description else []


def plant(model: type[TenantModel], house: House) -> UUID | None:
    """A row of the table in the house; None where only the kernel itself writes (there are some already)."""
    if model is FormerRow:  # the database writes one where a row was
        with seeding(house.scope()):
            make_row(TaxClass, house).delete()
    if model not in (*writable_models(), OutboxEvent):  # events take some columns only
        return None
    with seeding(house.scope()):
        row_id: UUID = make_row(model, house).pk
    return row_id


@contextmanager
def past_the_wall() -> Iterator[str]:
    """A connection that row-level security does not bind: the manager stands alone."""
    connections.databases["bypass"] = {
        **connections.databases[DEFAULT_DB_ALIAS],
        **env.database(settings.DATABASE_ADMIN_URL),
        "NAME": connection.settings_dict["NAME"],
    }
    try:
        yield "bypass"
    finally:
        connections["bypass"].close()
        del connections["bypass"]
        del connections.databases["bypass"]
