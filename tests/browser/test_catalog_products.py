"""Products, option schemas and tags in a browser, by mouse and by keyboard, at a desk and on a telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.catalog.models import OptionSchema, Product, ProductTag
from tests.browser.conftest import PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.catalog.factories import make_category, make_product, make_schema, make_tag
from tests.support.scopes import House, reading, seeding

pytestmark = [pytest.mark.browser, pytest.mark.committed]
PRODUCTS, SCHEMAS, TAGS = (f"/backend/catalog/{name}/" for name in ("product", "optionschema", "producttag"))


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def test_a_product_is_entered(desk: Callable[..., Desk], house: House) -> None:
    with seeding(house.scope(house.root)):
        ProductTag(label="Novelty", slug="novelty").save(force_insert=True)
    alice = desk("*")
    page = alice.page()
    page.goto(PRODUCTS)
    shoot(page, "products-empty")
    page.goto(f"{PRODUCTS}add/")
    shoot(page, "product-add")
    page.fill("#id_title", "Linen shirt")
    page.fill("#id_sku", "S-1")
    page.fill("#id_sales_unit", "box")
    page.get_by_label("Tags").last.click()
    page.locator(".select2-search__field").last.fill("Nov")
    page.locator(".select2-results__option", has_text="Novelty").click()
    page.get_by_text("Size and weight", exact=True).click()
    page.get_by_label("Width", exact=True).fill("20.5")
    page.get_by_text("Orders", exact=True).click()
    page.fill("#id_min_order_quantity", "5")
    page.fill("#id_max_order_quantity", "4")
    save(page)
    expect(page.get_by_text("A sales unit needs a base unit.")).to_be_visible()
    expect(page.get_by_text("This comes before the beginning of its range.")).to_be_visible()
    shoot(page, "product-wrong")
    page.fill("#id_unit", "pc")
    page.fill("#id_max_order_quantity", "6")
    save(page)
    expect(page.locator(".ag-messages")).to_be_visible()
    with reading(house.scope()):
        product = Product.objects.get()
    assert (product.sku, product.max_order_quantity, product.dimensions) == ("S-1", 6, {"width": "20.5"})
    page.goto(PRODUCTS)
    expect(page.get_by_text("Novelty").first).to_be_visible()
    shoot(page, "products-one")
    assert [text for text in alice.complaints if "400" not in text] == []


def test_options_are_edited_by_keyboard(desk: Callable[..., Desk], house: House) -> None:
    alice = desk("*")
    page = alice.page()
    page.goto(f"{SCHEMAS}add/")
    shoot(page, "schema-empty")
    page.fill("#id_name", "Clothing")
    page.get_by_role("button", name="Add an option").press("Enter")
    page.keyboard.type("Size")
    page.get_by_label("Option 1, Choice 1: Label").fill("S")
    page.keyboard.press("Enter")
    page.keyboard.type("L")
    page.keyboard.press("Enter")
    page.keyboard.type("s")
    page.get_by_label("Every variant has to have it").check()
    save(page)
    expect(page.locator(".ct-told")).to_have_text("This code stands here twice.")
    expect(page.get_by_label("Option 1, Choice 3: Code")).to_have_attribute("aria-invalid", "true")
    shoot(page, "schema-wrong")
    page.get_by_label("Option 1, Choice 3: Label").fill("XL")
    page.get_by_label("Option 1, Choice 3: Code").fill("")
    page.get_by_role("button", name="Move up: Option 1, Choice 3").press("Enter")
    expect(page.get_by_role("button", name="Move up: Option 1, Choice 2")).to_be_focused()
    page.get_by_role("button", name="Add an option").press("Enter")
    page.keyboard.type("Engraving")
    page.get_by_label("Value").last.select_option("text")
    page.get_by_role("button", name="Move up: Option 2").press("Enter")
    save(page)
    expect(page.locator(".ag-messages")).to_be_visible()
    with reading(house.scope()):
        text, size = OptionSchema.objects.get().options
    assert (text["code"], text["input_type"], text["choices"]) == ("engraving", "text", [])
    assert ([choice["code"] for choice in size["choices"]], size["is_required"]) == (["s", "xl", "l"], True)
    assert [text for text in alice.complaints if "400" not in text] == []


def test_an_option_is_taken_away(desk: Callable[..., Desk], house: House) -> None:
    schema = make_schema(house)
    alice = desk("*")
    page = alice.page()
    page.goto(f"{SCHEMAS}{schema.pk}/change/")
    page.get_by_role("button", name="Remove: Option 1", exact=True).press("Enter")
    expect(page.get_by_label("Label", exact=True)).to_be_focused()
    shoot(page, "schema-full")
    save(page)
    expect(page.locator(".ag-messages")).to_be_visible()
    with reading(house.scope()):
        assert [option["code"] for option in OptionSchema.objects.get().options] == ["colour"]
    assert alice.complaints == []


def test_options_can_be_edited_without_scripts(desk: Callable[..., Desk], house: House) -> None:
    page = desk("*").page(scripts=False)
    page.goto(f"{SCHEMAS}add/")
    page.fill("#id_name", "Clothing")
    page.fill("#id_options", '[{"label": "Engraving", "input_type": "text"}]')
    save(page)
    with reading(house.scope()):
        assert OptionSchema.objects.get().options[0]["code"] == "engraving"


def test_a_tag_is_merged_into_another(desk: Callable[..., Desk], house: House) -> None:
    gone, kept = make_tag(house, "Nwe"), make_tag(house, "New")
    alice = desk("*")
    page = alice.page()
    page.goto(TAGS)
    shoot(page, "tags")
    page.goto(f"{TAGS}{gone.pk}/do/merge/")
    page.get_by_label("The tag that stays").last.click()
    page.locator(".select2-search__field").last.fill("New")
    page.locator(".select2-results__option", has_text=kept.label).click()
    shoot(page, "tag-merge")
    page.locator(".ag-form-buttons button").click()
    expect(page.locator(".ag-messages")).to_contain_text("done")
    expect(page.get_by_role("link", name="Nwe", exact=True)).to_have_count(0)
    assert alice.complaints == []


@pytest.mark.parametrize("dark", [False, True])
def test_the_catalog_on_a_telephone(desk: Callable[..., Desk], house: House, dark: bool) -> None:
    schema = make_schema(house)
    product = make_product(
        house,
        "Linen shirt with long sleeves and a collar of another colour",
        option_schema=schema,
        dimensions={"width": "20.5"},
    )
    make_category(house)
    tag = make_tag(house)
    alice, faults = desk("*"), list[str]()
    page = alice.page(size=PHONE, dark=dark)
    for name, address in (
        ("products", PRODUCTS),
        ("product", f"{PRODUCTS}{product.pk}/change/"),
        ("product-add", f"{PRODUCTS}add/"),
        ("product-archive", f"{PRODUCTS}{product.pk}/do/archive/"),
        ("schemas", SCHEMAS),
        ("schema", f"{SCHEMAS}{schema.pk}/change/"),
        ("tags", TAGS),
        ("tag", f"{TAGS}{tag.pk}/change/"),
        ("tag-merge", f"{TAGS}{tag.pk}/do/merge/"),
    ):
        page.goto(address)
        for group in page.locator("fieldset details").all():
            group.evaluate("item => { item.open = true; }")
        faults += faults_of(page, f"{name}-phone")
        shoot(page, f"catalog-{name}-phone-{'dark' if dark else 'light'}")
    assert faults == []
    assert alice.complaints == []


CLIPPED = """
() => [...document.querySelectorAll('#result_list .data-row > :is(td, th)')]
  .filter(cell => cell.scrollHeight > cell.clientHeight + 1 || cell.scrollWidth > cell.clientWidth + 1)
  .map(cell => cell.textContent.trim())
"""


def test_long_values_of_a_list_wrap_on_a_telephone(desk: Callable[..., Desk], house: House) -> None:
    title = "A linen shirt with a title that takes several lines of a telephone, and then one more to be sure of it"
    with seeding(house.scope(house.root)):
        Product(title=title, sku=f"SKU-{'0123456789' * 9}").save(force_insert=True)
    page = desk("*").page(size=PHONE)
    page.goto("/backend/catalog/product/")
    expect(page.get_by_role("link", name=title, exact=True)).to_be_visible()
    shoot(page, "catalog-long-values-phone")
    assert page.evaluate(CLIPPED) == []
