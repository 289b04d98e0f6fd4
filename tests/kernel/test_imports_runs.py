"""Imports from the file to the records: counts, errors, one undo, stopping, and workers that die."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextvars import copy_context
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from apps.kernel import clock
from apps.kernel.access.grants import Access
from apps.kernel.commands.models import Action
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import FeatureRequired, RowNotFound
from apps.kernel.imports.errors import OrderInvalid, RunEnded
from apps.kernel.imports.models import ImportProblem, ImportRun, RunState
from apps.kernel.imports.planning.fields import ImportField
from apps.kernel.imports.planning.mapping import Assignment, ColumnMapping, mapping_from_json
from apps.kernel.imports.planning.options import Options
from apps.kernel.imports.planning.orders import Fate, Key, Line, Mode, Outcome
from apps.kernel.imports.resources.targets import target_of_entity
from apps.kernel.imports.runs import drafts
from apps.kernel.imports.runs.files import failed_rows
from apps.kernel.imports.runs.working import Importing
from apps.kernel.imports.targets import TARGETS, DeclaredTarget, import_target
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import reading, scoped_transaction
from apps.kernel.work.models import Work
from apps.kernel.work.sweeper import sweep
from apps.progress.models import Job
from tests.auth.factories import make_role, make_user
from tests.kernel.books import make_books
from tests.support.digests import digest
from tests.support.scopes import House, seeding
from tests.support.shelf.models import Book, Shelf

BOOK = "shelf.book"
pytestmark = pytest.mark.committed


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def alice(house: House) -> Iterator[House]:
    """Everything below is done by somebody who may."""
    user = make_user(house, name="Alice", roles=(make_role(house, "*"),))
    with using_scope(house.scope(actor_id=user.pk)), reading():
        yield house


def take(text: str, *, entity: str = BOOK, name: str = "books.csv") -> ImportRun:
    return drafts.take(entity, io.BytesIO(text.encode()), name)


def again(run: ImportRun) -> ImportRun:
    found: ImportRun = drafts.run_of(run.pk)
    return found


def work(run: ImportRun, *, rehearse: bool = False) -> ImportRun:
    drafts.begin(run, rehearse=rehearse)
    with scoped_transaction():
        pass
    sweep("work")
    return again(run)


def done(run: ImportRun) -> dict[str, int]:
    return {name: count for name, count in run.counts.items() if count}


def books() -> dict[str, Book]:
    return {book.code: book for book in Book.objects.filter(deleted_at__isnull=True)}


PLAIN = "Title;Code;Price;Pages;Kind\nDune;D1;12,50;600;novel\nEarth;E1;;30;atlas\n"


def test_a_file_becomes_records_by_what_its_columns_are_called(alice: House) -> None:
    run = take(PLAIN)
    assert [item["target"] for item in run.mapping] == ["title", "code", "price", "pages", "kind"]
    assert run.options == {"mode": "create_or_update", "key": ["code"], "all_or_nothing": False}
    run = work(run)
    assert (run.state, done(run)) == (RunState.DONE, {"created": 2})
    assert Job.objects.filter(pk=run.job_id).values_list("status", "processed").get() == ("completed", 2)
    assert books()["D1"].price == Decimal("12.5")
    assert (books()["E1"].kind, books()["E1"].pages) == ("atlas", 30)


def test_a_check_counts_exactly_and_writes_nothing(alice: House) -> None:
    make_books(alice, {"code": "A", "title": "Same"}, {"code": "B", "title": "Old", "price": Decimal("3.5")})
    before = digest("shelf_book")
    text = "title,code,price\nSame,A,\nNew,B,3.50\nMore,C,1\nAgain,C,2\nWrong,D,x\nToo long,E23456789012345678901,1\n"
    run = work(take(text), rehearse=True)
    assert (run.state, run.action_id) == (RunState.CHECKED, None)
    assert done(run) == {"unchanged": 1, "updated": 1, "created": 1, "duplicate": 1, "error": 2}
    assert digest("shelf_book") == before
    assert [(item["number"], item["before"], item["after"].get("title")) for item in run.previews] == [
        (3, {"title": "Old"}, "New"),
        (4, {}, "More"),
    ]
    problems = dict(ImportProblem.objects.filter(run=run).values_list("row", "problems"))
    assert {row: [item["code"] for item in found] for row, found in problems.items()} == {
        5: ["kernel.import.duplicate"],
        6: ["kernel.import.number"],
        7: ["max_length"],
    }
    counts = run.counts
    assert work(run).counts == counts


def test_rows_in_error_do_not_stop_the_others_and_come_back_as_a_file(alice: House) -> None:
    text = "title,code,price\nGood,A,1\n=Bad,B,many\nBad,C,2\nBad,C,3\n"
    run = work(take(text))
    assert done(run) == {"created": 2, "error": 1, "duplicate": 1}
    rows = list(csv.reader(io.StringIO(b"".join(failed_rows(run)).decode())))
    assert rows[0] == ["title", "code", "price", "import_problem"]
    assert [row[:3] for row in rows[1:]] == [["'=Bad", "B", "many"], ["Bad", "C", "3"]]
    assert rows[1][3] == "price: This is no number."
    corrected = [rows[0], [*rows[1][:2], "5", rows[1][3]], ["Bad", "D", "3", rows[2][3]]]
    second = io.StringIO()
    csv.writer(second).writerows(corrected)
    run = work(take(second.getvalue(), name="books-errors.csv"))
    assert done(run) == {"created": 2}
    assert books()["B"].title == "=Bad"


def test_one_undo_takes_back_all_batches(alice: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.kernel.imports.runs.working.BATCH", 3)
    make_books(alice, {"code": "C1", "title": "Before"})
    before = digest("shelf_book")
    text = "title,code\n" + "".join(f"Book {number},C{number}\n" for number in range(10))
    run = work(take(text))
    assert done(run) == {"created": 9, "updated": 1}
    assert Action.objects.filter(parent_id=run.action_id, command="kernel.record.import_more").count() == 3
    whole = Action.objects.get(pk=run.action_id)
    assert (whole.source, whole.resource_entity, whole.parent_id) == ("import", BOOK, None)
    assert undo(whole.pk)
    assert digest("shelf_book") == before


@pytest.mark.parametrize(
    ("mode", "fates"),
    [
        (Mode.CREATE, {"created": 1, "error": 1}),
        (Mode.UPDATE, {"updated": 1, "error": 1}),
        (Mode.BOTH, {"created": 1, "updated": 1}),
        (Mode.SKIP, {"created": 1, "skipped": 1}),
    ],
)
def test_the_way_says_what_rows_may_do(alice: House, mode: Mode, fates: dict[str, int]) -> None:
    make_books(alice, {"code": "A", "title": "Old"})
    run = take("title,code\nNew,A\nOther,B\n")
    drafts.arrange(run, mapping_from_json(run.mapping), Options(mode, ("code",)))
    assert done(work(again(run))) == fates


def test_all_or_nothing_writes_nothing_where_one_row_is_wrong(alice: House) -> None:
    run = take("title,code,pages\nA,A,1\nB,B,x\nC,C,-1\n")
    drafts.arrange(run, mapping_from_json(run.mapping), Options(Mode.BOTH, ("code",), all_or_nothing=True))
    run = work(again(run))
    assert (run.state, run.action_id, books()) == (RunState.FAILED, None, {})
    assert run.reason == "Nothing was imported, because some rows have errors."
    assert sorted(ImportProblem.objects.filter(run=run).values_list("row", flat=True)) == [3, 4]


def test_all_or_nothing_is_one_action_too(alice: House) -> None:
    run = take("title,code\nA,A\nB,B\n")
    drafts.arrange(run, mapping_from_json(run.mapping), Options(Mode.BOTH, ("code",), all_or_nothing=True))
    run = work(again(run))
    assert (run.state, done(run)) == (RunState.DONE, {"created": 2})
    assert run.action_id is not None
    undo(run.action_id)
    assert books() == {}


def test_references_are_found_by_what_people_call_them(alice: House) -> None:
    shelves = work(take("name\nUpper\nLower\n", entity="shelf.shelf"))
    assert done(shelves) == {"created": 2}
    run = work(take("title,code,shelf\nA,A,Upper\nB,B,Nowhere\n"))
    assert done(run) == {"created": 1, "error": 1}
    shelf = books()["A"].shelf
    assert shelf is not None
    assert shelf.name == "Upper"
    [problem] = ImportProblem.objects.get(run=run).problems
    assert (problem["field"], problem["code"], problem["value"]) == ("shelf_id", "kernel.reference.unknown", "Nowhere")


def test_encrypted_values_are_not_shown_in_previews(alice: House) -> None:
    run = work(take("title,code,notes\nA,A,my secret\n"), rehearse=True)
    assert run.previews[0]["after"]["notes"] == "•••"


@pytest.mark.parametrize(("keeps", "state", "left"), [(True, RunState.STOPPED, 2), (False, RunState.TAKEN_BACK, 0)])
def test_a_run_asked_to_stop_keeps_or_takes_back(
    alice: House, monkeypatch: pytest.MonkeyPatch, keeps: bool, state: RunState, left: int
) -> None:
    monkeypatch.setattr("apps.kernel.imports.runs.working.BATCH", 2)
    monkeypatch.setattr("apps.kernel.imports.runs.working.LOOKS_EVERY", 0)
    run = take("title,code\n" + "".join(f"Book {number},C{number}\n" for number in range(8)))
    drafts.begin(run, rehearse=False)
    stop_after_one_batch(run, monkeypatch, keeps=keeps)
    sweep("work")
    run = again(run)
    assert (run.state, done(run), len(books())) == (state, {"created": 2}, left)
    assert Job.objects.get(pk=run.job_id).status == "cancelled"


def stop_after_one_batch(run: ImportRun, monkeypatch: pytest.MonkeyPatch, *, keeps: bool) -> None:
    """Press the button while the worker tells of its first batch."""
    tell = Importing._tell

    def telling(self: Importing, done: int) -> None:
        tell(self, done)
        if done == 2:
            drafts.stop(run, keeps=keeps)

    monkeypatch.setattr(Importing, "_tell", telling)


def test_a_worker_that_dies_is_followed_by_one_that_goes_on(alice: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.kernel.imports.runs.working.BATCH", 2)
    text = "title,code\n" + "".join(f"Book {number},C{number % 6}\n" for number in range(9))
    run = take(text)
    drafts.begin(run, rehearse=False)
    tell = Importing._tell

    def dying(self: Importing, done: int) -> None:
        tell(self, done)
        if done == 4:
            raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(Importing, "_tell", dying)
        with pytest.raises(SystemExit):
            sweep("work")
    assert (again(run).position, done(again(run))) == (5, {"created": 4})
    with scoped_transaction():
        Work.objects.filter(ref_id=run.pk, kind=drafts.KIND).update(locked_until=None, due_at="2020-01-01T00:00:00Z")
    sweep("work")
    run = again(run)
    assert (run.state, done(run)) == (RunState.DONE, {"created": 6, "duplicate": 3})
    assert len(books()) == 6
    assert run.action_id is not None
    undo(run.action_id)
    assert books() == {}


@pytest.mark.parametrize("rehearse", [True, False])
def test_a_row_in_error_keeps_no_later_one_out(alice: House, rehearse: bool) -> None:
    text = "title,code,price\nWrong,A,1.23456\nGood,A,2\nAgain,A,3\nWrong,B,1.23456\nWrong,B,1.23456\n"
    run = work(take(text), rehearse=rehearse)
    assert done(run) == {"created": 1, "duplicate": 1, "error": 3}
    told = ImportProblem.objects.filter(run_id=run.pk).order_by("row").values_list("row", "problems")
    assert [(row, problems[0]["code"].rpartition(".")[2]) for row, problems in told] == [
        (2, "max_decimal_places"),
        (4, "duplicate"),
        (5, "max_decimal_places"),
        (6, "max_decimal_places"),
    ]
    assert told[1][1][0]["message"] == "Row 3 has the same code."
    assert [book.title for book in books().values()] == ([] if rehearse else ["Good"])


def test_a_row_in_error_keeps_no_row_of_a_later_batch_out(alice: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.kernel.imports.runs.working.BATCH", 2)
    run = work(take("title,code,price\nWrong,A,1.23456\nOther,B,1\nGood,A,1\nAgain,A,1\n"))
    assert done(run) == {"created": 2, "duplicate": 1, "error": 1}


def test_whoever_goes_on_knows_of_which_rows_nothing_came(alice: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.kernel.imports.runs.working.BATCH", 2)
    run = take("title,code,price\nWrong,A,1.23456\nOther,B,1\nGood,A,1\nAgain,B,1\n")
    drafts.begin(run, rehearse=False)

    def dying(self: Importing, done: int) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(Importing, "_tell", dying)
        with pytest.raises(SystemExit):
            sweep("work")
    with scoped_transaction():
        Work.objects.filter(ref_id=run.pk, kind=drafts.KIND).update(locked_until=None, due_at="2020-01-01T00:00:00Z")
    sweep("work")
    assert done(again(run)) == {"created": 2, "duplicate": 1, "error": 1}
    assert sorted(book.title for book in books().values()) == ["Good", "Other"]


def test_what_does_not_fit_together_is_said_before_anything_runs(alice: House) -> None:
    run = take("code\nA\n")
    with pytest.raises(OrderInvalid) as caught:
        drafts.begin(run, rehearse=True)
    assert [item.field for item in caught.value.errors] == ["title"]
    mapping = ColumnMapping((Assignment("title", (0,)),))
    with pytest.raises(OrderInvalid) as caught:
        drafts.arrange(run, mapping, Options(Mode.UPDATE, ("code",)))
    assert [item.field for item in caught.value.errors] == ["key"]


def test_a_run_is_started_once(alice: House) -> None:
    run = take(PLAIN)
    drafts.begin(run, rehearse=False)
    with pytest.raises(RunEnded):
        drafts.begin(again(run), rehearse=False)


def test_columns_are_assigned_as_they_were_for_the_same_file(alice: House) -> None:
    run = take("what,code\nA,A\n")
    assert [item["target"] for item in run.mapping] == ["code"]
    mapping = ColumnMapping((Assignment("title", (0,)), Assignment("code", (1,))))
    drafts.arrange(run, mapping, Options(Mode.CREATE))
    work(again(run))
    assert take("what,code\nB,B\n").mapping == mapping.as_json()


def test_moments_are_meant_in_the_zone_of_whoever_gives_the_file(alice: House) -> None:
    with timezone.override("Europe/Warsaw"):
        run = take("title,code,borrowed_at\nA,A,2026-07-01 12:00\nB,B,2026-07-01T12:00:00Z\n")
    assert done(work(run)) == {"created": 2}
    found = books()
    assert [found[code].borrowed_at.hour for code in "AB"] == [10, 12]  # type: ignore[union-attr]


def test_a_colleague_who_gives_the_same_columns_means_their_own_clock(alice: House) -> None:
    with timezone.override("Europe/Warsaw"):
        work(take("title,code,borrowed_at\nA,A,2026-07-01 12:00\n"))
    bob = make_user(alice, name="Bob", roles=(make_role(alice, "*"),))
    with using_scope(alice.scope(actor_id=bob.pk)), timezone.override("Asia/Tokyo"):
        work(take("title,code,borrowed_at\nB,B,2026-07-01 12:00\n"))
    found = books()
    assert [found[code].borrowed_at.hour for code in "AB"] == [10, 3]  # type: ignore[union-attr]


def test_an_import_belongs_to_whoever_gave_the_file(alice: House) -> None:
    run = take(PLAIN)
    bob = make_user(alice, name="Bob", roles=(make_role(alice, "*"),))
    with using_scope(alice.scope(actor_id=bob.pk)), reading(), pytest.raises(RowNotFound):
        drafts.run_of(run.pk)


def test_whoever_may_not_write_may_not_import(alice: House) -> None:
    with (
        using_scope(alice.scope(access=Access(frozenset({"shelf.books.view"})))),
        reading(),
        pytest.raises(FeatureRequired),
    ):
        take(PLAIN)
    with pytest.raises(RowNotFound):
        take(PLAIN, entity="nothing.at_all")


def test_other_modules_need_not_say_a_word(alice: House) -> None:
    target = target_of_entity("currencies.currency")
    assert target is not None
    assert {"code", "name", "symbol", "cf_cash_step"} <= {item.name for item in target.fields()}
    run = work(take("Code,Name\nEUR,Euro\nXXZ,Nothing\n", entity="currencies.currency"))
    assert done(run) == {"created": 1, "error": 1}


def test_files_go_when_their_days_are_over(alice: House, files: Path) -> None:
    run = work(take("title,code,price\nA,A,1\nB,B,x\n"))
    assert [path.is_file() for path in files.glob("imports/*/*")] == [True]
    with clock.frozen(clock.now() + timedelta(days=8)):
        sweep("work")
        run = again(run)
    assert (run.file, list(files.glob("imports/*/*"))) == ("", [])
    assert not ImportProblem.objects.filter(run=run).exists()
    assert run.mapping


def test_records_are_found_by_their_id(alice: House) -> None:
    [book] = make_books(alice, {"code": "A", "title": "Old"})
    run = take(f"id,title\n{str(book.pk).upper()},New\nnonsense,x\n{alice.root.pk},y\n")
    drafts.arrange(run, mapping_from_json(run.mapping), Options(Mode.UPDATE, ("id",)))
    run = work(again(run))
    assert (done(run), books()["A"].title) == ({"updated": 1, "error": 2}, "New")
    codes = [
        item["code"] for problem in ImportProblem.objects.filter(run=run).order_by("row") for item in problem.problems
    ]
    assert codes == ["kernel.import.id", "kernel.import.missing"]


def test_a_run_that_fails_again_and_again_says_so(alice: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(self: Importing) -> None:
        raise ValueError

    run = take(PLAIN)
    drafts.begin(run, rehearse=False)
    monkeypatch.setattr(Importing, "carry_out", failing)
    for _attempt in range(5):
        with scoped_transaction():
            Work.objects.filter(ref_id=run.pk, kind=drafts.KIND).update(
                locked_until=None, due_at="2020-01-01T00:00:00Z"
            )
        sweep("work")
    assert (again(run).state, again(run).reason) == (
        RunState.FAILED,
        "The import failed again and again. What is in stays until it is undone.",
    )


@pytest.fixture
def declared() -> Iterator[list[int]]:
    """Shelves that are written by set; what is written is counted."""
    sizes: list[int] = []

    def find(key: Key, values: Sequence[tuple[Any, ...]]) -> dict[tuple[str, ...], tuple[UUID, ...]]:
        rows = Shelf.objects.filter(name__in=[item[0] for item in values])
        return {(row.name,): (row.pk,) for row in rows}

    def write(lines: Sequence[Line]) -> list[Outcome]:
        sizes.append(len(lines))
        Shelf.objects.bulk_create(Shelf(name=line.values["name"]) for line in lines if line.record_id is None)
        fates = {True: Fate.CREATED, False: Fate.UNCHANGED}
        return [Outcome(line.number, fates[line.record_id is None]) for line in lines]

    fields = (ImportField("name", required=True, label="Name"),)
    target = DeclaredTarget(
        "shelf.shelf", "shelves", fields, (("name",),), write, find, "shelf.books.manage", "shelf.shelf.create"
    )
    import_target(target)
    yield sizes
    TARGETS.remove("shelf.shelf")


def test_a_module_may_write_by_set(alice: House, declared: list[int]) -> None:
    with seeding(alice.scope()):
        Shelf(name="There").save(force_insert=True)
    run = take("name\nThere\nA\nB\nA\n", entity="shelf.shelf")
    drafts.arrange(run, mapping_from_json(run.mapping), Options(Mode.BOTH, ("name",)))
    run = work(again(run))
    assert (done(run), declared) == ({"created": 2, "unchanged": 1, "duplicate": 1}, [3])
    assert run.action_id is not None
    undo(run.action_id)
    assert list(Shelf.objects.values_list("name", flat=True)) == ["There"]


def test_all_or_nothing_can_be_stopped_while_it_runs(alice: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.kernel.imports.runs.working.BATCH", 2)
    monkeypatch.setattr("apps.kernel.imports.runs.working.LOOKS_EVERY", 0)
    run = take("title,code\n" + "".join(f"Book {number},C{number}\n" for number in range(8)))
    drafts.arrange(run, mapping_from_json(run.mapping), Options(Mode.BOTH, ("code",), all_or_nothing=True))
    drafts.begin(again(run), rehearse=False)
    asked: list[None] = []

    def telling(self: Importing, done: int) -> None:
        """Somebody else presses the button, on a connection of their own, in the middle of the transaction."""
        thread = Thread(target=copy_context().run, args=(press, run, asked))
        thread.start()
        thread.join(5)

    monkeypatch.setattr(Importing, "_tell", telling)
    sweep("work")
    run = again(run)
    assert (asked, run.state, run.action_id, books()) == ([None], RunState.STOPPED, None, {})


def press(run: ImportRun, asked: list[None]) -> None:
    if not asked:
        drafts.stop(run, keeps=True)
        asked.append(None)
    connection.close()
