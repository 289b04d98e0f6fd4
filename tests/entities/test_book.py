"""The book of fields as other modules ask for it."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.entities.contracts import FieldBook, Kind
from apps.entities.services import delete_definition
from apps.kernel.services import service
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.entities.factories import CURRENCY, make_field
from tests.support.scopes import House


def keys(house: House) -> list[str]:
    with using_scope(house.scope(house.north)), scoped_transaction():
        return [field.key for field in service(FieldBook).fields_of(CURRENCY)]


def test_fields_stand_in_order_and_deleted_ones_are_gone(house: House) -> None:
    make_field(house, "second", order=20)
    first = make_field(house, "first", order=5)
    assert keys(house) == ["first", "cash_step", "second"]
    with using_scope(house.scope(house.north)):
        delete_definition(first.pk)
    assert keys(house) == ["cash_step", "second"]


def test_what_is_known_costs_one_small_query(house: House) -> None:
    make_field(house, "size")
    keys(house)
    with using_scope(house.scope(house.north)), scoped_transaction():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            for _ in range(3):
                fields = service(FieldBook).fields_of(CURRENCY)
        assert len(queries) == 1
    assert [(field.key, field.kind, field.is_system) for field in fields] == [
        ("cash_step", Kind.DECIMAL, True),
        ("size", Kind.INTEGER, False),
    ]


def test_another_tenant_has_other_fields(house: House, other_house: House) -> None:
    make_field(house, "size")
    assert keys(other_house) == ["cash_step"]
    assert "size" in keys(house)
