"""Holders of references: what a module keeps ids in beside columns is counted and moved as columns are."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.kernel.ids import uuid7
from apps.kernel.references.attached import AttachedRows
from apps.kernel.references.fields import OnDeletion
from apps.kernel.references.holders import HOLDERS, Dangling, Usage, reference_holder
from apps.kernel.references.usages import InUse, pointing_fields, release, repoint, usages, usages_by_id
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.translations.models import Translation
from tests.dictionaries.factories import entry_of, genres, make_dictionary
from tests.support.scopes import House, seeding
from tests.support.shelf.factories import make_book
from tests.support.shelf.models import Book

ENTRY = "dictionaries.entry"


class TagHolder:
    """Books that name the id of a value among their tags."""

    def usages(self, target: str, ids: Collection[UUID]) -> Iterator[Usage]:
        """Count the books of each id."""
        for wanted in ids if target == ENTRY else ():
            count = Book.objects.filter(tags__contains=[str(wanted)[:30]]).count()
            yield Usage(Book, "tags", count, OnDeletion.PROTECT, wanted, label="labelled books")

    def repoint(self, target: str, old: UUID, new: UUID) -> int:
        """Replace the tag."""
        rows = Book.objects.filter(tags__contains=[str(old)[:30]])
        return int(rows.update(tags=[str(new)[:30]])) if target == ENTRY else 0

    def dangling(self) -> list[Dangling]:
        """Tags are texts, and may name anything."""
        return []


@pytest.fixture
def tags() -> Iterator[None]:
    reference_holder("tests.tags", TagHolder())
    yield
    HOLDERS.remove("tests.tags")


def test_what_a_holder_knows_counts_beside_columns(house: House, tags: None) -> None:
    parent = make_dictionary(house, "Novel", "Atlas")
    novel, atlas = (entry_of(house, parent, value).pk for value in ("Novel", "Atlas"))
    make_book(house, "Dune", genre_id=novel)
    make_book(house, "Emma", genre_id=novel, tags=[str(novel)[:30]])
    make_book(house, "Maps", tags=[str(atlas)[:30]])
    with using_scope(house.scope()), scoped_transaction():
        totals = {usage.name: usage.count for usage in usages(ENTRY, [novel, atlas])}
        by_id = {key: [str(usage) for usage in found] for key, found in usages_by_id(ENTRY, [novel, atlas]).items()}
    assert totals == {"shelf.book.genre_id": 2, "shelf.book.tags": 2}
    assert by_id == {novel: ["2 × books", "1 × labelled books"], atlas: ["1 × labelled books"]}
    with pytest.raises(InUse) as refusal, seeding(house.scope()):
        release(ENTRY, [atlas])
    assert refusal.value.context["usages"] == {"shelf.book.tags": 1}


def test_everything_is_pointed_elsewhere_at_once(house: House, tags: None) -> None:
    parent = make_dictionary(house, "Novel", "Atlas")
    novel, atlas = (entry_of(house, parent, value).pk for value in ("Novel", "Atlas"))
    make_book(house, "Dune", genre_id=novel)
    make_book(house, "Emma", tags=[str(novel)[:30]])
    make_book(house, "Maps", genre_id=atlas)
    with seeding(house.scope()):
        assert repoint(ENTRY, novel, atlas) == 2
        assert [usage.count for usage in usages(ENTRY, [novel])] == []
        assert [usage.count for usage in usages(ENTRY, [atlas])] == [2, 1]
    assert genres(house) == {"Dune": "Atlas", "Emma": None, "Maps": "Atlas"}


def test_counting_costs_the_same_for_one_and_for_many(house: House) -> None:
    parent = make_dictionary(house, "Novel")
    make_book(house, genre_id=entry_of(house, parent, "Novel").pk)
    costs = []
    with using_scope(house.scope()), scoped_transaction():
        for number in (1, 50):
            with CaptureQueriesContext(connection) as captured:
                usages_by_id(ENTRY, [uuid7() for _ in range(number)])
            costs.append(len(captured))
    assert len(pointing_fields(ENTRY)) > 1
    assert costs == [2, 2]  # all columns at once, and whether any custom field points there


def test_what_is_attached_follows_its_record_but_for_what_stands_there_once(house: House) -> None:
    old, new, other = (uuid7() for _ in range(3))
    holder = AttachedRows(Translation, once=("locale", "field"))
    with seeding(house.scope()):
        for record_id, locale in ((old, "pl"), (old, "de"), (new, "de"), (other, "pl")):
            Translation(entity="shelf.book", record_id=record_id, locale=locale, field="title", value="x").save()
        assert holder.repoint("shelf.shelf", old, new) == 0
        assert holder.repoint("shelf.book", old, new) == 1
        found = Translation.objects.order_by("locale", "record_id").values_list("locale", "record_id")
        assert list(found) == [("de", old), ("de", new), ("pl", new), ("pl", other)]
        assert not list(holder.usages("shelf.book", [new]))
        assert not list(holder.dangling())
