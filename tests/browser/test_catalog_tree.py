"""The tree of categories in a browser: dragged, moved by keyboard, named in its row, fit for every screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.catalog.models import Category, CategoryAssignment, Offer, OfferKind, Product
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.sales.factories import make_channel
from tests.support.scopes import House, reading, seeding

pytestmark = [pytest.mark.browser, pytest.mark.committed]
TREE, OFFERS = "/backend/catalog/category/tree/", "/backend/catalog/offer/"


@pytest.fixture
def alice(desk: Callable[..., Desk]) -> Desk:
    return desk("*")


def grow(house: House, names: dict[str, Any], parent: Category | None = None) -> None:
    """Categories of the whole house's own organization, nested as the names are."""
    for place, (name, below) in enumerate(names.items()):
        row = Category(name=name, slug=name.lower().replace(" ", "-")[:100], parent=parent, position=place)
        row.path, row.depth = f"{parent.path if parent else ''}{row.pk}/", parent.depth + 1 if parent else 0
        with seeding(house.scope(house.root)):
            row.save(force_insert=True)
        grow(house, below, row)


def outline(house: House) -> list[tuple[str, str]]:
    """Names of living categories with their parents', in their order."""
    with reading(house.scope()):
        rows = Category.objects.filter(deleted_at__isnull=True).select_related("parent").order_by("depth", "position")
        return [(row.name, row.parent.name if row.parent else "") for row in rows]


def node(page: Page, name: str) -> Locator:
    return page.locator(f"[data-node][data-name='{name}']")


def row(page: Page, name: str) -> Locator:
    return node(page, name).locator("> [data-row]")


def drag(page: Page, name: str, onto: str, *, at: float) -> None:
    """Drag one to a part of another's row: 0 is its upper edge, 1 the lower one."""
    box = row(page, onto).bounding_box()
    assert box is not None
    target = {"x": box["width"] / 2, "y": box["height"] * at}
    row(page, name).locator("[data-grip]").drag_to(row(page, onto), target_position=target)  # type: ignore[arg-type]


def busy_tree(house: House) -> None:
    deep: dict[str, Any] = {"Level six": {}}
    for level in ("five", "four", "three"):
        deep = {f"Level {level}": deep}
    grow(
        house,
        {
            "Clothes": {"Shirts": {"T-shirts": {}, "Blouses": {}}, "Trousers": {}},
            "Things with a rather long name that does not fit into a single line of a telephone": deep,
            "Sale": {},
        },
    )
    with seeding(house.scope(house.root)):
        shirts = Category.objects.get(name="Shirts")
        Category.objects.filter(name="Sale").update(is_active=False)
        for number in range(3):
            product = Product(title=f"Shirt {number}")
            product.save(force_insert=True)
            CategoryAssignment(category=shirts, product=product, position=number).save(force_insert=True)


@pytest.mark.parametrize(
    ("size", "dark"), [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]
)
def test_it_is_fit_to_look_at(
    house: House, alice: Desk, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    look, page, faults = request.node.callspec.id, alice.page(size=size, dark=dark), list[str]()

    def judge(name: str) -> None:
        page.wait_for_load_state("networkidle")
        shoot(page, f"tree-{name}-{look}")
        faults.extend(faults_of(page, name))

    page.goto(TREE)
    judge("empty")
    busy_tree(house)
    page.goto(TREE)
    expect(page.get_by_text("3 products")).to_be_attached()
    judge("full")
    row(page, "Trousers").locator("summary").click()
    judge("menu")
    row(page, "Trousers").get_by_role("link", name="Rename").click()
    expect(page.locator(".ct-form input[name=name]")).to_be_focused()
    judge("rename")
    page.keyboard.press("Escape")
    row(page, "Trousers").locator("summary").click()
    row(page, "Trousers").get_by_role("link", name="Add one below").click()
    judge("add")
    page.goto("/backend/catalog/category/")
    judge("list")
    page.goto("/backend/catalog/category/add/")
    judge("form")
    assert not faults, "\n".join(faults)
    assert alice.complaints == []


def test_a_category_is_dragged_above_below_and_into_another(house: House, alice: Desk) -> None:
    grow(house, {"One": {"Inner": {}}, "Two": {}, "Three": {}})
    page = alice.page()
    page.goto(TREE)
    drag(page, "Three", "One", at=0.1)
    expect(page.get_by_text("“Three” was moved.")).to_be_visible()
    assert outline(house) == [("Three", ""), ("One", ""), ("Two", ""), ("Inner", "One")]
    drag(page, "One", "Two", at=0.5)
    expect(node(page, "Two").locator("[data-name='One']")).to_be_visible()
    assert outline(house) == [("Three", ""), ("Two", ""), ("One", "Two"), ("Inner", "One")]
    shoot(page, "tree-dragged")
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator("[data-children=root] > [data-name='One']")).to_be_visible()
    assert outline(house) == [("Three", ""), ("One", ""), ("Two", ""), ("Inner", "One")]
    drag(page, "Three", "Inner", at=0.9)
    expect(node(page, "One").locator("[data-name='Three']")).to_be_visible()
    assert outline(house) == [("One", ""), ("Two", ""), ("Inner", "One"), ("Three", "One")]
    assert alice.complaints == []


