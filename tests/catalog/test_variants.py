"""Variants over HTTP: values and codes, the default one, order, archive, and what keeps them from being deleted."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.catalog.models import Component, Product, Variant
from apps.catalog.services import create_variant, make_default_variant
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import PlatformError
from apps.kernel.tenancy.scope import using_scope
from tests.catalog.factories import make_product, make_schema, make_variant, saved, seller
from tests.directory.callers import complaints, send
from tests.support.crowds import all_at_once
from tests.support.scopes import House, reading

VARIANTS = "/api/catalog/variants/"
BLUE_L = {"size": "l", "colour": "blue"}


@pytest.fixture
def shirt(house: House) -> Product:
    return make_product(house, option_schema=make_schema(house), product_type="configurable", sku="SHIRT")


def made(bob: Client, product: Product, **values: Any) -> dict[str, Any]:
    answer = send(bob, "post", VARIANTS, {"product_id": str(product.pk), **values})
    assert answer.status_code == 201, answer.content
    record: dict[str, Any] = answer.json()
    return record


def of_product(house: House, product: Product) -> list[tuple[str, bool]]:
    with reading(house.scope()):
        rows = Variant.objects.filter(product=product, deleted_at__isnull=True).order_by("position")
        return [(row.name, row.is_default) for row in rows]


def test_a_variant_is_called_by_its_values_and_the_first_is_the_default(bob: Client, shirt: Product) -> None:
    first = made(bob, shirt, option_values={"colour": "blue", "size": " l "})
    assert (first["name"], first["option_values"], first["is_default"]) == ("L / Blue", BLUE_L, True)
    second = made(bob, shirt, option_values={"size": "s", "colour": "red"}, name=" Small  red ")
    assert (second["name"], second["is_default"], second["position"]) == ("Small red", False, 1)
    listed = bob.get(VARIANTS, {"product_id": str(shirt.pk), "is_default": "true"}).json()
    assert [row["id"] for row in listed["results"]] == [first["id"]]
    assert bob.get(VARIANTS, {"q": "Small"}).json()["count"] == 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"size": "l"}, {"option_values.colour": "catalog.option.required"}),
        ({"size": "xxl", "colour": "blue"}, {"option_values.size": "catalog.option.choice"}),
        ({"size": 3, "colour": "blue"}, {"option_values.size": "catalog.option.type"}),
        ({**BLUE_L, "cut": "wide"}, {"option_values.cut": "catalog.option.unknown"}),
        ([], {"option_values": "not_an_object"}),
    ],
)
def test_values_that_are_none_of_the_schema_are_refused(
    bob: Client, house: House, shirt: Product, values: Any, expected: dict[str, str]
) -> None:
    answer = send(bob, "post", VARIANTS, {"product_id": str(shirt.pk), "option_values": values})
    assert (answer.status_code, complaints(answer)) == (400, expected)
    assert of_product(house, shirt) == []


def test_a_product_without_options_has_variants_without_values(bob: Client, house: House) -> None:
    product = make_product(house)
    answer = send(bob, "post", VARIANTS, {"product_id": str(product.pk), "name": "X", "option_values": {"size": "l"}})
    assert complaints(answer) == {"option_values.size": "catalog.option.unknown"}
    assert send(bob, "post", VARIANTS, {"product_id": str(product.pk)}).json()["name"] == product.title
    assert [made(bob, product, name=name)["name"] for name in ("One", "Two")] == ["One", "Two"]


def test_a_combination_is_there_once(bob: Client, house: House, shirt: Product) -> None:
    made(bob, shirt, option_values=BLUE_L)
    red = made(bob, shirt, option_values={"size": "l", "colour": "red"})
    again = {"product_id": str(shirt.pk), "option_values": {"colour": "blue", "size": "l"}}
    answer = send(bob, "post", VARIANTS, again)
    assert (answer.status_code, answer.json()["code"]) == (409, "catalog.variant.combination_taken")
    assert complaints(answer) == {"option_values": "catalog.variant.combination_taken"}
    changed = send(bob, "patch", f"{VARIANTS}{red['id']}/", {"option_values": BLUE_L})
    assert (changed.status_code, changed.json()["code"]) == (409, "catalog.variant.combination_taken")
    assert of_product(house, shirt) == [("L / Blue", True), ("L / Red", False)]


@pytest.mark.committed
def test_of_many_equal_combinations_at_once_one_is_made(house: House, shirt: Product) -> None:
    with using_scope(house.scope(house.north)):
        answers = all_at_once(8, lambda _n: create_variant(product_id=shirt.pk, option_values=BLUE_L))
    refused = [answer for answer in answers if isinstance(answer, PlatformError)]
    assert {error.code for error in refused} == {"catalog.variant.combination_taken"}
    assert (len(refused), of_product(house, shirt)) == (7, [("L / Blue", True)])


@pytest.mark.committed
def test_whoever_makes_defaults_at_once_one_is_left(house: House) -> None:
    product = make_product(house)
    rows = [make_variant(house, product, f"V{n}", position=n, is_default=n == 0) for n in range(6)]
    with using_scope(house.scope(house.north)):
        answers = all_at_once(6, lambda n: make_default_variant(rows[n].pk))
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert [is_default for _name, is_default in of_product(house, product)].count(True) == 1


def test_the_default_is_given_and_never_just_taken(bob: Client, house: House) -> None:
    product = make_product(house)
    first, second = made(bob, product, name="One")["id"], made(bob, product, name="Two", is_default=True)["id"]
    assert of_product(house, product) == [("One", False), ("Two", True)]
    answer = send(bob, "patch", f"{VARIANTS}{second}/", {"is_default": False})
    assert complaints(answer) == {"is_default": "catalog.variant.default_needed"}
    assert send(bob, "post", f"{VARIANTS}{first}/make-default/", {}).json()["is_default"] is True
    assert send(bob, "patch", f"{VARIANTS}{second}/", {"is_default": True, "position": 0}).status_code == 200
    assert of_product(house, product) == [("Two", True), ("One", False)]


def test_making_a_default_is_undone_as_a_whole(house: House) -> None:
    product = make_product(house)
    make_variant(house, product, "One", is_default=True)
    second = make_variant(house, product, "Two", position=1)
    with using_scope(house.scope(house.north)):
        with collecting_actions() as actions:
            make_default_variant(second.pk)
        assert of_product(house, product) == [("One", False), ("Two", True)]
        undo(actions[-1])
    assert of_product(house, product) == [("One", True), ("Two", False)]


def test_of_a_default_that_goes_the_next_in_sale_takes_the_place(bob: Client, house: House) -> None:
    product = make_product(house)
    ids = [made(bob, product, name=name)["id"] for name in ("One", "Two", "Three")]
    archived = send(bob, "post", f"{VARIANTS}{ids[0]}/archive/", {}).json()
    assert (archived["archived_at"] is not None, archived["is_default"]) == (True, False)
    assert of_product(house, product)[1] == ("Two", True)
    assert send(bob, "delete", f"{VARIANTS}{ids[1]}/").status_code == 204
    assert of_product(house, product) == [("One", False), ("Three", True)]
    refused = send(bob, "post", f"{VARIANTS}{ids[0]}/make-default/", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "catalog.variant.archived")
    assert send(bob, "post", f"{VARIANTS}{ids[0]}/archive/", {}).json()["code"] == "catalog.variant.archived"
    assert send(bob, "post", f"{VARIANTS}{ids[0]}/unarchive/", {}).json()["archived_at"] is None
    assert send(bob, "post", f"{VARIANTS}{ids[0]}/unarchive/", {}).json()["code"] == "catalog.variant.not_archived"


def test_an_archived_default_gives_way_to_whoever_comes(bob: Client, house: House, shirt: Product) -> None:
    def archived(**values: str) -> str:
        record = made(bob, shirt, option_values={"size": "l", **values})
        assert send(bob, "post", f"{VARIANTS}{record['id']}/archive/", {}).json()["is_default"] is True
        return str(record["id"])

    first = archived(colour="blue")
    second = archived(colour="red")
    assert of_product(house, shirt) == [("L / Blue", False), ("L / Red", True)]
    assert send(bob, "post", f"{VARIANTS}{first}/unarchive/", {}).json()["is_default"] is True
    for item in (second, first):
        send(bob, "post", f"{VARIANTS}{item}/archive/", {})
    options = {"options": {"size": ["s"], "colour": ["red"]}}
    assert send(bob, "post", f"/api/catalog/products/{shirt.pk}/variants/generate/", options).status_code == 201
    assert of_product(house, shirt) == [("L / Blue", False), ("L / Red", False), ("S / Red", True)]


def test_a_barcode_is_judged_as_it_will_be(bob: Client, house: House) -> None:
    product = make_product(house)
    record = made(bob, product, name="One", barcode="not typed")
    path = f"{VARIANTS}{record['id']}/"
    assert complaints(send(bob, "patch", path, {"barcode_type": "ean13"})) == {"barcode": "catalog.barcode.format"}
    wrong = send(bob, "patch", path, {"barcode_type": "ean13", "barcode": "4006381333932"})
    assert complaints(wrong) == {"barcode": "catalog.barcode.check_digit"}
    right = send(bob, "patch", path, {"barcode_type": "ean13", "barcode": " 4 006381 333931"}).json()
    assert (right["barcode_type"], right["barcode"]) == ("ean13", "4006381333931")
    assert complaints(send(bob, "patch", path, {"barcode": ""})) == {"barcode": "catalog.barcode.missing"}
    assert complaints(send(bob, "patch", path, {"barcode_type": "isbn"})) == {"barcode": "catalog.barcode.format"}


def test_skus_and_typed_barcodes_are_there_once_and_untyped_may_repeat(bob: Client, house: House) -> None:
    product = make_product(house)
    codes = {"sku": "Blue-L", "barcode": "4006381333931", "barcode_type": "ean13"}
    made(bob, product, name="One", **codes)
    answer = send(bob, "post", VARIANTS, {"product_id": str(product.pk), "name": "Two", **codes, "sku": "BLUE-l"})
    assert (answer.status_code, complaints(answer)) == (409, {"sku": "kernel.duplicate", "barcode": "kernel.duplicate"})
    bad = send(bob, "post", VARIANTS, {"product_id": str(product.pk), "name": "Two", "sku": "a b"})
    assert (bad.status_code, list(complaints(bad))) == (400, ["sku"])
    assert [made(bob, product, name=name, barcode="same")["barcode"] for name in ("A", "B")] == ["same", "same"]


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ({"width": "10.50", "height": 3, "unit": " cm "}, {"width": "10.5", "height": "3", "unit": "cm"}),
        ({"width": "0"}, {"width": "0"}),
        ({"depth": 1.25}, {"depth": "1.25"}),
    ],
)
def test_dimensions_have_one_form(bob: Client, house: House, given: Any, stored: Any) -> None:
    assert made(bob, make_product(house), name="One", dimensions=given)["dimensions"] == stored


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"width": "-1"}, "dimensions.width"),
        ({"width": "wide"}, "dimensions.width"),
        ({"height": "NaN"}, "dimensions.height"),
        ({"depth": "1.23456"}, "dimensions.depth"),
        ({"depth": "1e999"}, "dimensions.depth"),
        ({"width": True}, "dimensions.width"),
        ({"length": 3}, "dimensions.length"),
        ({"unit": 3}, "dimensions.unit"),
        ({"unit": "x" * 26}, "dimensions.unit"),
        ([1], "dimensions"),
    ],
)
def test_dimensions_that_are_none_are_refused(bob: Client, house: House, given: Any, field: str) -> None:
    answer = send(bob, "post", VARIANTS, {"product_id": str(make_product(house).pk), "name": "X", "dimensions": given})
    assert (answer.status_code, list(complaints(answer))) == (400, [field])


def test_a_part_of_a_bundle_is_not_deleted(bob: Client, house: House) -> None:
    product, bundle = make_product(house), make_product(house, product_type="bundle")
    variant = make_variant(house, product)
    saved(house, Component(parent=bundle, product=product, variant=variant))
    answer = send(bob, "delete", f"{VARIANTS}{variant.pk}/")
    assert (answer.status_code, answer.json()["code"], answer.json()["count"]) == (409, "catalog.variant.in_bundles", 1)


def test_variants_are_put_in_order_by_naming_all_of_them(bob: Client, house: House) -> None:
    product = make_product(house)
    ids = [made(bob, product, name=name)["id"] for name in ("A", "B", "C")]
    path = f"/api/catalog/products/{product.pk}/variants/order/"
    answer = send(bob, "post", path, {"variant_ids": [ids[2], ids[0], ids[1]]})
    assert [row["name"] for row in answer.json()["results"]] == ["C", "A", "B"]
    refused = send(bob, "post", path, {"variant_ids": ids[:2]})
    assert complaints(refused) == {"variant_ids": "catalog.product.variant_order_incomplete"}
    assert [name for name, _ in of_product(house, product)] == ["C", "A", "B"]


def test_who_lacks_the_feature_and_who_is_elsewhere_changes_nothing(house: House, shirt: Product) -> None:
    body = {"product_id": str(shirt.pk), "option_values": BLUE_L}
    assert send(seller(house, "catalog.products.manage"), "post", VARIANTS, body).status_code == 403
    elsewhere = send(seller(house, organization=house.south), "post", VARIANTS, body)
    assert complaints(elsewhere) == {"product_id": "kernel.reference.unknown"}
    assert of_product(house, shirt) == []
