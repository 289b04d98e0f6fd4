"""What other modules get: the book of dictionaries, and dictionaries of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_lazy

from apps.dictionaries.contracts import SYSTEM_DICTIONARIES, DictionaryBook, EntryDraft, system_dictionary
from apps.dictionaries.models import Dictionary
from apps.dictionaries.selectors import nearest_dictionary
from apps.dictionaries.services import delete_entry, seed_system_dictionaries
from apps.dictionaries.setup import seed_defaults, seed_examples
from apps.kernel.services import service
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.dictionaries.factories import entry_of, make_dictionary, make_entry, offered
from tests.support.scopes import House, seeding

STATES = "shelf.states"


@pytest.fixture
def states() -> Iterator[None]:
    drafts = [
        EntryDraft("yes", gettext_lazy("Yes"), color="#00AA00", tone="success", is_default=True),
        EntryDraft("no", gettext_lazy("No"), tone="danger"),
    ]
    system_dictionary(STATES, gettext_lazy("Status"), drafts)
    yield
    SYSTEM_DICTIONARIES.remove(STATES)


def found(house: House) -> Dictionary:
    with using_scope(house.scope()), scoped_transaction():
        row = nearest_dictionary(STATES)
    assert row is not None
    return row


def test_values_come_in_order_with_what_records_show(house: House) -> None:
    parent = make_dictionary(house, "b", "a", key="tones")
    make_entry(house, parent, "c", position=2, color="#112233", icon="star", tone="info", is_default=True)
    with using_scope(house.scope(house.north)), scoped_transaction():
        book = service(DictionaryBook)
        assert [item.value for item in book.entries("tones")] == ["b", "a", "c"]
        last = book.default("tones")
        assert last is not None
        assert (last.dictionary, last.color, last.icon, last.tone) == ("tones", "#112233", "star", "info")
        assert book.entries("nothing") == []
        assert book.default("nothing") is None
        with CaptureQueriesContext(connection) as captured:
            assert len(book.entries_by_id([item.id for item in book.entries("tones")])) == 3
        assert len([query for query in captured if "dictionary_entry" in query["sql"]]) == 2
        assert book.entry(last.id) == last


def test_a_deleted_value_still_shows_its_label(house: House) -> None:
    parent = make_dictionary(house, "Novel")
    novel = entry_of(house, parent, "Novel").pk
    with using_scope(house.scope()):
        delete_entry(novel)
        with scoped_transaction():
            kept = service(DictionaryBook).entry(novel)
    assert kept is not None
    assert (kept.label, kept.is_living) == ("Novel", False)


def test_a_hidden_value_is_none(house: House, other_house: House) -> None:
    hidden = entry_of(house, make_dictionary(house, "Novel", owner=house.south), "Novel").pk
    foreign = entry_of(other_house, make_dictionary(other_house, "Novel"), "Novel").pk
    with using_scope(house.scope(house.north)), scoped_transaction():
        assert service(DictionaryBook).entries_by_id([hidden, foreign]) == {}


def test_set_up_gives_what_modules_declare_in_the_language_of_the_tenant(house: House, states: None) -> None:
    with seeding(house.scope()):
        house.tenant.locale = "pl"
        house.tenant.save()
    with using_scope(house.scope()):
        assert seed_system_dictionaries() == sum(len(item.entries) for item in SYSTEM_DICTIONARIES.values())
        assert seed_system_dictionaries() == 0
    row = found(house)
    assert (row.name, row.is_system, row.owner_id) == ("Stan", True, None)
    assert [(entry_of(house, row, value).label) for value in ("yes", "no")] == ["Tak", "Nie"]


def test_set_up_adds_what_is_new_and_nothing_that_somebody_deleted(house: House, states: None) -> None:
    with using_scope(house.scope()):
        seed_defaults(house.scope())
        row = found(house)
        delete_entry(entry_of(house, row, "no").pk)
        declared = SYSTEM_DICTIONARIES[STATES]
        SYSTEM_DICTIONARIES.remove(STATES)
        system_dictionary(STATES, "States", [*declared.entries, EntryDraft("perhaps", is_default=True)])
        assert seed_system_dictionaries() == 1
    assert offered(house, row) == ["yes", "perhaps"]
    assert entry_of(house, row, "perhaps").is_default is False


@pytest.mark.parametrize("key", ["states", "Shelf.states", "shelf.", "shelf.States"])
def test_a_module_names_its_dictionaries_after_itself(key: str) -> None:
    with pytest.raises(ValueError, match="<module>"):
        system_dictionary(key, "States")


def test_a_demonstration_has_one_dictionary_in_its_language(house: House) -> None:
    with seeding(house.scope()):
        house.tenant.locale = "pl"
        house.tenant.save()
    with using_scope(house.scope()):
        seed_examples(house.scope())
        seed_examples(house.scope())
        with scoped_transaction():
            assert [item.label for item in service(DictionaryBook).entries("sources")] == [
                "Targi",
                "Polecenie",
                "Strona internetowa",
                "Telefon",
            ]
            assert Dictionary.objects.count() == 1
