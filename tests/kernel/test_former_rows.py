"""Former rows: what the database keeps of rows that are remembered, whoever changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection

from apps.customers.models import Customer, CustomerGroup, Membership
from apps.kernel import clock
from apps.kernel.bases.former import FormerRow, Version, history
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.catalog import faults
from apps.kernel.tenancy.remembering import remembering_statements
from apps.kernel.tenancy.wall import wall_of
from apps.sales.models import TaxClass
from tests.support.scopes import House, reading, seeding

HOUR = timedelta(hours=1)


def raw(sql: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


@contextmanager
def at_hour(start: datetime, number: int, house: House) -> Iterator[None]:
    with clock.frozen(start + number * HOUR), seeding(house.scope(house.north)):
        yield


def make_class(house: House, rate: str = "23") -> TaxClass:
    with seeding(house.scope(house.north)):
        row = TaxClass(name="VAT", code=f"v{uuid7().hex[-8:]}", rate=Decimal(rate))
        row.save(force_insert=True)
    return row


def rates_at(house: House, start: datetime, *numbers: int) -> list[Any]:
    """The rate that was known at each hour; None where the class was not there."""
    moments = [start + number * HOUR for number in numbers]
    with reading(house.scope(house.north)):
        found = history([TaxClass.objects.all()], [house.tenant.pk], moments)
        versions = [found.at(moment, [house.tenant.pk]) for moment in moments]
    return [_rate(known[0], at) if known else None for known, at in zip(versions, moments, strict=True)]


def _rate(version: Version, at: datetime) -> Any:
    return version.facts["rate"] if version.gone_at is None and version.existed_by(at) else None


WRITES: dict[str, Callable[[TaxClass], object]] = {
    "save": lambda row: _saved(row, "8"),
    "query set": lambda row: TaxClass.objects.filter(pk=row.pk).update(rate=8),
    "raw SQL": lambda row: raw("UPDATE sales_tax_class SET rate = 8 WHERE id = %s", row.pk),
}


def _saved(row: TaxClass, rate: str) -> None:
    row.rate = Decimal(rate)
    row.save(update_fields=["rate", "version"])


@pytest.mark.parametrize("way", WRITES)
def test_the_former_value_is_kept_whoever_writes(house: House, way: str) -> None:
    start = clock.now()
    with clock.frozen(start):
        row = make_class(house)
    with at_hour(start, 2, house):
        WRITES[way](row)
    assert rates_at(house, start, -1, 0, 1, 2, 3) == [None, 23, 23, 8, 8]
    assert str(rates_at(house, start, 1)[0]) == "23.0000"


def test_what_is_not_remembered_leaves_nothing(house: House) -> None:
    row = make_class(house)
    with seeding(house.scope(house.north)):
        row.description = "Usual"
        row.save(update_fields=["description", "version"])
        assert not FormerRow.objects.exists()


def test_a_row_that_comes_back_was_gone_meanwhile(house: House) -> None:
    start = clock.now()
    with clock.frozen(start):
        row = make_class(house)
    with at_hour(start, 2, house):
        TaxClass.objects.filter(pk=row.pk).delete()
    assert rates_at(house, start, 1, 2, 3) == [23, None, None]
    with at_hour(start, 4, house):
        row.save(force_insert=True)
    assert rates_at(house, start, 1, 2, 3, 4, 5) == [23, None, None, 23, 23]


def test_of_changes_at_one_instant_the_last_one_counts(house: House) -> None:
    start = clock.now()
    with clock.frozen(start):
        row = make_class(house)
    with at_hour(start, 1, house):
        _saved(row, "8")
        _saved(row, "5")
    assert rates_at(house, start, 0, 1, 2) == [23, 5, 5]


def test_a_row_that_moves_to_another_key_was_not_there_before(house: House) -> None:
    start = clock.now()
    with at_hour(start, 0, house):
        ada, bob = (Customer(kind="person", name=name) for name in ("Ada", "Bob"))
        group = CustomerGroup(code="wholesale", name="Wholesale")
        rows = (ada, bob, group, Membership(customer=ada, group=group))
        for row in rows:
            row.save(force_insert=True)
    for number, owner in ((2, bob), (4, ada)):
        with at_hour(start, number, house):
            Membership.objects.update(customer=owner)
    assert [_members(house, start + n * HOUR, ada.pk, bob.pk) for n in (1, 3, 5)] == [
        [True, False],
        [False, True],
        [True, False],
    ]


def _members(house: House, at: datetime, *customers: UUID) -> list[bool]:
    with reading(house.scope(house.north)):
        found = history([Membership.objects.filter(customer_id__in=customers)], customers, [at])
        return [any(version.gone_at is None for version in found.at(at, [key])) for key in customers]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE former_row SET known_until = now()",
        "DELETE FROM former_row",
        "TRUNCATE former_row",
        "INSERT INTO former_row SELECT * FROM former_row",
        "ALTER TABLE sales_tax_class DISABLE TRIGGER remember_changed",
    ],
)
def test_the_app_role_cannot_rewrite_the_past(house: House, sql: str) -> None:
    with pytest.raises(DatabaseError, match=r"permission|must be owner"), reading(house.scope()):
        raw(sql)


@pytest.mark.django_db
def test_the_triggers_keep_what_the_models_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults("default") == []
    monkeypatch.setattr(TaxClass, "remembered", ("rate", "code"))
    [fault] = faults("default")
    assert "sales_tax_class: remembered columns are" in fault


def test_a_change_is_looked_for_in_what_is_kept() -> None:
    [changed, *_] = remembering_statements(wall_of(TaxClass))
    assert 'OLD."rate"' in changed
    assert "remember_former('tenant_id', 'organization_id', 'rate', 'is_default')" in changed
