"""Variants of a product in a browser: 24 are made of choices, edited in a grid, put in order; on a telephone too."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.catalog.models import Component, Product, Variant
from apps.catalog.selectors import components_of, relations_of
from apps.catalog.services import generate_variants
from apps.kernel.tenancy.scope import using_scope
from tests.browser.conftest import PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.catalog.factories import make_product, make_schema, make_variant, saved
from tests.support.scopes import House, reading

pytestmark = [pytest.mark.browser, pytest.mark.committed]
PAGE = "/backend/catalog/product/variants/"
PARTS, RELATED = "/backend/catalog/product/parts/", "/backend/catalog/product/related/"
COLOURS = ("Black", "White", "Navy", "Red", "Olive", "Sand")
SIZES = ("S", "M", "L", "XL")
OPTIONS: list[dict[str, Any]] = [
    {
        "code": code,
        "label": label,
        "input_type": "select",
        "is_required": True,
        "choices": [{"code": item.lower(), "label": item} for item in choices],
    }
    for code, label, choices in (("colour", "Colour", COLOURS), ("size", "Size", SIZES))
]


@pytest.fixture
def shirt(house: House) -> Product:
    schema = make_schema(house, options=OPTIONS)
    return make_product(house, "Linen shirt", option_schema=schema, product_type="configurable", sku="LINEN")


def stored(house: House, product: Product) -> list[Variant]:
    with reading(house.scope()):
        return list(Variant.objects.filter(product=product, deleted_at__isnull=True).order_by("position"))


def opened(page: Page, product: Product) -> None:
    page.goto(f"{PAGE}?product={product.pk}")


def save(page: Page) -> None:
    page.locator(".va-save button").click()


def test_24_variants_are_made(desk: Callable[..., Desk], house: House, shirt: Product) -> None:
    alice = desk("*")
    page = alice.page()
    opened(page, shirt)
    expect(page.locator("#va-preview")).to_contain_text("24 new variants")
    page.get_by_label("White").uncheck()
    expect(page.locator("#va-preview")).to_contain_text("20 new variants")
    for size in SIZES:
        page.get_by_label(size, exact=True).uncheck()
    expect(page.locator("#va-preview button").first).to_be_disabled()
    shoot(page, "variants-nothing-chosen")
    for size in SIZES:
        page.get_by_label(size, exact=True).check()
    page.get_by_label("White").check()
    expect(page.locator("#va-preview")).to_contain_text("24 new variants")
    shoot(page, "variants-empty")
    page.get_by_role("button", name="Make 24 variants").click()
    expect(page.locator("[data-rows] tr")).to_have_count(24)
    expect(page.locator(".ag-messages")).to_contain_text("24 variants were made.")
    rows = stored(house, shirt)
    assert [row.name for row in rows] == [f"{colour} / {size}" for colour in COLOURS for size in SIZES]
    assert (rows[0].sku, [row.pk for row in rows if row.is_default]) == ("LINEN-BLACK-S", [rows[0].pk])
    shoot(page, "variants-24")
    assert alice.complaints == []


def test_24_variants_are_edited_together(desk: Callable[..., Desk], house: House, shirt: Product) -> None:
    with using_scope(house.scope(house.root, house.north)):
        generate_variants(shirt.pk)
    alice = desk("*")
    page = alice.page()
    opened(page, shirt)
    page.get_by_label("SKU of White / M", exact=True).fill("WM")
    page.get_by_label("Barcode of White / M", exact=True).fill("4006381333932")
    page.get_by_label("Type of the barcode of White / M", exact=True).select_option("ean13")
    page.get_by_label("Black / L is active").uncheck()
    page.get_by_label("Navy / S is the default").check()
    save(page)
    expect(page.locator(".va-row--wrong")).to_have_count(1)
    expect(page.locator(".va-row--wrong")).to_contain_text("check digit")
    expect(page.get_by_label("SKU of White / M", exact=True)).to_have_value("WM")
    shoot(page, "variants-wrong")
    assert [row.version for row in stored(house, shirt)] == [1] * 24
    page.get_by_label("Barcode of White / M", exact=True).fill("4006381333931")
    page.get_by_label("Barcode of White / M", exact=True).press("Enter")
    expect(page.locator(".ag-messages")).to_contain_text("The variants were saved.")
    changed = {row.name: row for row in stored(house, shirt) if row.version > 1}
    assert sorted(changed) == ["Black / L", "Black / S", "Navy / S", "White / M"]
    assert (changed["White / M"].sku, changed["White / M"].barcode) == ("WM", "4006381333931")
    assert (changed["Black / L"].is_active, changed["Navy / S"].is_default) == (False, True)
    page.locator(".ag-message__undo, .ag-message button").first.click()
    expect(page.locator(".ag-messages")).to_be_visible()
    assert [row.sku for row in stored(house, shirt) if row.name == "White / M"] == ["LINEN-WHITE-M"]
    assert [text for text in alice.complaints if "400" not in text] == []


def test_rows_are_moved_by_keyboard_and_mouse(desk: Callable[..., Desk], house: House) -> None:
    product = make_product(house, "Cup")
    for place, name in enumerate(("One", "Two", "Three")):
        make_variant(house, product, name, position=place, is_default=place == 0)
    page = desk("*").page()
    opened(page, product)
    down = page.get_by_label("Move One down")
    down.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-status]")).to_have_text("One: place 2 of 3")
    expect(down).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Move One up")).to_be_focused()
    save(page)
    expect(page.locator(".ag-messages")).to_be_visible()
    assert [row.name for row in stored(house, product)] == ["Two", "Three", "One"]
    page.locator("tr[data-name=One] [data-grip]").drag_to(
        page.locator("tr[data-name=Two]"), target_position={"x": 40, "y": 4}
    )
    save(page)
    expect(page.locator(".ag-messages")).to_be_visible()
    assert [row.name for row in stored(house, product)] == ["One", "Two", "Three"]


def test_without_scripts_everything_is_a_button(desk: Callable[..., Desk], house: House, shirt: Product) -> None:
    page = desk("*").page(scripts=False)
    opened(page, shirt)
    for colour in COLOURS[2:]:
        page.get_by_label(colour).uncheck()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#va-preview")).to_contain_text("8 new variants")
    page.get_by_role("button", name="Make 8 variants").click()
    expect(page.locator("[data-rows] tr")).to_have_count(8)
    page.get_by_label("Move Black / S down").click()
    assert [row.name for row in stored(house, shirt)][:2] == ["Black / M", "Black / S"]


def test_somebody_who_only_looks_has_no_buttons(desk: Callable[..., Desk], house: House, shirt: Product) -> None:
    make_variant(house, shirt, "Black / S", option_values={"colour": "black", "size": "s"}, is_default=True)
    page = desk("catalog.products.view").page()
    opened(page, shirt)
    expect(page.get_by_label("Name of Black / S")).to_be_disabled()
    expect(page.locator("#content form button")).to_have_count(0)
    answer = page.request.post(f"{PAGE}?product={shirt.pk}", form={"action": "save"})
    assert answer.status == 403


def test_somebody_elses_change_is_not_overwritten_unseen(
    desk: Callable[..., Desk], house: House, shirt: Product
) -> None:
    make_variant(house, shirt, "Black / S", option_values={"colour": "black", "size": "s"}, is_default=True, sku="A")
    alice = desk("*")
    mine, other = alice.page(), alice.page()
    opened(mine, shirt)
    opened(other, shirt)
    other.get_by_label("SKU of Black / S").fill("OTHER")
    save(other)
    expect(other.locator(".ag-messages")).to_be_visible()
    mine.get_by_label("SKU of Black / S").fill("MINE")
    save(mine)
    expect(mine.locator(".va-row--wrong")).to_contain_text("Changed meanwhile")
    assert [row.sku for row in stored(house, shirt)] == ["OTHER"]
    shoot(mine, "variants-changed-meanwhile")
    save(mine)
    expect(mine.locator(".ag-messages")).to_be_visible()
    assert [row.sku for row in stored(house, shirt)] == ["MINE"]


def test_a_variant_is_entered_with_its_options(desk: Callable[..., Desk], house: House, shirt: Product) -> None:
    alice = desk("*")
    page = alice.page()
    page.goto(f"/backend/catalog/variant/add/?product={shirt.pk}")
    page.locator("[name='option_values.colour']").select_option("red")
    page.locator("[name='option_values.size']").select_option("xl")
    page.locator("[name='dimensions.width']").fill("12.5")
    page.fill("#id_barcode", "123")
    page.select_option("#id_barcode_type", "ean8")
    shoot(page, "variant-add")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#content")).to_contain_text("another length")
    shoot(page, "variant-wrong")
    page.fill("#id_barcode", "73513537")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".ag-messages")).to_be_visible()
    [row] = stored(house, shirt)
    assert (row.name, row.option_values, row.dimensions) == (
        "Red / XL",
        {"colour": "red", "size": "xl"},
        {"width": "12.5"},
    )
    page.goto(f"/backend/catalog/variant/{row.pk}/change/")
    expect(page.locator("[name='option_values.colour']")).to_have_value("red")
    page.locator("[name='option_values.colour']").select_option("navy")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".ag-messages")).to_be_visible()
    assert stored(house, shirt)[0].option_values == {"colour": "navy", "size": "xl"}
    assert [text for text in alice.complaints if "400" not in text] == []


@pytest.mark.parametrize("dark", [False, True])
def test_variants_on_a_telephone(desk: Callable[..., Desk], house: House, shirt: Product, dark: bool) -> None:
    for place, colour in enumerate(COLOURS):
        values = {"colour": colour.lower(), "size": "s"}
        make_variant(house, shirt, f"{colour} / S", option_values=values, position=place, is_default=place == 0)
    bare = make_product(house, "Cup")
    alice, faults = desk("*"), list[str]()
    page = alice.page(size=PHONE, dark=dark)
    for name, address in (
        ("variants", f"{PAGE}?product={shirt.pk}"),
        ("variants-no-options", f"{PAGE}?product={bare.pk}"),
        ("variants-no-product", PAGE),
        ("variant", f"/backend/catalog/variant/{stored(house, shirt)[0].pk}/change/"),
        ("variant-list", "/backend/catalog/variant/"),
        ("units", "/backend/catalog/unitconversion/"),
    ):
        page.goto(address)
        faults += faults_of(page, f"{name}-phone")
        shoot(page, f"{name}-phone-{'dark' if dark else 'light'}")
    assert faults == []
    assert alice.complaints == []


def find_and_add(page: Page, title: str, variant: str) -> None:
    page.get_by_placeholder("Title, SKU or handle").fill(title)
    page.get_by_role("button", name="Search", exact=True).click()
    if variant:
        page.get_by_label(f"Variant of {title}").select_option(label=variant)
    page.get_by_role("button", name=f"Add {title}").click()
    expect(page.locator(".ag-messages")).to_contain_text("is a part of it now")


def test_a_bundle_is_put_together(desk: Callable[..., Desk], house: House) -> None:
    bundle, cup, _plate = (
        make_product(house, title, product_type=kind)
        for title, kind in (("Breakfast", "bundle"), ("Cup", "configurable"), ("Plate", "simple"))
    )
    make_variant(house, cup, "Blue")
    alice = desk("*")
    page = alice.page()
    page.goto(f"{PARTS}?product={bundle.pk}")
    shoot(page, "parts-empty")
    for title, variant in (("Cup", "Blue"), ("Plate", "")):
        find_and_add(page, title, variant)
    page.get_by_label("Quantity of Cup – Blue").fill("0")
    page.get_by_label("At least of Plate").fill("many")
    page.locator(".va-save button").click()
    expect(page.locator(".va-row--wrong")).to_contain_text("Enter a number.")
    page.get_by_label("At least of Plate").fill("1")
    page.locator(".va-save button").click()
    expect(page.locator(".va-row--wrong")).to_contain_text("This has to be more than zero.")
    shoot(page, "parts-wrong")
    page.get_by_label("Quantity of Cup – Blue").fill("2.5")
    page.get_by_label("Move Plate up").click()
    page.get_by_label("Plate is optional").check()
    page.locator(".va-save button").click()
    expect(page.locator(".ag-messages")).to_contain_text("The parts were saved.")
    shoot(page, "parts")
    with reading(house.scope()):
        rows = [(str(row), row.quantity, row.min_quantity, row.is_optional) for row in components_of(bundle.pk)]
    assert rows == [("Plate", 1, 1, True), ("Blue", Decimal("2.5"), None, False)]
    page.get_by_label("Remove Plate").check()
    page.locator(".va-save button").click()
    expect(page.locator("[data-rows] tr")).to_have_count(1)
    page.goto(f"{PARTS}?product={bundle.pk}&q=Plate")
    page.get_by_role("button", name="Add Plate").click()
    expect(page.locator("[data-rows] tr")).to_have_count(2)
    assert [text for text in alice.complaints if "400" not in text] == []


def test_related_products_are_chosen(desk: Callable[..., Desk], house: House) -> None:
    shirt, tie = make_product(house, "Shirt"), make_product(house, "Tie")
    alice, faults = desk("*"), list[str]()
    page = alice.page()
    page.goto(f"{RELATED}?product={shirt.pk}&q=Tie")
    page.get_by_label("What Tie is to this product").select_option("accessory")
    shoot(page, "related-empty")
    page.get_by_role("button", name="Add Tie").click()
    expect(page.locator("[data-rows] tr")).to_have_count(1)
    page.get_by_label("What Tie is to this product").select_option("upsell")
    page.locator(".va-save button").click()
    expect(page.locator(".ag-messages")).to_contain_text("The related products were saved.")
    with reading(house.scope()):
        assert [(row.related_id, row.kind) for row in relations_of(shirt.pk)] == [(tie.pk, "upsell")]
    bundle = make_product(house, "Set", product_type="bundle")
    saved(house, Component(parent=bundle, product=tie))
    small = alice.page(size=PHONE, dark=True)
    for name, address in (
        ("related", f"{RELATED}?product={shirt.pk}&q=Shirt"),
        ("parts", f"{PARTS}?product={bundle.pk}&q=Tie"),
        ("parts-none", f"{PARTS}?product={shirt.pk}"),
        ("parts-no-product", PARTS),
    ):
        small.goto(address)
        faults += faults_of(small, f"{name}-phone")
        shoot(small, f"{name}-phone-dark")
    assert faults == []
    assert alice.complaints == []
