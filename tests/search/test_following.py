"""The index follows its records: whoever changes them, and however."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product
from string import ascii_uppercase

import pytest
from django.db import connection

from apps.currencies.models import Currency
from apps.directory.services import delete_organization
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loads import unaudited
from apps.kernel.commands.models import Action
from apps.kernel.commands.undo.engine import undo
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.tenancy.wall import trigger_statements, wall_of
from tests.search.factories import build_index, catch_up, declared_as, documents, drift_of
from tests.support.databases import admin
from tests.support.probes import create_currency, fill, remove_currency, rename_currency
from tests.support.scopes import House, make_organization, seeding
from tests.support.shelf.factories import make_book
from tests.support.shelf.services import create_book, delete_book, update_book

CURRENCY, BOOK = "currencies.currency", "shelf.book"


@command(
    "tests.currency.overwrite", open_reason="a probe of the tests", resource=CURRENCY, undoable=False, undo_reason="x"
)
def overwrite(name: str) -> None:
    """Rename every currency by a statement of its own, past models and versions."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE currency SET name = %s", [name])


def titles(house: House, entity: str = CURRENCY) -> list[str]:
    return sorted(item.title for item in documents(house, entity).values())


@pytest.fixture
def alice(house: House) -> Iterator[House]:
    with using_scope(house.scope()):
        yield house


def test_a_new_a_changed_and_a_removed_record_are_followed(alice: House) -> None:
    currency = create_currency("EUR", name="Euro")
    catch_up()
    assert titles(alice) == ["EUR — Euro"]
    rename_currency(currency.pk, name="Taler")
    catch_up()
    assert titles(alice) == ["EUR — Taler"]
    remove_currency(currency.pk)
    catch_up()
    assert titles(alice) == []


def test_a_hidden_record_leaves_and_comes_back_with_undo(alice: House) -> None:
    book = create_book(title="Dune", code="D-1")
    catch_up()
    delete_book(book.pk)
    catch_up()
    assert titles(alice, BOOK) == []
    with scoped_transaction():
        last = Action.objects.filter(command="shelf.book.delete").get()
    undo(last.pk)
    catch_up()
    assert titles(alice, BOOK) == ["Dune"]


def test_undo_brings_the_former_words_back(alice: House) -> None:
    book = create_book(title="Dune", code="D-1")
    update_book(book.pk, title="Emma")
    catch_up()
    with scoped_transaction():
        last = Action.objects.filter(command="shelf.book.update").get()
    undo(last.pk)
    catch_up()
    assert titles(alice, BOOK) == ["Dune"]
    assert drift_of(alice, BOOK).total == 0


def test_a_statement_inside_a_command_is_followed(alice: House) -> None:
    for code in ("EUR", "PLN"):
        create_currency(code)
    catch_up()
    overwrite("Taler")
    catch_up()
    assert titles(alice) == ["EUR — Taler", "PLN — Taler"]


def test_a_change_of_many_records_and_its_undo_are_followed(alice: House) -> None:
    codes = ["".join(letters) for letters in islice(product(ascii_uppercase, repeat=3), 1_001)]
    fill(codes)
    catch_up()
    assert (len(titles(alice)), drift_of(alice, CURRENCY).total) == (1_001, 0)
    with scoped_transaction():
        action = Action.objects.filter(command="tests.currency.fill").get()
    undo(action.pk)
    catch_up()
    assert titles(alice) == []


@pytest.mark.committed
def test_a_load_without_images_has_the_kind_rebuilt(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Currency, "bulk_loadable", True, raising=False)
    with admin(str(connection.settings_dict["NAME"])) as session:
        for statement in trigger_statements(replace(wall_of(Currency), bulk_loadable=True), "loadable"):
            session.execute(statement)
    with using_scope(house.scope()):
        with unaudited("nightly feed", Currency):
            Currency.objects.bulk_create([Currency(code=code, name=code, symbol=code) for code in ("AAA", "BBB")])
        catch_up()
    assert titles(house) == ["AAA — AAA", "BBB — BBB"]


def test_records_of_several_organizations_are_followed_in_one_go(house: House) -> None:
    for place in (house.north, house.south):
        with using_scope(house.scope(place)):
            create_currency("EUR", name=place.name)
    catch_up()
    assert titles(house) == ["EUR — North", "EUR — South"]
    assert {item.organization_id for item in documents(house, CURRENCY).values()} == {house.north.pk, house.south.pk}


def test_a_record_that_moves_is_found_in_its_new_place(house: House) -> None:
    book = make_book(house, "Dune", scope=house.scope(house.north))
    build_index(house)
    with seeding(house.scope()):
        type(book).objects.filter(pk=book.pk).update(organization_id=house.south.pk)
    assert drift_of(house, BOOK).stale == 1
    build_index(house)
    assert documents(house, BOOK)[book.pk].organization_id == house.south.pk


def test_a_new_organization_is_found_in_itself(alice: House) -> None:
    build_index(alice)
    with seeding(alice.scope()):
        west = make_organization("West", parent=alice.root)
    build_index(alice, "directory.organization")
    assert documents(alice, "directory.organization")[west.pk].organization_id == west.pk


def test_an_event_that_comes_twice_or_late_changes_nothing(alice: House) -> None:
    currency = create_currency("EUR", name="Euro")
    rename_currency(currency.pk, name="Taler")
    catch_up()
    [before] = documents(alice, CURRENCY).values()
    with scoped_transaction(), connection.cursor() as cursor:
        cursor.execute("UPDATE outbox SET is_pending = true WHERE name LIKE 'currencies.currency.%%'")
        cursor.execute("DELETE FROM event_delivery")
        cursor.execute(
            "INSERT INTO work (kind, queue, tenant_id, ref_id, due_at)"
            " SELECT DISTINCT 'kernel.relay', 'relay', tenant_id, batch_id, now() FROM outbox WHERE is_pending"
        )
    catch_up()
    [after] = documents(alice, CURRENCY).values()
    assert (after.title, after.pk, after.updated_at) == ("EUR — Taler", before.pk, before.updated_at)


def test_a_record_that_cannot_be_indexed_stops_no_other(alice: House) -> None:
    def broken(currency: Currency) -> str:
        if currency.code == "XXX":
            raise ZeroDivisionError
        return currency.code

    with declared_as(CURRENCY, title=broken):
        for code in ("EUR", "XXX", "PLN"):
            create_currency(code)
        catch_up()
        assert titles(alice) == ["EUR", "PLN"]
        build_index(alice, CURRENCY)
    assert titles(alice) == ["EUR", "PLN"]


def test_a_deleted_organization_takes_itself_out(house: House) -> None:
    with using_scope(house.scope()):
        build_index(house)
        delete_organization(house.south.pk)
        catch_up()
    assert house.south.pk not in documents(house, "directory.organization")
