"""Bulk loads: only a declared table may be filled without images, and its action says why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import connection

from apps.currencies.models import Currency
from apps.directory.models import Organization
from apps.kernel.commands.loads import unaudited
from apps.kernel.commands.models import Action, RowImage
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.tenancy.wall import trigger_statements, wall_of
from tests.support.databases import admin
from tests.support.scopes import House, make_organization


@pytest.fixture
def loadable(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house whose currency table is declared for bulk loads, in the model and in the database."""
    monkeypatch.setattr(Currency, "bulk_loadable", True, raising=False)
    with admin(str(connection.settings_dict["NAME"])) as session:
        for statement in trigger_statements(replace(wall_of(Currency), bulk_loadable=True), "loadable"):
            session.execute(statement)
    with using_scope(house.scope()):
        yield house


def fill() -> None:
    Currency.objects.bulk_create([Currency(code=code, name=code, symbol=code) for code in ("AAA", "BBB")])


@pytest.mark.committed
def test_a_declared_load_leaves_an_action_with_its_reason_and_no_images(loadable: House) -> None:
    with unaudited("nightly feed", Currency):
        fill()
    with scoped_transaction():
        action = Action.objects.get(command="kernel.table.load")
        assert (action.reason, action.loads) == ("nightly feed", ["currency"])
        assert not RowImage.objects.filter(action_id=action.pk).exists()
        assert Currency.objects.count() == 2


@pytest.mark.committed
def test_other_tables_are_captured_during_a_load(loadable: House) -> None:
    with unaudited("nightly feed", Currency):
        make_organization("Beside", parent=loadable.root)
    with scoped_transaction():
        action = Action.objects.get(command="kernel.table.load")
        tables = RowImage.objects.filter(action_id=action.pk).values_list("table_name", flat=True)
        assert list(tables) == ["organization"]


@pytest.mark.committed
def test_outside_a_load_a_loadable_table_is_captured(loadable: House) -> None:
    from tests.support.probes import create_currency

    create_currency("EUR")
    with scoped_transaction():
        assert RowImage.objects.filter(table_name="currency").count() == 1


def test_an_undeclared_table_is_refused(house: House) -> None:
    with (
        using_scope(house.scope()),
        pytest.raises(ValueError, match="not declared"),
        unaudited("because", Organization),
    ):
        fill()


@pytest.mark.committed
def test_the_database_captures_a_table_that_only_the_code_calls_loadable(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Currency, "bulk_loadable", True, raising=False)
    with using_scope(house.scope()):
        with unaudited("forged", Currency):
            fill()
        with scoped_transaction():
            assert RowImage.objects.filter(table_name="currency").count() == 2
