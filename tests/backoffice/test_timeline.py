"""The timeline of a record: sources of modules merged by time, paged by key, filtered, and left out when they fail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.audit_logs.models import ReadAccess
from apps.kernel.extensions.timelines import TIMELINES, Asking, Moment, TimelineSource
from tests.attachments.factories import upload
from tests.auth.factories import make_user, reading_in
from tests.backoffice.conftest import LogIn
from tests.backoffice.currencies import change_url, form_of, make_currency, now, text_of
from tests.backoffice.lists import BOOKS, select
from tests.kernel.books import make_books
from tests.kernel.extensions_probes import declared
from tests.support.scopes import House

START = datetime(2026, 1, 1, tzinfo=UTC)


def address(record: Any) -> str:
    return change_url(record).replace("/change/", "/timeline/")


def told(page: Any) -> list[tuple[str, str]]:
    """Source and words of each moment of the page."""
    return [
        (source.id, str(moment.title) or moment.values["entry"].words) for source, moment in page.context["moments"]
    ]


def notes(*moments: Moment) -> TimelineSource:
    """A source of a module with these moments, latest first."""

    def fetch(asking: Asking) -> list[Moment]:
        fitting = [item for item in moments if asking.until is None or item.when <= asking.until]
        return sorted(fitting, key=lambda item: (item.when, item.key), reverse=True)[: asking.limit]

    return TimelineSource("probes.notes", "Notes", "currencies.*", fetch)


@pytest.fixture
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.mark.usefixtures("_files")
def test_changes_files_and_what_modules_add_are_merged_latest_first(house: House, alice: Client) -> None:
    currency = make_currency(house)
    alice.post(change_url(currency), form_of(currency, name="Euro"))
    assert upload(alice, currency).status_code == 201
    alice.post(change_url(currency), form_of(now(house, currency), name="Euros"))
    with declared(TIMELINES, notes(Moment(START, "1", "Called", text="They will pay"))):
        page = alice.get(address(currency))
    assert told(page)[:3] == [
        ("audit_logs.changes", "Changed"),
        ("attachments.files", "File added"),
        ("audit_logs.changes", "Changed"),
    ]
    assert told(page)[-1] == ("probes.notes", "Called")
    words = text_of(page.content)
    assert "notes.txt" in words
    assert "They will pay" in words
    assert 'aria-current="page">Timeline' in page.content.decode()


def test_one_source_is_shown_alone(house: House, alice: Client) -> None:
    currency = make_currency(house)
    with declared(TIMELINES, notes(Moment(START, "1", "Called"))):
        page = alice.get(f"{address(currency)}?source=probes.notes")
        assert told(page) == [("probes.notes", "Called")]
        everything = alice.get(f"{address(currency)}?source=nonsense")
        assert len(told(everything)) > 1


def test_pages_follow_each_other_without_a_gap_and_without_a_double(house: House, alice: Client) -> None:
    currency = make_currency(house)
    moments = [Moment(START + timedelta(seconds=n // 20), f"{n:03}", f"Note {n}") for n in range(70)]
    seen: list[str] = []
    with declared(TIMELINES, notes(*moments)):
        query = "source=probes.notes"
        while query:
            page = alice.get(f"{address(currency)}?{query}")
            seen += [title for _, title in told(page)]
            query = page.context["older"]
    assert seen == [f"Note {n}" for n in reversed(range(70))]


def test_a_source_that_fails_is_named_and_the_others_stay(house: House, alice: Client) -> None:
    def fail(asking: Asking) -> list[Moment]:
        raise RuntimeError("out of order")

    broken = TimelineSource("probes.broken", "Broken things", "*", fail)
    currency = make_currency(house)
    alice.post(change_url(currency), form_of(currency, name="Euro"))
    with declared(TIMELINES, broken):
        page = alice.get(address(currency))
    assert "Left out, as it could not be read just now: Broken things." in text_of(page.content)
    assert told(page)[0] == ("audit_logs.changes", "Changed")


@pytest.mark.parametrize("template", ["kernel/no_such_template.html", "audit_logs/timeline_change.html"])
def test_a_moment_whose_template_fails_is_left_out_and_named(house: House, alice: Client, template: str) -> None:
    def fail() -> None:
        raise RuntimeError("out of order")

    currency = make_currency(house)
    alice.post(change_url(currency), form_of(currency, name="Euro"))
    odd = Moment(START + timedelta(days=365), "2", template=template, values={"entry": fail})
    with declared(TIMELINES, notes(odd, Moment(START, "1", "Called"))):
        page = alice.get(address(currency))
    assert (page.status_code, told(page)[0]) == (200, ("audit_logs.changes", "Changed"))
    assert told(page)[-1] == ("probes.notes", "Called")
    assert "Left out, as it could not be read just now: Notes." in text_of(page.content)


def test_a_source_is_for_who_holds_its_features(house: House, log_in: LogIn) -> None:
    currency = make_currency(house)
    secret = TimelineSource("probes.secret", "Secret", "*", lambda asking: [], features=("shelf.books.view",))
    with declared(TIMELINES, secret):
        bob = log_in("currencies.view", "audit_logs.view_self")
        names = [item.id for item in bob.get(address(currency)).context["sources"]]
        assert "probes.secret" not in names
        carol = log_in("currencies.view", "shelf.books.view", "audit_logs.view_self", name="Carol")
        assert "probes.secret" in [item.id for item in carol.get(address(currency)).context["sources"]]


def test_foreign_missing_and_unseen_records_have_none(
    house: House, other_house: House, alice: Client, log_in: LogIn
) -> None:
    mine, foreign = make_currency(house), make_currency(other_house)
    missing = address(mine).replace(str(mine.pk), str(uuid4()))
    answers = [alice.get(address(foreign)), alice.get(missing), alice.get(address(mine).replace(str(mine.pk), "x"))]
    assert {answer.status_code for answer in answers} == {404}
    assert log_in("shelf.books.view").get(address(mine)).status_code == 403


def test_of_a_change_of_many_a_record_shows_its_own_part(house: House, alice: Client) -> None:
    books = make_books(house, {"pages": 1}, {"pages": 2}, {"pages": 3})
    text = select(alice, "edit_selected", books).context["chosen"].text
    alice.post(f"{BOOKS}bulk/", {"selection": text, "change": ["pages"], "pages": "9", "step": "apply"})
    for place in ("timeline", "history"):
        page = alice.get(f"{BOOKS}{books[1].pk}/{place}/")
        entries = page.context.get("entries") or [item.values["entry"] for _, item in page.context["moments"]]
        [row] = entries[0].diff.rows
        assert [(item.old, item.new) for item in row.fields] == [("2", "9")]


def test_mangled_marks_show_the_first_page(house: House, alice: Client) -> None:
    currency = make_currency(house)
    first = told(alice.get(address(currency)))
    for query in ("when=nonsense&ties=1", "when=2026-01-01T00:00:00&ties=1", "when=2026-01-01&ties=x"):
        assert told(alice.get(f"{address(currency)}?{query}")) == first


def test_the_page_costs_the_same_however_much_has_happened(house: House, alice: Client) -> None:
    currency, costs = make_currency(house), []
    for number in range(2):
        for name in ("A", "B", "C", "D")[: 1 + 3 * number]:
            alice.post(change_url(currency), form_of(now(house, currency), name=f"{name}{number}"))
        alice.get(address(currency))
        with CaptureQueriesContext(connection) as asked:
            alice.get(address(currency))
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_looking_at_the_timeline_of_somebody_sensitive_is_a_read(house: House, alice: Client) -> None:
    other = make_user(house, name="Carol")
    assert alice.get(f"/backend/auth/user/{other.pk}/timeline/").status_code == 200
    with reading_in(house):
        reads = ReadAccess.objects.filter(entity="auth.user", how="detail", record_ids__contains=[str(other.pk)])
        assert reads.count() == 1
