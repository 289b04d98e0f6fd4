"""Option schemas over HTTP: what options may be, and what keeps them as they are."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.catalog.models import OptionSchema
from tests.catalog.factories import SIZES, make_product, make_schema, make_variant, seller
from tests.directory.callers import complaints, send
from tests.support.scopes import House, reading

SCHEMAS, PRODUCTS = "/api/catalog/option-schemas/", "/api/catalog/products/"
SIZE: dict[str, Any] = {"label": "Size", "choices": [{"label": "S"}, {"label": "L"}]}


def at(schema: Any) -> str:
    return f"{SCHEMAS}{schema['id'] if isinstance(schema, dict) else schema.pk}/"


def test_codes_are_made_of_labels_and_labels_of_codes(bob: Client) -> None:
    options = [
        {"label": " Größe  in cm ", "input_type": "number", "is_required": True},
        {"label": "Kolor", "choices": [{"label": "Żółty"}, {"code": "red"}, {"code": "b-1", "label": "Blue"}]},
        {"code": "engraving", "input_type": "text"},
    ]
    answer = send(bob, "post", SCHEMAS, {"name": "Łódź  sizes", "options": options})
    assert answer.status_code == 201, answer.content
    record = answer.json()
    assert (record["name"], record["code"], record["is_owned"]) == ("Łódź sizes", "lodz-sizes", False)
    kept = [
        {"code": "grosse-in-cm", "label": "Größe in cm", "input_type": "number", "is_required": True, "choices": []},
        {
            "code": "kolor",
            "label": "Kolor",
            "input_type": "select",
            "is_required": False,
            "choices": [
                {"code": "zolty", "label": "Żółty"},
                {"code": "red", "label": "red"},
                {"code": "b-1", "label": "Blue"},
            ],
        },
        {"code": "engraving", "label": "engraving", "input_type": "text", "is_required": False, "choices": []},
    ]
    assert record["options"] == kept
    assert bob.get(SCHEMAS).json()["results"][0]["options"] == kept
    assert send(bob, "patch", at(record), {"options": kept}).json()["options"] == kept


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([{"input_type": "text"}], {"options.0.label": "catalog.option.unnamed"}),
        ([{"code": "A b", "input_type": "text"}], {"options.0.code": "invalid"}),
        ([SIZE, SIZE], {"options.1.code": "catalog.option.repeated"}),
        ([{"label": "Size"}], {"options.0.choices": "catalog.option.no_choices"}),
        ([{**SIZE, "input_type": "number"}], {"options.0.choices": "catalog.option.choices_unused"}),
        (
            [{"label": "Size", "choices": [{"label": "S"}, {"code": "s"}]}],
            {"options.0.choices.1.code": "catalog.option.repeated"},
        ),
        ([{"label": "Size", "choices": [{"label": "S"}, {}]}], {"options.0.choices.1.label": "catalog.option.unnamed"}),
        ([{"label": "x" * 151, "input_type": "text"}], {"options.0.label": "max_length"}),
        ([{"label": "Size", "input_type": "colour"}], {"options.0.input_type": "invalid_choice"}),
        ([{"label": "Size", "hue": 1}], {"options.0.hue": "unknown"}),
        ([{"code": f"c{place}", "input_type": "text"} for place in range(65)], {"options": "max_length"}),
    ],
)
def test_what_is_wrong_with_options_is_said_at_its_place(
    bob: Client, options: list[dict[str, Any]], expected: dict[str, str]
) -> None:
    answer = send(bob, "post", SCHEMAS, {"name": "Clothing", "options": options})
    assert (answer.status_code, complaints(answer)) == (400, expected)
    assert bob.get(SCHEMAS).json()["count"] == 0


def test_a_schema_in_use_is_kept(bob: Client, house: House) -> None:
    schema = make_schema(house)
    product = make_product(house, option_schema=schema)
    make_product(house, option_schema=schema)
    make_variant(house, product, option_values={"size": "s", "colour": "red"})
    answer = send(bob, "delete", at(schema))
    assert (answer.status_code, answer.json()["code"]) == (409, "catalog.option_schema.in_use")
    assert (answer.json()["products"], answer.json()["variants"]) == (2, 1)
    free = make_schema(house)
    assert send(bob, "delete", at(free)).status_code == 204
    assert bob.get(at(free)).status_code == 404


def test_options_stay_fit_for_the_variants_that_there_are(bob: Client, house: House) -> None:
    schema = make_schema(house)
    product = make_product(house, option_schema=schema)
    make_variant(house, product, "Red / S", option_values={"size": "s", "colour": "red"})
    make_variant(house, product, "Sample")
    make_variant(house, product, "Wrong before", option_values={"size": "huge"})
    size, colour = SIZES
    smaller = [{**size, "choices": size["choices"][1:]}, colour]
    demanding = [size, colour, {"label": "Cut", "is_required": True, "choices": [{"label": "Slim"}]}]
    for options in (smaller, demanding, [size], [{**size, "input_type": "boolean", "choices": []}, colour]):
        answer = send(bob, "patch", at(schema), {"options": options})
        assert (answer.status_code, answer.json()["code"]) == (409, "catalog.option_schema.values_invalid"), options
        assert (answer.json()["count"], answer.json()["variants"]) == (1, ["Red / S"])
    wider = [{**size, "label": "Sizes", "choices": size["choices"][:1]}, {**colour, "is_required": False}]
    assert send(bob, "patch", at(schema), {"options": wider, "name": "Shirts"}).json()["name"] == "Shirts"


def test_a_product_does_not_leave_options_that_its_variants_have(bob: Client, house: House) -> None:
    schema, other = make_schema(house), make_schema(house, options=[SIZES[0]])
    product = make_product(house, option_schema=schema)
    make_variant(house, product, option_values={"size": "s", "colour": "red"})
    for change in ({"option_schema_id": None}, {"option_schema_id": str(other.pk)}, {"schema": {"options": [SIZE]}}):
        answer = send(bob, "patch", f"{PRODUCTS}{product.pk}/", change)
        assert (answer.status_code, answer.json()["code"]) == (409, "catalog.option_schema.values_invalid"), change
    same = send(bob, "patch", f"{PRODUCTS}{product.pk}/", {"option_schema_id": str(schema.pk), "title": "Same"})
    assert same.status_code == 200


def test_a_product_has_options_of_its_own(bob: Client, house: House) -> None:
    answer = send(bob, "post", PRODUCTS, {"title": "Ring", "schema": {"options": [SIZE]}})
    assert answer.status_code == 201, answer.content
    path, schema_id = f"{PRODUCTS}{answer.json()['id']}/", answer.json()["option_schema_id"]
    own = bob.get(f"{SCHEMAS}{schema_id}/").json()
    assert (own["name"], own["is_owned"], own["options"][0]["code"]) == ("Ring", True, "size")
    assert own["code"].startswith("ring-")
    changed = send(bob, "patch", path, {"schema": {"name": "Ring sizes", "options": [SIZE, {"code": "text"}]}})
    assert complaints(changed) == {"schema.options.1.choices": "catalog.option.no_choices"}
    changed = send(bob, "patch", path, {"schema": {"name": "Ring sizes"}})
    assert changed.json()["option_schema_id"] == schema_id
    assert bob.get(f"{SCHEMAS}{schema_id}/").json()["name"] == "Ring sizes"
    thief = send(bob, "post", PRODUCTS, {"title": "Other", "option_schema_id": schema_id})
    assert complaints(thief) == {"option_schema_id": "catalog.option_schema.owned"}
    dropped = send(bob, "patch", path, {"schema": None})
    assert dropped.json()["option_schema_id"] is None
    assert bob.get(f"{SCHEMAS}{schema_id}/").status_code == 404
    undone = send(bob, "post", f"/api/audit_logs/actions/{dropped['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200
    assert bob.get(path).json()["option_schema_id"] == schema_id
    assert bob.get(f"{SCHEMAS}{schema_id}/").status_code == 200


def test_shared_options_give_way_to_own_ones(bob: Client, house: House) -> None:
    schema = make_schema(house)
    product = make_product(house, option_schema=schema)
    answer = send(bob, "patch", f"{PRODUCTS}{product.pk}/", {"schema": {"options": [SIZE]}})
    assert answer.json()["option_schema_id"] not in {None, str(schema.pk)}
    back = send(bob, "patch", f"{PRODUCTS}{product.pk}/", {"option_schema_id": str(schema.pk)})
    assert back.json()["option_schema_id"] == str(schema.pk)
    with reading(house.scope(house.north)):
        assert OptionSchema.objects.get(is_owned=True).is_deleted


def test_a_code_of_a_schema_is_there_once(bob: Client, house: House) -> None:
    make_schema(house, code="clothing")
    answer = send(bob, "post", SCHEMAS, {"name": "Clothing"})
    assert (answer.status_code, answer.json()["code"]) == (409, "kernel.duplicate")
    options = [{"label": "日本", "choices": [{"label": "東"}, {"label": "西"}]}]
    record = send(bob, "post", SCHEMAS, {"name": "日本", "options": options}).json()
    assert record["code"].startswith("options-")
    [option] = record["options"]
    assert (option["code"], [item["code"] for item in option["choices"]]) == ("option-1", ["choice-1", "choice-2"])


def test_an_empty_code_is_made_of_the_name_in_changes_too(bob: Client, house: House) -> None:
    schema = make_schema(house, code="clothing")
    assert send(bob, "patch", at(schema), {"name": "Warm clothes", "code": ""}).json()["code"] == "warm-clothes"


def test_schemas_are_set_up_by_who_may(house: House, other_house: House) -> None:
    schema = make_schema(house)
    clerk = seller(house, "catalog.products.manage")
    assert clerk.get(at(schema)).status_code == 200
    for method, path in (("post", SCHEMAS), ("patch", at(schema)), ("delete", at(schema))):
        assert send(clerk, method, path, {"name": "X"}).status_code == 403
    stranger = seller(other_house)
    assert stranger.get(at(schema)).status_code == 404
    body = {"title": "X", "option_schema_id": str(schema.pk)}
    assert complaints(send(stranger, "post", PRODUCTS, body)) == {"option_schema_id": "kernel.reference.unknown"}
