"""After a large load the server is told to look at the tables at once."""

from __future__ import annotations

import pytest
from django.db import connections

from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.statistics import refresh_statistics
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.kernel.books import make_books
from tests.support.databases import admin
from tests.support.scopes import House

pytestmark = pytest.mark.committed


def counted() -> float:
    with admin(str(connections["owner"].settings_dict["NAME"])) as session:
        found = session.execute("SELECT reltuples FROM pg_class WHERE oid = to_regclass('shelf_book')").fetchone()
    assert found is not None
    return float(found[0])


def test_tables_are_counted_whoever_owns_the_rows(house: House, other_house: House) -> None:
    make_books(house, *({} for _ in range(20)))
    make_books(other_house, *({} for _ in range(10)))
    refresh_statistics()
    assert counted() == 30


def test_inside_a_transaction_nothing_is_counted(house: House) -> None:
    refresh_statistics()
    before = counted()
    make_books(house, {})
    with using_scope(house.scope()), scoped_transaction():
        refresh_statistics()
    assert counted() == before
