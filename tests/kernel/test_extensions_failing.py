"""Menu items, palette commands, tabs and timelines of a module that fails: they are left out, and the page stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from apps.kernel.extensions.menu import MENU, MENUS, MenuItem
from apps.kernel.extensions.palette import PALETTE, PaletteCommand
from apps.kernel.extensions.tabs import TABS, RecordTab
from apps.kernel.extensions.timelines import TIMELINES, Asking, Moment, TimelineSource
from tests.directory.callers import client_of, member
from tests.kernel.books import make_books
from tests.kernel.extensions_probes import declared
from tests.support.scopes import House

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def alice(house: House) -> Client:
    return client_of(member(house, "*", name="Alice"), organization=house.root)


def out_of_order(*_given: Any) -> Any:
    raise RuntimeError("out of order")


@pytest.mark.parametrize("menu", sorted(MENUS))
def test_menu_items_stand_where_they_may_and_those_that_fail_do_not(alice: Client, menu: str) -> None:
    items = [
        MenuItem("probes.broken", "Broken", "/broken/", menu=menu, allowed=out_of_order),
        MenuItem("probes.lost", "Lost", "admin:nowhere_changelist", menu=menu),
        MenuItem("probes.closed", "Closed", "/closed/", menu=menu, allowed=lambda request: False),
        MenuItem("probes.open", "Open", "/open/", menu=menu, allowed=lambda request: request.path == "/backend/"),
    ]
    with declared(MENU, *items):
        page = alice.get("/backend/")
    text = page.content.decode()
    assert page.status_code == 200
    assert [item.label for item in items if f'href="{item.url}"' in text] == ["Open"]


def test_palette_commands_that_fail_are_left_out(alice: Client) -> None:
    commands = [
        PaletteCommand("probes.broken", "Broken", url="/broken/", allowed=out_of_order),
        PaletteCommand("probes.lost", "Lost", url="admin:nowhere_changelist"),
        PaletteCommand("probes.open", "Open", url="/open/"),
    ]
    with declared(PALETTE, *commands):
        answer = alice.get("/backend/palette/")
    assert answer.status_code == 200
    assert [item["id"] for item in answer.json()["commands"] if item["id"].startswith("probes.")] == ["probes.open"]


def test_a_tab_that_fails_is_left_out_and_one_that_cannot_count_has_no_number(house: House, alice: Client) -> None:
    [book] = make_books(house, {})
    tabs = [
        RecordTab("probes.broken", "Broken", "shelf.book", out_of_order),
        RecordTab("probes.uncounted", "Uncounted", "shelf.book", lambda record: "/uncounted/", number=out_of_order),
        RecordTab("probes.counted", "Counted", "shelf.book", lambda record: "/counted/", number=lambda record: 7),
    ]
    with declared(TABS, *tabs):
        page = alice.get(f"/backend/shelf/book/{book.pk}/change/")
    text = page.content.decode()
    assert page.status_code == 200
    assert ("Broken" in text, 'href="/uncounted/"' in text, 'href="/counted/"' in text) == (False, True, True)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param([Moment(NOON.replace(tzinfo=None), "1", "Borrowed")], id="no zone"),
        pytest.param([Moment(NOON.date(), "1", "Borrowed")], id="a day"),  # type: ignore[arg-type]
        pytest.param(["Borrowed"], id="no moment"),
        pytest.param(None, id="nothing"),
    ],
)
def test_a_source_that_gives_no_moments_is_named_on_the_timeline(house: House, alice: Client, wrong: Any) -> None:
    def fetch(asking: Asking) -> Sequence[Moment]:
        found: Sequence[Moment] = wrong
        return found

    [book] = make_books(house, {})
    sound = TimelineSource("probes.sound", "Sound", "shelf.book", lambda asking: [Moment(NOON, "1", "Returned")])
    with declared(TIMELINES, TimelineSource("probes.wrong", "Wrong", "shelf.book", fetch), sound):
        page = alice.get(f"/backend/shelf/book/{book.pk}/timeline/")
    assert page.status_code == 200
    assert [str(label) for label in page.context["failed"]] == ["Wrong"]
    assert [str(moment.title) for source, moment in page.context["moments"] if source is sound] == ["Returned"]
