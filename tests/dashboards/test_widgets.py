"""Widgets: what fails or hangs says so and the others are there; who meets what; what those of the house show."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.auth.services.announcing import record_log_in
from apps.dashboards.selectors.running import PATIENCE
from apps.kernel.extensions.dashboards import (
    Cell,
    ChartData,
    DashboardWidget,
    Data,
    Entry,
    ListData,
    NumberData,
    Series,
    TableData,
    TemplateData,
    WidgetKind,
)
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import make_user, system
from tests.dashboards.factories import (
    CATALOG,
    DASHBOARDS,
    DATA,
    asleep,
    book_figures,
    broken,
    hanging,
    item_of,
    make_dashboard,
    number,
    stored,
    widgets,
    writing,
)
from tests.directory.callers import client_of, complaints, member, send
from tests.kernel.books import make_books
from tests.support.scopes import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(house: House) -> Client:
    return client_of(member(house, "*", name="Alice"), organization=house.root)


def ask(client: Client, *names: str, settings: dict[str, Any] | None = None, **period: str) -> list[dict[str, Any]]:
    """What the widgets show, by REST."""
    wanted = [{"widget": name, "settings": settings or {}} for name in names]
    answer = send(client, "post", DATA, {"widgets": wanted, **period})
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def states(found: list[dict[str, Any]]) -> list[str]:
    return [item["state"] for item in found]


@pytest.mark.parametrize(
    ("data", "state"),
    [
        (broken, "failed"),
        (hanging, "timed_out"),
        (asleep, "timed_out"),
        (writing, "failed"),
        (lambda settings, period: ListData(()), "failed"),
        (lambda settings, period: None, "failed"),
    ],
    ids=["breaks", "hangs", "asks for too long", "writes", "gives another shape", "gives nothing"],
)
def test_one_that_fails_says_so_and_the_others_are_there(house: House, alice: Client, data: Any, state: str) -> None:
    kept = make_dashboard(house)
    with widgets(number("probes.bad", data, seconds=0.4), number("probes.one"), number("probes.two")):
        began = time.monotonic()
        found = ask(alice, "probes.one", "probes.bad", "probes.two")
        took = time.monotonic() - began
    assert states(found) == ["ok", state, "ok"]
    assert [item["data"] and item["data"]["value"] for item in found] == [7, None, 7]
    assert took < 3
    assert stored(house, kept).name == "Overview"


def asleep_long(text: str) -> Entry:
    time.sleep(9)
    return Entry(text)


SPOILED: dict[str, tuple[WidgetKind, Callable[[], Any]]] = {
    "no number": (WidgetKind.NUMBER, lambda: NumberData("many")),  # type: ignore[arg-type]
    "not a number": (WidgetKind.NUMBER, lambda: NumberData(Decimal("nan"), previous=1)),
    "a further number that is none": (WidgetKind.NUMBER, lambda: NumberData(1, more=[("Lent", "some", "")])),  # type: ignore[list-item]
    "a line that is too short": (WidgetKind.CHART, lambda: ChartData(("a", "b"), (Series("Books", (1,)),))),
    "a label without a link": (WidgetKind.CHART, lambda: ChartData(("a", "b"), (), links=("/backend/",))),
    "a row that is too short": (WidgetKind.TABLE, lambda: TableData(("a", "b"), [[Cell(1)]])),
    "a row of no cells": (WidgetKind.TABLE, lambda: TableData(("a",), [["one"]])),  # type: ignore[list-item]
    "no entries": (WidgetKind.LIST, lambda: ListData(["one"])),  # type: ignore[list-item]
    "entries that break": (WidgetKind.LIST, lambda: ListData(Entry(1 / 0) for _ in range(3))),  # type: ignore[arg-type]
    "entries that hang": (WidgetKind.LIST, lambda: ListData(map(asleep_long, "abc"))),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", SPOILED)
def test_one_that_gives_what_cannot_be_drawn_says_so_and_the_others_are_there(
    house: House, alice: Client, name: str
) -> None:
    kind, given = SPOILED[name]

    def data(settings: Any, period: Any) -> Data:
        found: Data = given()
        return found

    dashboard = make_dashboard(house, "probes.bad", "probes.one", is_shared=True)
    with widgets(DashboardWidget("probes.bad", "Bad", kind, data, seconds=0.4), number("probes.one")):
        began = time.monotonic()
        found = ask(alice, "probes.bad", "probes.one")
        page = alice.get(f"/backend/dashboards/board/?dashboard={dashboard.pk}")
        took = time.monotonic() - began
    assert states(found) == ["timed_out" if "hang" in name else "failed", "ok"]
    assert page.status_code == 200
    assert [card.state for card in page.context["cards"]] == states(found)
    assert took < 5


def test_one_that_cannot_say_for_whom_it_is_is_for_nobody(house: House, alice: Client) -> None:
    def allowed(settings: Any) -> bool:
        raise KeyError("entity")

    with widgets(number("probes.bad", allowed=allowed, is_standard=True), number("probes.one", is_standard=True)):
        assert states(ask(alice, "probes.bad", "probes.one")) == ["unavailable", "ok"]
        page = alice.get("/backend/dashboards/board/?dashboard=standard").content.decode()
        listed = [item["id"] for item in alice.get(CATALOG).json()["widgets"]]
    assert ("probes.bad" in page, "probes.one" in page) == (False, True)
    assert ("probes.bad" in listed, "probes.one" in listed) == (False, True)


def test_the_rest_is_put_off_when_the_others_took_too_long(alice: Client) -> None:
    def dawdle(settings: Any, period: Any) -> NumberData:
        time.sleep(PATIENCE)
        return NumberData(1)

    with widgets(number("probes.slow", dawdle, seconds=PATIENCE + 1), number("probes.late")):
        found = ask(alice, "probes.slow", "probes.late")
    assert states(found) == ["ok", "later"]


def test_whoever_lacks_a_feature_does_not_meet_the_widget(house: House, alice: Client) -> None:
    gated = number("probes.gated", features=("shelf.books.manage",))
    owner = member(house, "dashboards.*", name="Owner")
    dashboard = make_dashboard(house, "probes.gated", "probes.open", "gone.widget", owner=owner, is_shared=True)
    reader = client_of(member(house, "dashboards.view"))
    address = f"/backend/dashboards/board/?dashboard={dashboard.pk}"
    with widgets(gated, number("probes.open")):
        assert states(ask(reader, "probes.gated", "nothing.there")) == ["unavailable", "unavailable"]
        seen = reader.get(f"{DASHBOARDS}{dashboard.pk}/data/").json()["results"]
        read, edited = (client.get(address).content.decode() for client in (reader, client_of(owner)))
    assert [item["widget"] for item in seen] == ["probes.open"]
    assert ("probes.gated" in read, "gone.widget" in read, "probes.open" in read) == (False, False, True)
    assert ("probes.gated" in edited, "gone.widget" in edited) == (False, True)


def test_figures_of_records_that_are_closed_to_the_reader_are_not_shown(house: House, alice: Client) -> None:
    item = item_of("dashboards.metric", settings={"entity": "shelf.book"})
    dashboard = make_dashboard(house, items=[item], is_shared=True)
    reader = client_of(member(house, "dashboards.view"))
    make_books(house, {}, {})
    with book_figures():
        assert reader.get(f"{DASHBOARDS}{dashboard.pk}/data/").json()["results"] == []
        [shown] = alice.get(f"{DASHBOARDS}{dashboard.pk}/data/").json()["results"]
    assert (shown["state"], shown["data"]["value"]) == ("ok", 2)


def test_settings_that_do_not_fit_any_more_are_said(house: House, alice: Client) -> None:
    settings = {"entity": "shelf.book", "measure": "sum:weight"}
    with book_figures():
        [shown] = ask(alice, "dashboards.metric", settings=settings)
    assert (shown["state"], shown["data"]) == ("invalid", None)


def test_a_template_is_rendered_escaped(alice: Client) -> None:
    def show(settings: Any, period: Any) -> TemplateData:
        return TemplateData("dashboards/note.html", {"text": "<b>Bold</b>"})

    with widgets(DashboardWidget("probes.html", "Html", WidgetKind.TEMPLATE, show)):
        [shown] = ask(alice, "probes.html")
    assert shown["data"] == {"html": '<p class="da-note">&lt;b&gt;Bold&lt;/b&gt;</p>\n'}


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"widgets"}),
        ({"widgets": [{"widget": "probes.one"}] * 31}, {"widgets"}),
        ({"widgets": [{"settings": {}}]}, {"widgets.0.widget"}),
        ({"widgets": [{"widget": "x.y", "colour": 1}], "period": "ever"}, {"widgets.0.colour", "period"}),
        ({"widgets": [{"widget": "x.y"}], "period": "custom"}, {"start", "end"}),
    ],
)
def test_a_bad_batch_is_refused_by_field(alice: Client, body: dict[str, Any], wrong: set[str]) -> None:
    answer = send(alice, "post", DATA, body)
    assert (answer.status_code, set(complaints(answer))) == (400, wrong), answer.content


def test_an_empty_batch_shows_nothing(alice: Client) -> None:
    answer = send(alice, "post", DATA, {"widgets": []})
    assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_those_of_the_house_show_what_there_is(house: House, alice: Client, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    send(alice, "post", "/api/currencies/currencies/", {"code": "EUR"})
    for code in ("PLN", "USD"):
        send(alice, "post", "/api/currencies/currencies/", {"code": code})
    rate = {"from_code": "EUR", "to_code": "PLN", "rate": "4.25", "effective_on": str(timezone.now().date())}
    assert send(alice, "post", "/api/currencies/exchange-rates/", rate).status_code == 201
    names = (
        "audit_logs.changes_by_day",
        "audit_logs.people",
        "currencies.newest",
        "currencies.coverage",
        "progress.jobs",
        "progress.failed",
        "events.deliveries",
        "search.index_health",
        "attachments.storage",
        "auth.active_users",
    )
    found = dict(zip(names, ask(alice, *names), strict=True))
    assert {item["state"] for item in found.values()} == {"ok"}
    data = {name: item["data"] for name, item in found.items()}
    layers = {line["name"]: sum(line["values"]) for line in data["audit_logs.changes_by_day"]["series"]}
    assert layers["Currencies"] == 4
    assert (data["audit_logs.people"]["labels"], data["audit_logs.people"]["series"][0]["values"][0]) == (["Alice"], 4)
    [[pair, price, day]] = [[cell["value"] for cell in row] for row in data["currencies.newest"]["rows"]]
    assert (pair, Decimal(price), day) == ("EUR/PLN", Decimal("4.25"), rate["effective_on"])
    assert (data["currencies.coverage"]["value"], data["currencies.coverage"]["tone"]) == (50, "warning")
    assert "USD" in data["currencies.coverage"]["detail"]
    assert (data["progress.jobs"]["value"], data["progress.failed"]["entries"]) == (0, [])
    assert all(alice.get(item["link"]).status_code == 200 for item in found.values() if item["link"])


def test_active_users_are_counted_once_a_day(house: House, alice: Client) -> None:
    users = [make_user(house, name=name) for name in ("Dora", "Emil")]
    with using_scope(system(house)):
        for user in (users[0], users[0], users[1]):
            record_log_in(user.pk)
    [shown] = ask(alice, "auth.active_users", period="today")
    assert shown["data"]["series"][0]["values"] == [2]
