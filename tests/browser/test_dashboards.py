"""Dashboards in a browser: drawn, read as tables, arranged by keyboard and by dragging, and fit to look at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from apps.auth.models import User
from apps.dashboards.models import Dashboard
from apps.kernel import clock
from apps.kernel.extensions.dashboards import (
    Cell,
    ChartData,
    DashboardWidget,
    Drawing,
    Entry,
    ListData,
    NumberData,
    Series,
    TableData,
    WidgetKind,
)
from tests.backoffice.currencies import make_currency
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.dashboards.factories import book_figures, broken, hanging, item_of, make_dashboard, number, stored, widgets
from tests.kernel.books import make_books
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
BOARD = "/backend/dashboards/board/"
ARRANGE = "/backend/dashboards/arrange/"
WIDGET = "/backend/dashboards/widget/"
PIXELS = """
(canvas) => { const pen = canvas.getContext('2d');
  const {data} = pen.getImageData(0, 0, canvas.width, canvas.height);
  let painted = 0; for (let at = 3; at < data.length; at += 4) { painted += data[at] > 0; } return painted; }
"""


def drawing(kind: Drawing) -> DashboardWidget:
    """A widget that draws three numbers."""
    data = ChartData(
        ["Mon", "Tue", "Wed"],
        [Series("One", [1_234, 0, 3]), Series("Two", [2, None, 4])],
        drawing=kind,
        axis="Day",
        links=["/backend/", "", ""],
    )
    return DashboardWidget(f"probes.{kind}", f"As {kind}", WidgetKind.CHART, lambda settings, period: data)


TABLE = TableData(("Pair", "Rate"), [(Cell("EUR/PLN", "/backend/"), Cell(4))])
LIST = ListData([Entry("Export of books", "The disk is full.", "/backend/", "error", "danger")])
NUMBER = NumberData(1_234, previous=1_000, unit="EUR", detail="so far", tone="warning", more=(("late", 3, ""),))
PROBES = (
    *(drawing(kind) for kind in Drawing),
    number("probes.number", lambda settings, period: NUMBER),
    number("probes.broken", broken),
    DashboardWidget("probes.table", "A table", WidgetKind.TABLE, lambda settings, period: TABLE),
    DashboardWidget("probes.list", "A list", WidgetKind.LIST, lambda settings, period: LIST),
)


def owned(house: House, desk: Desk, *items: str | dict[str, object], **values: object) -> Dashboard:
    """A dashboard of whoever sits there."""
    assert isinstance(desk.user, User)
    listed = [item_of(item) if isinstance(item, str) else item for item in items]
    return make_dashboard(house, owner=desk.user, items=listed, **values)


def furnished(house: House, desk: Desk) -> Dashboard:
    """A dashboard with a widget of every kind, and with what can go wrong."""
    make_books(house, *({"pages": n, "kind": "atlas" if n % 2 else "novel"} for n in range(5)))
    chart = {"entity": "shelf.book", "measure": "count", "group_by": "kind", "drawing": "bar"}
    note = item_of("dashboards.note", settings={"text": "Look at the rates first."})
    metric = item_of("dashboards.metric", title="Books", settings={"entity": "shelf.book"}, width="sm")
    figures = item_of("dashboards.chart", title="Books by kind", settings=chart, width="lg")
    probes = [item_of(probe.id, width="lg" if probe.kind is WidgetKind.CHART else "sm") for probe in PROBES]
    return owned(house, desk, metric, *probes, figures, note, item_of("gone.widget"))


@pytest.mark.parametrize(
    ("size", "dark"), [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]
)
def test_every_page_is_fit_to_look_at(
    house: House, desk: Callable[..., Desk], size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    make_currency(house, code="PLN")
    alice, faults, look = desk("*"), list[str](), request.node.callspec.id
    full, empty = furnished(house, alice), owned(house, alice, name="Empty one")
    page = alice.page(size=size, dark=dark)
    asked = f"dashboard={full.pk}"
    with book_figures(), widgets(*PROBES):
        for name, address in {
            "start": "/backend/",
            "standard": f"{BOARD}?dashboard=standard",
            "board": f"{BOARD}?{asked}",
            "board-wrong": f"{BOARD}?{asked}&period=custom&start=2026-02-01&end=2026-01-01",
            "board-empty": f"{BOARD}?dashboard={empty.pk}",
            "arrange": f"{ARRANGE}?{asked}",
            "arrange-empty": f"{ARRANGE}?dashboard={empty.pk}",
            "widget": f"/backend/dashboards/widget/?{asked}&widget=dashboards.chart",
            "sharing": f"/backend/dashboards/sharing/?{asked}",
            "list": "/backend/dashboards/dashboard/",
            "form": f"/backend/dashboards/dashboard/{full.pk}/change/",
        }.items():
            page.goto(address)
            page.wait_for_load_state("networkidle")
            shoot(page, f"da-{name}-{look}")
            faults += faults_of(page, name)
    assert not faults, "\n".join(faults)
    assert alice.complaints == []


def test_charts_are_drawn_and_can_be_read_as_tables(house: House, desk: Callable[..., Desk]) -> None:
    alice = desk("dashboards.*", "shelf.*")
    dashboard = furnished(house, alice)
    page = alice.page()
    with book_figures(), widgets(*PROBES):
        page.goto(f"{BOARD}?dashboard={dashboard.pk}")
        expect(page.locator("[data-chart][data-drawn]")).to_have_count(5)
        assert all(canvas.evaluate(PIXELS) > 200 for canvas in page.locator("canvas").all())
        card = page.locator("[data-card]", has_text="As line")
        assert card.locator("td").first.is_hidden()
        card.get_by_text("Show as table").focus()
        page.keyboard.press("Enter")
        assert card.locator("tbody tr").all_inner_texts() == ["Mon\t1,234\t2", "Tue\t0\t—", "Wed\t3\t4"]
        books = page.locator("[data-card]", has_text="Books by kind")
        books.get_by_text("Show as table").click()
        assert books.locator("tbody tr").all_inner_texts() == ["Novel\t3", "Atlas\t2"]
        books.get_by_role("link", name="Atlas").click()
        expect(page.locator("#result_list tbody tr")).to_have_count(2)
    assert alice.complaints == []


def test_layers_beyond_the_hues_are_drawn_as_one_and_told_apart_in_the_table(
    house: House, desk: Callable[..., Desk]
) -> None:
    names = [f"Module {number}" for number in range(10)]
    data = ChartData(
        ["Mon", "Tue"],
        [Series(name, [number, None]) for number, name in enumerate(names)],
        drawing=Drawing.STACKED,
        axis="Day",
    )
    layers = DashboardWidget("probes.layers", "Layers", WidgetKind.CHART, lambda settings, period: data)
    alice = desk("dashboards.*")
    with widgets(layers):
        page = alice.page()
        page.goto(f"{BOARD}?dashboard={owned(house, alice, item_of('probes.layers', width='lg')).pk}")
        canvas = page.locator("[data-chart][data-drawn] canvas")
        drawn = canvas.evaluate(
            "canvas => window.Chart.getChart(canvas).data.datasets.map((line) => [line.label, line.data])"
        )
        assert drawn == [*([name, [place, None]] for place, name in enumerate(names[:7])), ["Other", [24, 0]]]
        assert page.locator("[data-numbers] thead th").all_text_contents() == ["Day", *names]
    assert alice.complaints == []


def test_the_start_page_shows_the_chosen_dashboard_and_another_period(house: House, desk: Callable[..., Desk]) -> None:
    alice = desk("dashboards.*", "shelf.*")
    make_books(house, {}, {}, {"created_at": clock.now() - timedelta(days=20)})
    settings = {"entity": "shelf.book", "comparison": "previous_period"}
    dashboard = owned(
        house, alice, item_of("dashboards.metric", title="Books", settings=settings), period="last_7_days"
    )
    page = alice.page()
    with book_figures():
        page.goto(f"{BOARD}?dashboard={dashboard.pk}")
        page.get_by_role("button", name="Put on my start page").click()
        page.wait_for_url(f"**{BOARD}?dashboard={dashboard.pk}")
        page.goto("/backend/")
        shown = page.locator("[data-card] .da-number")
        expect(shown).to_have_text("2")
        page.get_by_label("Period").select_option("last_30_days")
        expect(shown).to_have_text("3")
        page.get_by_label("Period").select_option("custom")
        page.get_by_role("button", name="Refresh", exact=True).click()
        expect(page.get_by_role("alert").first).to_have_text("Say which day.")
        page.get_by_role("combobox", name="Dashboard").select_option("standard")
        expect(page.locator(".da-title")).to_have_text("Overview")
    assert alice.complaints == []


def test_one_that_hangs_costs_its_time_and_the_others_are_there(house: House, desk: Callable[..., Desk]) -> None:
    alice = desk("dashboards.*")
    slow = number("probes.slow", hanging, seconds=1.0)
    dashboard = owned(house, alice, "probes.quick", "probes.slow", "probes.last")
    page = alice.page()
    with widgets(number("probes.quick"), slow, number("probes.last")):
        page.goto(f"{BOARD}?dashboard={dashboard.pk}")
        states = [card.get_attribute("data-state") for card in page.locator("[data-card]").all()]
    assert states == ["ok", "timed_out", "ok"]
    assert alice.complaints == []


def titles(house: House, dashboard: Dashboard) -> list[str]:
    return [item["title"] for item in stored(house, dashboard).items]


def test_widgets_are_arranged_by_keyboard_and_by_dragging(house: House, desk: Callable[..., Desk]) -> None:
    alice = desk("dashboards.*", "audit_logs.*")
    items = [item_of("dashboards.note", title=name, settings={"text": name}) for name in "abc"]
    dashboard = owned(house, alice, *items)
    page = alice.page()
    page.goto(f"{ARRANGE}?dashboard={dashboard.pk}")
    page.get_by_role("button", name="Move c forward").focus()
    press(page, "Enter")
    assert titles(house, dashboard) == ["a", "c", "b"]
    expect(page.get_by_role("button", name="Move c forward")).to_be_focused()
    with page.expect_navigation():
        page.locator("[data-grip]").nth(2).drag_to(page.locator("[data-id]").nth(0), target_position={"x": 60, "y": 3})
    assert titles(house, dashboard) == ["b", "a", "c"]
    page.wait_for_load_state("networkidle")
    with page.expect_navigation():
        page.get_by_label("Width of a").select_option("xl")
    assert [item["width"] for item in stored(house, dashboard).items] == ["md", "xl", "md"]
    page.get_by_role("button", name="Take off b").focus()
    press(page, "Enter")
    assert titles(house, dashboard) == ["a", "c"]
    with page.expect_navigation():
        page.get_by_role("button", name="Undo").first.click()
    assert titles(house, dashboard) == ["b", "a", "c"]
    assert alice.complaints == []


def press(page: Page, key: str) -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_a_chart_is_added_step_by_step(house: House, desk: Callable[..., Desk]) -> None:
    alice = desk("dashboards.*", "shelf.*")
    dashboard = owned(house, alice)
    page = alice.page()
    with book_figures():
        page.goto(f"{ARRANGE}?dashboard={dashboard.pk}")
        with page.expect_navigation():
            page.get_by_role("button", name="Add A chart of your choice").click()
        shoot(page, "da-step-1")
        page.locator("textarea[data-condition]").evaluate("(item) => { item.value = '{nonsense'; }")
        with page.expect_navigation():
            page.get_by_role("button", name="Add", exact=True).click()
        assert "This condition cannot be read" in page.locator("form.ag-card").inner_text()
        shoot(page, "da-step-wrong")
        page.get_by_label("Only those where").fill("")
        with page.expect_navigation():
            page.get_by_label("By", exact=True).select_option("created_at")
        page.get_by_label("In", exact=True).select_option("month")
        page.get_by_label("Title").fill("Books by month")
        with page.expect_navigation():
            page.get_by_role("button", name="Add", exact=True).click()
    [item] = stored(house, dashboard).items
    assert (item["widget"], item["title"]) == ("dashboards.chart", "Books by month")
    chosen = {name: item["settings"][name] for name in ("entity", "measure", "group_by", "granularity")}
    assert chosen == {"entity": "shelf.book", "measure": "count", "group_by": "created_at", "granularity": "month"}
    assert alice.complaints == []


@pytest.mark.parametrize(("size", "dark"), [(DESKTOP, False), (PHONE, True)], ids=["desk", "phone"])
def test_the_condition_of_a_figure_is_put_together_in_the_dialog(
    house: House, desk: Callable[..., Desk], size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    alice = desk("dashboards.*", "shelf.*")
    dashboard = owned(house, alice)
    page = alice.page(size=size, dark=dark)
    with book_figures():
        page.goto(f"{WIDGET}?dashboard={dashboard.pk}&widget=dashboards.metric")
        opener = page.get_by_role("button", name="Only those where: Choose conditions")
        expect(page.get_by_text("All records")).to_be_visible()
        opener.focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Field 1").select_option("pages")
        dialog.get_by_label("Comparison 1").select_option(">=")
        dialog.get_by_label("Value 1").fill("100")
        shoot(page, f"condition-dialog-{request.node.callspec.id}")
        faults = faults_of(page, "dialog")
        page.keyboard.press("Enter")
        expect(opener).to_be_focused()
        expect(page.get_by_text("≥ 100")).to_be_visible()
        shoot(page, f"condition-chosen-{request.node.callspec.id}")
        assert [*faults, *faults_of(page, "chosen")] == []
        with page.expect_navigation():
            page.get_by_role("button", name="Add", exact=True).click()
    [item] = stored(house, dashboard).items
    assert item["settings"]["condition"] == {"and": [{"field": "pages", "operator": ">=", "value": 100}]}
    assert alice.complaints == []


def test_without_a_script_the_condition_is_written(house: House, desk: Callable[..., Desk]) -> None:
    alice = desk("dashboards.*", "shelf.*")
    dashboard = owned(house, alice)
    page = alice.page(scripts=False)
    with book_figures():
        page.goto(f"{WIDGET}?dashboard={dashboard.pk}&widget=dashboards.metric")
        page.get_by_label("Only those where").fill('{"field": "pages", "operator": "=", "value": 7}')
        page.get_by_role("button", name="Add", exact=True).click()
    [item] = stored(house, dashboard).items
    assert item["settings"]["condition"] == {"field": "pages", "operator": "=", "value": 7}


def test_whoever_is_signed_out_meanwhile_logs_in_on_a_page_of_its_own(house: House, desk: Callable[..., Desk]) -> None:
    page = desk("*").page()
    page.goto("/backend/")
    expect(page.locator("[data-card]").first).to_be_visible()
    page.context.clear_cookies()
    page.get_by_label("Period").select_option("last_7_days")
    page.wait_for_url("**/backend/login/?next=/backend/")
    expect(page.locator("[data-card]")).to_have_count(0)
    expect(page.locator("[name=password]")).to_have_count(1)
