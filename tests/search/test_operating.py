"""Rebuilding and comparing from the command line, and the nightly comparison."""

from __future__ import annotations

from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from apps.kernel.commands.hosting import hosting_commands
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import system_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Schedule
from apps.kernel.work.queueing import enqueue
from apps.kernel.work.sweeper import sweep
from apps.progress.models import Job
from apps.search.models import SearchDocument, SearchIndex, SearchWord
from apps.search.services import rebuilding
from apps.search.services.drift import CHECK_WORK, schedule_check
from apps.search.services.rebuilding import REBUILD_WORK, begin_rebuild, rebuild, start_here
from tests.kernel.events_probes import everywhere
from tests.search.factories import build_index, documents, drift_of
from tests.support.scopes import House, seeding
from tests.support.shelf.factories import make_book

BOOK = "shelf.book"


def run(command: str, house: House, *words: str) -> str:
    out = StringIO()
    call_command(command, "--tenant", str(house.tenant.pk), "--entity", BOOK, *words, stdout=out)
    return out.getvalue().strip()


def spoil(house: House, *, lost: UUID, changed: UUID, orphan: UUID) -> None:
    """Have one document missing, one out of date and one without a record."""
    with everywhere(house.scope()):
        rows = SearchDocument.objects.filter(entity=BOOK)
        rows.filter(record_id=lost).delete()
        rows.filter(record_id=changed).update(title="Other", checksum="x")
        [model] = rows.filter(record_id=changed)
        model.pk, model.record_id = uuid7(), orphan
        model.save(force_insert=True)


def test_drift_is_found_told_and_mended(house: House) -> None:
    books = [make_book(house, title) for title in ("Dune", "Emma", "Ivanhoe")]
    build_index(house)
    assert run("search_drift", house).endswith("3 records, 3 documents, 0 missing, 0 out of date, 0 without a record")
    spoil(house, lost=books[0].pk, changed=books[1].pk, orphan=uuid7())
    with pytest.raises(CommandError, match="3 documents differ"):
        run("search_drift", house)
    told = run("search_drift", house, "--repair")
    assert told.endswith("3 records, 3 documents, 1 missing, 1 out of date, 1 without a record")
    assert sorted(item.title for item in documents(house, BOOK).values()) == ["Dune", "Emma", "Ivanhoe"]
    assert drift_of(house, BOOK).total == 0


def test_reindex_makes_what_is_missing_and_removes_what_has_no_record(house: House) -> None:
    book = make_book(house, "Dune")
    assert run("reindex", house).endswith("shelf.book: 1 records")
    assert list(documents(house, BOOK)) == [book.pk]
    with seeding(house.scope()):
        type(book).objects.filter(pk=book.pk).delete()
    assert run("reindex", house).endswith("shelf.book: 0 records")
    assert documents(house, BOOK) == {}
    with everywhere(house.scope()):
        assert {job.status for job in Job.objects.all()} == {"completed"}


def test_a_reindex_that_was_stopped_goes_on_where_it_was(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "BATCH", 2)
    books = [make_book(house, f"Dune {number}") for number in range(5)]

    class Killed(BaseException):
        """As a process that is killed between two batches."""

    def die(index: SearchIndex) -> None:
        if index.done == 2:
            raise Killed

    with system_scope(house.tenant.pk, "tests"), pytest.raises(Killed):
        rebuild(start_here(BOOK), die)
    assert sorted(documents(house, BOOK)) == sorted(book.pk for book in books[:2])
    before = {pk: item.updated_at for pk, item in documents(house, BOOK).items()}
    assert run("reindex", house).endswith("shelf.book: 5 records")
    after = documents(house, BOOK)
    assert len(after) == 5
    assert {pk: after[pk].updated_at for pk in before} == before
    with everywhere(house.scope()):
        index = SearchIndex.objects.get(entity=BOOK)
    assert (index.is_built, index.is_rebuilding, index.done, index.total) == (True, False, 5, 5)


def test_a_worker_and_an_operator_share_one_rebuild(house: House) -> None:
    make_book(house, "Dune")
    with system_scope(house.tenant.pk, "tests"), scoped_transaction():
        begin_rebuild(BOOK)
    run("reindex", house)
    assert sweep().total() >= 1
    assert len(documents(house, BOOK)) == 1


def test_a_rebuild_of_a_kind_that_is_gone_is_let_go(house: House) -> None:
    with system_scope(house.tenant.pk, "tests"), scoped_transaction():
        index = SearchIndex(entity="gone.thing", is_rebuilding=True)
        index.save(force_insert=True)
        enqueue(REBUILD_WORK, index.pk)
    sweep()
    with everywhere(house.scope()):
        assert SearchIndex.objects.get(pk=index.pk).is_rebuilding is False


@pytest.mark.parametrize(
    ("words", "complaint"),
    [(("--tenant", "nobody"), "There is no tenant nobody"), (("--entity", "x.y"), "Nothing is found of x.y")],
)
def test_strange_names_are_refused(house: House, words: tuple[str, ...], complaint: str) -> None:
    for command in ("reindex", "search_drift"):
        with pytest.raises(CommandError, match=complaint):
            call_command(command, *words)


def test_the_nightly_comparison_mends_and_forgets_words(house: House) -> None:
    books = [make_book(house, title) for title in ("Arrakis", "Emma", "Ivanhoe")]
    build_index(house)
    with using_scope(house.scope()), scoped_transaction(), hosting_commands():
        schedule_check(house.tenant.pk)
        schedule_check(house.tenant.pk)
        assert Schedule.objects.filter(kind=CHECK_WORK).count() == 1
    with seeding(house.scope()):
        type(books[0]).objects.filter(pk=books[0].pk).delete()
    spoil(house, lost=books[1].pk, changed=books[2].pk, orphan=uuid7())
    with system_scope(house.tenant.pk, "tests"), scoped_transaction():
        enqueue(CHECK_WORK, house.tenant.pk)
    sweep()
    assert sorted(item.title for item in documents(house, BOOK).values()) == ["Emma", "Ivanhoe"]
    with everywhere(house.scope()):
        words = set(SearchWord.objects.values_list("word", flat=True))
    assert {"emma", "ivanhoe"} <= words
    assert "arrakis" not in words