def test_a_category_is_not_dragged_into_itself(house: House, alice: Desk) -> None:
    grow(house, {"One": {"Inner": {}}})
    page = alice.page()
    page.goto(TREE)
    drag(page, "One", "Inner", at=0.5)
    page.wait_for_load_state("networkidle")
    assert outline(house) == [("One", ""), ("Inner", "One")]
    assert alice.complaints == []


def test_a_category_is_moved_by_keyboard_and_keeps_the_focus(house: House, alice: Desk) -> None:
    grow(house, {"One": {}, "Two": {}})
    page = alice.page()
    page.goto(TREE)
    menu = row(page, "Two").locator("summary")
    for tabs, after in (
        (1, [("Two", ""), ("One", "")]),  # up
        (1, [("One", ""), ("Two", "")]),  # down: nobody is above it
        (2, [("One", ""), ("Two", "One")]),  # into the one above
        (1, [("One", ""), ("Two", "")]),  # out
    ):
        menu.focus()
        page.keyboard.press("Enter")
        for _each in range(tabs):
            page.keyboard.press("Tab")
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.keyboard.press("Enter")
        expect(menu).to_be_focused()
        assert outline(house) == after
    assert alice.complaints == []


def test_a_category_is_named_and_added_in_its_row(house: House, alice: Desk) -> None:
    grow(house, {"One": {}})
    page = alice.page()
    page.goto(TREE)
    row(page, "One").locator("summary").click()
    row(page, "One").get_by_role("link", name="Rename").click()
    page.keyboard.type("First")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The category is called “First” now.")).to_be_visible()
    row(page, "First").locator("summary").click()
    row(page, "First").get_by_role("link", name="Add one below").click()
    page.keyboard.type("Inner")
    page.keyboard.press("Enter")
    expect(node(page, "First").locator("[data-name='Inner']")).to_be_visible()
    page.get_by_role("link", name="Add at the top").click()
    page.keyboard.type("Second")
    page.keyboard.press("Enter")
    expect(node(page, "Second")).to_be_visible()
    assert outline(house) == [("First", ""), ("Second", ""), ("Inner", "First")]
    assert alice.complaints == []


def test_levels_are_opened_and_closed_and_stay_so(house: House, alice: Desk) -> None:
    grow(house, {"One": {"Inner": {}}})
    page = alice.page()
    page.goto(TREE)
    page.get_by_role("link", name="Below One").click()
    expect(node(page, "Inner")).to_have_count(0)
    expect(page.get_by_role("link", name="Below One")).to_be_focused()
    page.reload()
    expect(node(page, "Inner")).to_have_count(0)
    page.keyboard.press("Tab")
    page.get_by_role("link", name="Below One").press("Enter")
    expect(node(page, "Inner")).to_be_visible()
    assert alice.complaints == []


def test_it_works_without_a_script(house: House, alice: Desk) -> None:
    grow(house, {"One": {}, "Two": {}})
    page = alice.page(scripts=False)
    page.goto(TREE)
    row(page, "Two").locator("summary").click()
    row(page, "Two").get_by_role("button", name="Up").click()
    expect(page.locator("[data-children=root] > li").first).to_have_attribute("data-name", "Two")
    assert outline(house) == [("Two", ""), ("One", "")]


@pytest.mark.parametrize(
    ("size", "dark"), [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]
)
def test_offers_are_fit_to_look_at(
    house: House, alice: Desk, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    look, page, faults = request.node.callspec.id, alice.page(size=size, dark=dark), list[str]()

    def judge(name: str) -> None:
        page.wait_for_load_state("networkidle")
        shoot(page, f"offers-{name}-{look}")
        faults.extend(faults_of(page, name))

    page.goto(OFFERS)
    judge("empty")
    web = make_channel(house, name="Web shop")
    with seeding(house.scope(house.root)):
        product = Product(title="Linen shirt", description="Of linen.")
        product.save(force_insert=True)
        times = [datetime(year, 5, 1, tzinfo=UTC) for year in (2020, 2021, 2040)]
        for title, start, end in (("Long ago", times[0], times[1]), ("Now", times[1], times[2])):
            Offer(product=product, title=title, starts_at=start, ends_at=end).save(force_insert=True)
        Offer(product=product, kind=OfferKind.LISTING, channel_id=web.pk).save(force_insert=True)
    page.goto(OFFERS)
    expect(page.get_by_text("Linen shirt").first).to_be_attached()
    judge("full")
    page.goto(f"{OFFERS}add/")
    judge("add")
    page.get_by_role("button", name="Save", exact=True).first.click()
    judge("wrong")
    assert not faults, "\n".join(faults)
    assert alice.complaints == []
