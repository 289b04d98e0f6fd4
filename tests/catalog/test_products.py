"""Products over HTTP: what is kept, what is refused, what is found, what goes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.catalog.models import Component, OptionSchema, Product, Variant
from apps.catalog.selectors import product_by_sku
from tests.catalog.factories import (
    make_category,
    make_conversion,
    make_kind,
    make_price,
    make_product,
    make_schema,
    make_tag,
    make_variant,
    saved,
    seller,
)
from tests.dictionaries.factories import make_dictionary
from tests.directory.callers import complaints, send
from tests.entities.factories import make_field
from tests.support.scopes import House, reading

PRODUCTS = "/api/catalog/products/"
HALF = "catalog.product.unit_price_incomplete"
NOBODY = "01a2056d-6f6b-75e5-baed-229d1661d77d"


def at(product: Product | dict[str, Any]) -> str:
    return f"{PRODUCTS}{product['id'] if isinstance(product, dict) else product.pk}/"


def made(bob: Client, **values: Any) -> dict[str, Any]:
    answer = send(bob, "post", PRODUCTS, {"title": "Shirt", **values})
    assert answer.status_code == 201, answer.content
    record: dict[str, Any] = answer.json()
    return record


def titles(bob: Client, **asked: Any) -> list[str]:
    answer = bob.get(PRODUCTS, asked)
    assert answer.status_code == 200, answer.content
    return [row["title"] for row in answer.json()["results"]]


def undone(bob: Client, answer: Any) -> Any:
    return send(bob, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {})


FULL: dict[str, Any] = {
    "title": "Wine",
    "subtitle": "Dry",
    "description": "Red.",
    "sku": "W-1.0_x",
    "handle": "wine",
    "product_type": "bundle",
    "is_active": False,
    "primary_currency": "EUR",
    "unit": "bottle",
    "sales_unit": "box",
    "sales_unit_quantity": "2.500000",
    "rounding_places": 0,
    "rounding_mode": "up",
    "shows_unit_price": True,
    "unit_price_reference": "l",
    "unit_price_quantity": "0.750000",
    "weight": "1.2500",
    "weight_unit": "kg",
    "dimensions": {"width": "8", "height": "30.5", "unit": "cm"},
    "country_of_origin": "FR",
    "pkwiu_code": "11.02.12",
    "cn_code": "2204 21",
    "hs_code": "2204.21",
    "tax_classification_code": "A1",
    "gtu_codes": ["GTU_01"],
    "age_min": 18,
    "is_excise_good": True,
    "excise_category": "alcohol",
    "requires_prescription": False,
    "hazmat_class": "3",
    "un_number": "UN1170",
    "packing_group": "II",
    "contains_lithium_battery": False,
    "launch_at": "2026-01-01T00:00:00Z",
    "end_of_life_at": "2026-01-01T00:00:00Z",
    "available_from": "2026-01-01T00:00:00Z",
    "available_until": "2027-01-01T00:00:00Z",
    "min_order_quantity": 1,
    "max_order_quantity": 6,
    "order_quantity_step": 6,
    "requires_shipping": True,
    "is_quote_only": True,
    "seo_title": "Wine from France",
    "seo_description": "Dry red wine.",
    "canonical_url": "https://shop.example/wine",
}


def test_everything_that_is_sent_is_kept_and_shown(bob: Client) -> None:
    answer = send(bob, "post", PRODUCTS, FULL)
    assert answer.status_code == 201, answer.content
    shown = bob.get(answer["Location"]).json()
    assert {name: shown[name] for name in FULL} == FULL
    [listed] = bob.get(PRODUCTS).json()["results"]
    assert {name: listed[name] for name in FULL} == FULL
    assert (shown["archived_at"], shown["tag_ids"], shown["category_ids"]) == (None, [], [])


def test_a_name_is_taken_for_the_title(bob: Client) -> None:
    answer = send(bob, "post", PRODUCTS, {"name": "  Linen   shirt "})
    assert (answer.status_code, answer.json()["title"]) == (201, "Linen shirt")
    assert send(bob, "patch", at(answer.json()), {"name": "Silk shirt"}).json()["title"] == "Silk shirt"
    assert complaints(send(bob, "post", PRODUCTS, {"name": "A", "title": "B"})) == {"name": "unknown"}
    assert complaints(send(bob, "post", PRODUCTS, {"sku": "A"})) == {"title": "required"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"un_number": "1950"}, {"un_number": "UN1950"}),
        ({"un_number": " un 1950 "}, {"un_number": "UN1950"}),
        ({"country_of_origin": "de"}, {"country_of_origin": "DE"}),
        ({"primary_currency": "pln"}, {"primary_currency": "PLN"}),
        ({"handle": "Blue-Shirt"}, {"handle": "blue-shirt"}),
        ({"gtu_codes": ["GTU_13", "gtu_02", "GTU_13"]}, {"gtu_codes": ["GTU_02", "GTU_13"]}),
        ({"dimensions": {"width": 1.50, "depth": None, "unit": ""}}, {"dimensions": {"width": "1.5"}}),
        ({"sku": "  A-1 "}, {"sku": "A-1"}),
        ({"min_order_quantity": 3, "max_order_quantity": 3}, {"min_order_quantity": 3, "max_order_quantity": 3}),
    ],
)
def test_values_are_kept_in_their_normal_form(bob: Client, given: dict[str, Any], kept: dict[str, Any]) -> None:
    record = made(bob, **given)
    assert {name: record[name] for name in kept} == kept


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"title": ""}, "title", "blank"),
        ({"title": "   "}, "title", "blank"),
        ({"title": "x" * 256}, "title", "max_length"),
        ({"sku": "a b"}, "sku", "invalid"),
        ({"handle": "a b"}, "handle", "invalid"),
        ({"product_type": "kit"}, "product_type", "invalid_choice"),
        ({"un_number": "195"}, "un_number", "invalid"),
        ({"country_of_origin": "D1"}, "country_of_origin", "invalid"),
        ({"gtu_codes": ["GTU_14"]}, "gtu_codes.0", "invalid"),
        ({"age_min": 121}, "age_min", "max_value"),
        ({"age_min": -1}, "age_min", "min_value"),
        ({"weight": "-1"}, "weight", "min_value"),
        ({"weight": "1.23456"}, "weight", "max_decimal_places"),
        ({"weight": "1e999"}, "weight", "max_digits"),
        ({"weight": "1234567890123"}, "weight", "max_whole_digits"),
        ({"weight": "1,5"}, "weight", "invalid"),
        ({"rounding_places": 7}, "rounding_places", "max_value"),
        ({"sales_unit_quantity": "0"}, "sales_unit_quantity", "min_value"),
        ({"sales_unit_quantity": None}, "sales_unit_quantity", "null"),
        ({"sales_unit": "box"}, "unit", "catalog.uom.default_unit_missing"),
        (
            {"shows_unit_price": True, "unit_price_quantity": "1"},
            "unit_price_reference",
            "catalog.product.unit_price_incomplete",
        ),
        (
            {"shows_unit_price": True, "unit_price_reference": "kg"},
            "unit_price_quantity",
            "catalog.product.unit_price_incomplete",
        ),
        ({"unit_price_quantity": "0"}, "unit_price_quantity", "min_value"),
        ({"excise_category": "fuel"}, "excise_category", "catalog.product.no_excise"),
        ({"min_order_quantity": 0}, "min_order_quantity", "min_value"),
        ({"min_order_quantity": 5, "max_order_quantity": 4}, "max_order_quantity", "catalog.product.out_of_order"),
        ({"canonical_url": "javascript:alert(1)"}, "canonical_url", "invalid"),
        ({"dimensions": {"width": "-1"}}, "dimensions.width", "min_value"),
        ({"dimensions": {"colour": "1"}}, "dimensions.colour", "unknown"),
        ({"tag_ids": [NOBODY]}, "tag_ids.0", "kernel.reference.unknown"),
        ({"category_ids": [NOBODY]}, "category_ids.0", "kernel.reference.unknown"),
        ({"option_schema_id": NOBODY}, "option_schema_id", "kernel.reference.unknown"),
        ({"tax_class_id": NOBODY}, "tax_class_id", "kernel.reference.unknown"),
        ({"archived_at": "2026-01-01T00:00:00Z"}, "archived_at", "read_only"),
        ({"colour": "red"}, "colour", "unknown"),
    ],
)
def test_what_is_wrong_is_refused_on_its_field(bob: Client, given: dict[str, Any], field: str, code: str) -> None:
    answer = send(bob, "post", PRODUCTS, {"title": "Shirt", **given})
    assert answer.status_code == 400, answer.content
    assert complaints(answer).get(field) == code, complaints(answer)
    assert bob.get(PRODUCTS).json()["count"] == 0


def test_all_complaints_come_at_once(bob: Client) -> None:
    body = {
        "title": "Shirt",
        "sales_unit": "box",
        "excise_category": "fuel",
        "launch_at": "2026-02-01T00:00:00Z",
        "end_of_life_at": "2026-01-01T00:00:00Z",
        "tag_ids": [NOBODY],
    }
    found = complaints(send(bob, "post", PRODUCTS, body))
    assert {"unit", "excise_category", "end_of_life_at", "tag_ids.0"} <= found.keys()


def test_ranges_are_judged_as_the_product_will_be(bob: Client) -> None:
    record = made(bob, min_order_quantity=5, available_from="2026-05-01T00:00:00Z")
    for change, field in (
        ({"max_order_quantity": 4}, "max_order_quantity"),
        ({"available_until": "2026-04-01T00:00:00Z"}, "available_until"),
    ):
        answer = send(bob, "patch", at(record), change)
        assert complaints(answer) == {field: "catalog.product.out_of_order"}
    assert send(bob, "patch", at(record), {"min_order_quantity": 2, "max_order_quantity": 4}).status_code == 200


def test_null_clears_and_what_is_left_out_stays(bob: Client) -> None:
    record = send(bob, "post", PRODUCTS, FULL).json()
    cleared: dict[str, Any] = {
        "subtitle": "",
        "weight": None,
        "dimensions": {},
        "gtu_codes": [],
        "un_number": "",
        "excise_category": "",
        "packing_group": "",
        "max_order_quantity": None,
        "available_until": None,
        "sku": "",
    }
    answer = send(bob, "patch", at(record), dict.fromkeys(cleared))
    assert answer.status_code == 200, answer.content
    kept = {**FULL, **cleared}
    assert {name: answer.json()[name] for name in kept} == kept
    assert complaints(send(bob, "patch", at(record), {"title": None})) == {"title": "null"}


def test_a_base_unit_stays_while_something_needs_it(bob: Client, house: House) -> None:
    record = made(bob, unit="pc", sales_unit="box")
    assert complaints(send(bob, "patch", at(record), {"unit": ""})) == {"unit": "catalog.uom.default_unit_missing"}
    other = make_product(house, unit="pc")
    make_conversion(house, other)
    assert complaints(send(bob, "patch", at(other), {"unit": None})) == {"unit": "catalog.uom.default_unit_missing"}
    assert send(bob, "patch", at(record), {"unit": "", "sales_unit": ""}).status_code == 200


def test_units_come_from_the_dictionary_where_there_is_one(bob: Client, house: House) -> None:
    record = made(bob, unit="anything")
    make_dictionary(house, "pc", "box", key="unit", owner=house.north)
    answer = send(bob, "post", PRODUCTS, {"title": "Shirt", "unit": "pc", "sales_unit": "crate"})
    assert complaints(answer) == {"sales_unit": "catalog.uom.unit_not_found"}
    assert made(bob, unit="pc", sales_unit="box")["unit"] == "pc"
    assert send(bob, "patch", at(record), {"title": "Trousers"}).status_code == 200


def test_a_sku_and_a_handle_are_there_once_among_the_living(bob: Client, house: House) -> None:
    first = made(bob, sku="Shirt-1", handle="shirt")
    for values, fields in (({"sku": "sHIRT-1"}, {"sku"}), ({"handle": "Shirt", "sku": "shirt-1"}, {"sku", "handle"})):
        answer = send(bob, "post", PRODUCTS, {"title": "Other", **values})
        assert (answer.status_code, answer.json()["code"]) == (409, "kernel.duplicate")
        assert complaints(answer).keys() == fields
    second = made(bob, sku="Shirt-2")
    assert send(bob, "patch", at(second), {"sku": "SHIRT-1"}).status_code == 409
    assert send(bob, "patch", at(first), {"sku": "SHIRT-1"}).json()["sku"] == "SHIRT-1"
    assert made(seller(house, organization=house.south), sku="Shirt-1", handle="shirt")["sku"] == "Shirt-1"
    assert send(bob, "delete", at(first)).status_code == 204
    assert send(bob, "patch", at(second), {"sku": "shirt-1", "handle": "shirt"}).status_code == 200


def test_tags_and_categories_are_set_as_a_whole(bob: Client, house: House) -> None:
    new, old = make_tag(house, "New"), make_tag(house, "Old")
    first, second = make_category(house, "Clothes"), make_category(house, "Shirts")
    record = made(bob, tag_ids=[str(old.pk), str(old.pk)], category_ids=[str(second.pk), str(first.pk)])
    assert (record["tag_ids"], record["category_ids"]) == ([str(old.pk)], [str(second.pk), str(first.pk)])
    answer = send(bob, "patch", at(record), {"tag_ids": [str(new.pk), str(old.pk)], "category_ids": [str(first.pk)]})
    assert (answer.json()["tag_ids"], answer.json()["category_ids"]) == (
        [str(new.pk), str(old.pk)],
        [str(first.pk)],
    )
    assert send(bob, "patch", at(record), {"title": "Same marks"}).json()["tag_ids"] == [str(new.pk), str(old.pk)]
    refused = send(bob, "patch", at(record), {"title": "X", "tag_ids": [], "category_ids": [str(first.pk), NOBODY]})
    assert complaints(refused) == {"category_ids.1": "kernel.reference.unknown"}
    shown = bob.get(at(record)).json()
    assert (shown["title"], shown["tag_ids"]) == ("Same marks", [str(new.pk), str(old.pk)])
    assert undone(bob, answer).status_code == 200
    assert bob.get(at(record)).json()["tag_ids"] == [str(old.pk)]
    assert send(bob, "patch", at(record), {"tag_ids": [], "category_ids": []}).json()["category_ids"] == []


def test_marks_of_another_organization_are_unknown(bob: Client, house: House) -> None:
    alice = seller(house, organization=house.root)
    record = send(alice, "post", PRODUCTS, {"title": "At the top"}).json()
    answer = send(alice, "patch", at(record), {"tag_ids": [str(make_tag(house).pk)]})
    assert complaints(answer) == {"tag_ids.0": "kernel.reference.unknown"}


def test_lists_unite_within_and_intersect_between(bob: Client, house: House) -> None:
    new, old = str(make_tag(house, "New").pk), str(make_tag(house, "Old").pk)
    shirts, hats = str(make_category(house, "Shirts").pk), str(make_category(house, "Hats").pk)
    made(bob, title="A", tag_ids=[new], category_ids=[shirts])
    made(bob, title="B", tag_ids=[old], category_ids=[shirts])
    made(bob, title="C", tag_ids=[old], category_ids=[hats])
    made(bob, title="D")
    assert titles(bob, tag_ids=f"{new},{old}") == ["A", "B", "C"]
    assert titles(bob, tag_ids=f"{new},{old}", category_ids=shirts) == ["A", "B"]
    assert titles(bob, tag_ids=old, category_ids=hats) == ["C"]
    assert titles(bob, channel_ids=new) == []
    assert titles(bob, tag_ids=NOBODY) == []
    assert bob.get(PRODUCTS, {"tag_ids": "nonsense"}).status_code == 400


def test_products_are_found_by_text_type_and_standing(bob: Client) -> None:
    made(bob, title="Red shirt", sku="R-1", product_type="configurable")
    made(bob, title="100% wool", sku="W-1", is_active=False)
    gone = made(bob, title="Old shirt", handle="vintage")
    send(bob, "post", f"{at(gone)}archive/", {})
    assert titles(bob, search="SHIRT") == ["Old shirt", "Red shirt"]
    assert titles(bob, search="%") == ["100% wool"]
    assert titles(bob, search="vint") == ["Old shirt"]
    assert titles(bob, type="configurable") == titles(bob, product_type="configurable") == ["Red shirt"]
    assert titles(bob, is_active="false") == ["100% wool"]
    assert titles(bob, is_archived="true") == ["Old shirt"]
    assert titles(bob, is_archived="false") == ["100% wool", "Red shirt"]
    assert titles(bob, ordering="-sku", is_archived="false") == ["100% wool", "Red shirt"]
    assert bob.get(PRODUCTS, {"ordering": "weight"}).status_code == 400


def test_a_product_is_archived_brought_back_and_undone(bob: Client) -> None:
    record = made(bob)
    archived = send(bob, "post", f"{at(record)}archive/", {})
    since = archived.json()["archived_at"]
    assert since is not None
    assert send(bob, "post", f"{at(record)}archive/", {}).json()["archived_at"] == since
    assert send(bob, "post", f"{at(record)}unarchive/", {}).json()["archived_at"] is None
    again = send(bob, "post", f"{at(record)}archive/", {})
    assert undone(bob, again).status_code == 200
    assert bob.get(at(record)).json()["archived_at"] is None


def test_a_product_goes_with_what_is_its_own_and_comes_back(bob: Client, house: House) -> None:
    record = made(bob, schema={"options": [{"label": "Size", "choices": [{"label": "S"}]}]})
    with reading(house.scope(house.north)):
        product = Product.objects.get()
    variant = make_variant(house, product)
    make_conversion(house, product)
    gone = send(bob, "delete", at(record))
    assert (gone.status_code, bob.get(at(record)).status_code) == (204, 404)
    with reading(house.scope(house.north)):
        assert Variant.objects.get().is_deleted
        assert OptionSchema.objects.get().is_deleted
    assert undone(bob, gone).status_code == 200
    assert bob.get(at(record)).json()["option_schema_id"] == record["option_schema_id"]
    with reading(house.scope(house.north)):
        assert not Variant.objects.get(pk=variant.pk).is_deleted
        assert not OptionSchema.objects.get().is_deleted


def test_a_product_with_a_history_is_kept(bob: Client, house: House) -> None:
    product = make_product(house)
    variant, kind = make_variant(house, product), make_kind(house)
    make_price(house, product, kind, variant=variant)
    make_price(house, product, kind, min_quantity=10)
    answer = send(bob, "delete", at(product))
    assert (answer.status_code, answer.json()["code"]) == (409, "catalog.product.has_history")
    body = answer.json()
    assert (body["prices"], body["variants"], body["bundles"], body["hint"]) == (2, 1, 0, "archive")
    assert "2 prices" in body["detail"]
    assert "rchive" in body["detail"]
    assert bob.get(at(product)).status_code == 200


def test_a_part_of_a_bundle_is_kept(bob: Client, house: House) -> None:
    part, bundle = make_product(house), make_product(house, product_type="bundle")
    saved(house, Component(parent=bundle, product=part))
    assert send(bob, "delete", at(part)).json()["bundles"] == 1
    assert send(bob, "delete", at(bundle)).status_code == 204
    assert send(bob, "delete", at(part)).status_code == 204


def test_a_product_is_looked_up_by_id_or_sku(bob: Client, house: House, other_house: House) -> None:
    product = make_product(house, sku="Shirt-9")
    gone = make_product(house, sku="Gone-1")
    send(bob, "delete", at(gone))
    with reading(house.scope(house.north)):
        for text in ("Shirt-9", " sHIRT-9 ", str(product.pk), str(product.pk).upper()):
            found = product_by_sku(text)
            assert found is not None
            assert found.pk == product.pk
        assert [product_by_sku(text) for text in ("", "Gone-1", str(gone.pk), NOBODY, "Shirt")] == [None] * 5
    with reading(other_house.scope(other_house.north)):
        assert product_by_sku(str(product.pk)) is product_by_sku("Shirt-9") is None


def test_options_come_from_a_shared_schema(bob: Client, house: House) -> None:
    schema = make_schema(house)
    record = made(bob, option_schema_id=str(schema.pk))
    assert record["option_schema_id"] == str(schema.pk)
    shown = bob.get(at(record), {"expand": "option_schema"}).json()
    assert shown["option_schema"]["options"][0]["code"] == "size"
    answer = send(bob, "patch", at(record), {"option_schema_id": str(schema.pk), "schema": {"options": []}})
    assert complaints(answer) == dict.fromkeys(("option_schema_id", "schema"), "catalog.product.two_schemas")
    assert send(bob, "patch", at(record), {"option_schema_id": None}).json()["option_schema_id"] is None


def test_fields_of_the_tenant_are_kept_and_filtered_by(bob: Client, house: House) -> None:
    make_field(house, entity="catalog.product")
    record = made(bob, title="Large", cf_size=3)
    made(bob, title="Small", custom_fields={"size": 1})
    assert record["custom_fields"] == {"size": 3}
    assert titles(bob, cf_size="3") == titles(bob, cf_size__gte="2") == ["Large"]
    assert titles(bob, ordering="-cf_size") == ["Large", "Small"]
    assert complaints(send(bob, "patch", at(record), {"cf_size": "x"})).keys() == {"custom_fields.size"}
    assert send(bob, "patch", at(record), {"cf_size": None}).json()["custom_fields"] == {"size": None}


def test_many_are_archived_changed_and_deleted_at_once(bob: Client, house: House) -> None:
    ids = [made(bob, title=f"P{place}")["id"] for place in range(3)]
    for order in (
        {"action": "archive", "ids": ids},
        {"action": "update", "ids": ids, "changes": {"name": "Same", "un_number": "1950"}},
    ):
        answer = send(bob, "post", f"{PRODUCTS}bulk/", order)
        assert (answer.status_code, answer.json().get("count")) == (200, 3), answer.content
    assert [(row["title"], row["un_number"]) for row in bob.get(PRODUCTS).json()["results"]] == [("Same", "UN1950")] * 3
    gone = send(bob, "post", f"{PRODUCTS}bulk/", {"action": "delete", "ids": ids})
    assert (gone.json()["count"], bob.get(PRODUCTS).json()["count"]) == (3, 0)
    assert undone(bob, gone).status_code == 200
    assert bob.get(PRODUCTS).json()["count"] == 3
    too_many = send(bob, "post", f"{PRODUCTS}bulk/", {"action": "delete", "ids": [NOBODY] * 10_001})
    assert (too_many.status_code, complaints(too_many)) == (400, {"ids": "max_length"})


def test_products_are_for_who_may_see_and_change_them(house: House, other_house: House) -> None:
    product = make_product(house)
    looker = seller(house, "catalog.products.view")
    assert looker.get(at(product)).status_code == 200
    for method, path in (("post", PRODUCTS), ("patch", at(product)), ("delete", at(product))):
        assert send(looker, method, path, {"title": "X"}).status_code == 403
    for stranger in (seller(house, organization=house.south), seller(other_house)):
        for method in ("get", "patch", "delete"):
            assert send(stranger, method, at(product), None if method == "get" else {}).status_code == 404
        assert stranger.get(PRODUCTS).json()["count"] == 0
