"""Products of a category in a browser: found while typing, dragged, moved by keyboard, taken out; a selection too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.catalog.models import Category, CategoryAssignment, Product
from apps.catalog.selectors import products_in
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.support.scopes import House, reading, seeding

pytestmark = [pytest.mark.browser, pytest.mark.committed]
PAGE, PRODUCTS = "/backend/catalog/category/products/", "/backend/catalog/product/"
LONG = "Linen shirt with a collar of another colour and a title that takes more than one line"


def category(house: House, name: str, parent: Category | None = None) -> Category:
    row = Category(name=name, parent=parent, depth=0 if parent is None else 1)
    row.path = f"{parent.path if parent else ''}{row.pk}/"
    with seeding(house.scope(house.root)):
        row.save(force_insert=True)
    return row


def fill(house: House, shelf: Category, *titles: str) -> list[Product]:
    found = [Product(title=title, sku=f"SKU-{place}") for place, title in enumerate(titles)]
    with seeding(house.scope(house.root)):
        for place, row in enumerate(found):
            row.save(force_insert=True)
            CategoryAssignment(category=shelf, product=row, position=place).save(force_insert=True)
    return found


def inside(house: House, shelf: Category) -> list[str]:
    with reading(house.scope()):
        return [row.product.title for row in products_in(shelf)]


def choose(page: Page, text: str, label: str) -> None:
    page.locator(".select2-search__field").first.click()
    page.keyboard.type(text)
    page.locator(".select2-results__option", has_text=label).first.click()


@pytest.mark.parametrize(
    ("size", "dark"), [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]
)
def test_it_is_fit_to_look_at(
    house: House, desk: Callable[..., Desk], size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    shirts, empty = category(house, "Shirts", category(house, "Clothes")), category(house, "Empty")
    fill(house, shirts, LONG, *(f"Blouse {number}" for number in range(103)))
    alice, look, faults = desk("*"), request.node.callspec.id, list[str]()
    page = alice.page(size=size, dark=dark)
    for name, address in {
        "full": f"{PAGE}?category={shirts.pk}",
        "last-page": f"{PAGE}?category={shirts.pk}&page=2",
        "empty": f"{PAGE}?category={empty.pk}",
    }.items():
        page.goto(address)
        shoot(page, f"category-products-{name}-{look}")
        faults += faults_of(page, name)
    page.get_by_role("button", name="Put in").click()
    expect(page.get_by_text("Choose a product.")).to_be_visible()
    shoot(page, f"category-products-wrong-{look}")
    faults += faults_of(page, "wrong")
    assert not faults, "\n".join(faults)
    assert alice.complaints == []


def test_products_are_found_while_one_types_and_dragged_into_order(house: House, desk: Callable[..., Desk]) -> None:
    shirts = category(house, "Shirts")
    fill(house, shirts, "One", "Two")
    with seeding(house.scope(house.root)):
        Product(title="Three", sku="SKU-3").save(force_insert=True)
    alice = desk("*")
    page = alice.page()
    page.goto(f"{PAGE}?category={shirts.pk}")
    choose(page, "Thr", "Three")
    page.get_by_role("button", name="Put in").click()
    expect(page.locator(".ag-messages")).to_contain_text("1 product was put in.")
    page.locator("[data-name=Three] [data-grip]").drag_to(
        page.locator("[data-name=One]"), target_position={"x": 300, "y": 3}
    )
    expect(page.locator("[data-rows] tr").first).to_have_attribute("data-name", "Three")
    page.get_by_label("Remove Two").check()
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator(".ag-messages")).to_contain_text("The products of “Shirts” were saved.")
    assert inside(house, shirts) == ["Three", "One"]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-rows] tr")).to_have_count(3)
    assert inside(house, shirts) == ["One", "Two", "Three"]
    assert alice.complaints == []


def test_rows_are_moved_by_keyboard(house: House, desk: Callable[..., Desk]) -> None:
    shirts = category(house, "Shirts")
    fill(house, shirts, "One", "Two", "Three")
    page = desk("*").page()
    page.goto(f"{PAGE}?category={shirts.pk}")
    page.get_by_label("Move Three up").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("[data-status]")).to_have_text("Three: place 1 of 3")
    expect(page.get_by_label("Move Three down")).to_be_focused()
    page.get_by_role("button", name="Save", exact=True).last.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".ag-messages")).to_contain_text("were saved")
    assert inside(house, shirts) == ["Three", "One", "Two"]


def test_a_selection_is_put_into_a_category(house: House, desk: Callable[..., Desk]) -> None:
    clothes = category(house, "Clothes")
    shirts, aside = category(house, "Shirts", clothes), category(house, "Aside")
    fill(house, aside, "One", "Two")
    alice, faults = desk("*"), list[str]()
    page = alice.page(size=PHONE)
    page.goto(PRODUCTS)
    for box in page.locator("input.action-select").all():
        box.check()
    page.locator("select[name=action]").select_option("put_into_category")
    page.locator("#changelist-actions button[type=submit]").first.click()
    expect(page.get_by_role("heading", name="Put 2 products into a category")).to_be_visible()
    faults += faults_of(page, "question")
    shoot(page, "put-into-category")
    page.locator(".select2-selection").click()
    page.keyboard.type("shi")
    page.locator(".select2-results__option", has_text="Clothes / Shirts").click()
    page.get_by_role("button", name="Put in").click()
    expect(page.locator(".ag-messages")).to_contain_text("2 products are in “Shirts” now.")
    assert inside(house, shirts) == ["One", "Two"]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".ag-messages").get_by_role("button", name="Redo")).to_be_visible()
    assert (inside(house, shirts), inside(house, aside)) == ([], ["One", "Two"])
    assert (faults, alice.complaints) == ([], [])
