"""Parts of bundles, related products and units over HTTP: what fits together, and what holds it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from apps.catalog.errors import BundleInItself
from apps.catalog.models import Component, Product, UnitConversion
from apps.catalog.selectors import contains
from apps.catalog.services import create_component, delete_component
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import PlatformError
from apps.kernel.tenancy.scope import using_scope
from tests.catalog.factories import make_conversion, make_product, make_variant, saved, seller
from tests.directory.callers import complaints, send
from tests.support.crowds import all_at_once
from tests.support.scopes import House, reading

UNITS = "/api/catalog/unit-conversions/"


@pytest.fixture
def bundle(house: House) -> Product:
    return make_product(house, "Set", product_type="bundle")


def parts_of(product: Product) -> str:
    return f"/api/catalog/products/{product.pk}/components/"


def titles(bob: Client, product: Product, key: str = "product") -> list[str]:
    return [row[key] for row in bob.get(parts_of(product)).json()["results"]]


def added(bob: Client, bundle: Product, product: Product, **values: Any) -> dict[str, Any]:
    answer = send(bob, "post", parts_of(bundle), {"product_id": str(product.pk), **values})
    assert answer.status_code == 201, answer.content
    record: dict[str, Any] = answer.json()
    return record


def test_a_bundle_is_made_changed_and_taken_apart(bob: Client, house: House, bundle: Product) -> None:
    cup, plate = make_product(house, "Cup"), make_product(house, "Plate")
    blue = make_variant(house, cup, "Blue")
    first = added(bob, bundle, cup, variant_id=str(blue.pk), quantity="2")
    assert (first["variant"], first["quantity"], first["position"]) == ("Blue", "2.000000", 0)
    added(bob, bundle, plate, position=0, min_quantity="1", max_quantity="4.5", is_optional=True)
    assert titles(bob, bundle) == ["Plate", "Cup"]
    changed = send(bob, "patch", f"{parts_of(bundle)}{first['id']}/", {"position": 0, "quantity": "0.5"})
    assert (changed.json()["quantity"], titles(bob, bundle)) == ("0.500000", ["Cup", "Plate"])
    assert send(bob, "delete", f"{parts_of(bundle)}{first['id']}/").status_code == 204
    assert titles(bob, bundle) == ["Plate"]


def test_parts_are_edited_together(bob: Client, house: House, bundle: Product) -> None:
    cup, plate, _gone = (added(bob, bundle, make_product(house, name))["id"] for name in ("Cup", "Plate", "Spoon"))
    rows = [{"id": plate, "quantity": "3"}, {"id": cup, "min_quantity": "2", "max_quantity": "1"}, {"id": plate}]
    answer = send(bob, "put", parts_of(bundle), {"components": rows})
    assert complaints(answer) == {
        "components.1.max_quantity": "min_value",
        "components.2.id": "kernel.reference.unknown",
    }
    assert titles(bob, bundle) == ["Cup", "Plate", "Spoon"]
    answer = send(bob, "put", parts_of(bundle), {"components": [rows[0], {"id": cup, "is_optional": True}]})
    assert [(row["product"], row["quantity"], row["is_optional"]) for row in answer.json()["results"]] == [
        ("Plate", "3.000000", False),
        ("Cup", "1.000000", True),
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"quantity": "0"}, {"quantity": "min_value"}),
        ({"quantity": "-5"}, {"quantity": "min_value"}),
        ({"quantity": "1.1234567"}, {"quantity": "max_decimal_places"}),
        ({"quantity": "99,9999"}, {"quantity": "invalid"}),
        ({"quantity": "1e999"}, {"quantity": "max_digits"}),
        ({"min_quantity": "3", "max_quantity": "2"}, {"max_quantity": "min_value"}),
        ({"variant_id": "01a2056d-6f6b-75e5-baed-229d1661d77d"}, {"variant_id": "kernel.reference.unknown"}),
        ({"product_id": "01a2056d-6f6b-75e5-baed-229d1661d77d"}, {"product_id": "kernel.reference.unknown"}),
    ],
)
def test_parts_that_make_no_sense_are_refused(
    bob: Client, house: House, bundle: Product, values: dict[str, str], expected: dict[str, str]
) -> None:
    answer = send(bob, "post", parts_of(bundle), {"product_id": str(make_product(house).pk), **values})
    assert (answer.status_code, complaints(answer)) == (400, expected)
    assert titles(bob, bundle) == []


def test_only_bundles_and_groups_have_parts_and_each_once(bob: Client, house: House, bundle: Product) -> None:
    cup = make_product(house, "Cup")
    answer = send(bob, "post", parts_of(cup), {"product_id": str(bundle.pk)})
    assert (answer.status_code, answer.json()["code"]) == (409, "catalog.component.not_a_bundle")
    added(bob, bundle, cup)
    again = send(bob, "post", parts_of(bundle), {"product_id": str(cup.pk)})
    assert (again.status_code, complaints(again)) == (409, {"product_id": "kernel.duplicate"})
    added(bob, bundle, cup, variant_id=str(make_variant(house, cup).pk))
    foreign = make_variant(house, make_product(house))
    wrong = send(bob, "post", parts_of(bundle), {"product_id": str(cup.pk), "variant_id": str(foreign.pk)})
    assert complaints(wrong) == {"variant_id": "kernel.reference.unknown"}


def test_a_bundle_is_never_in_itself(bob: Client, house: House, bundle: Product) -> None:
    inner, innermost = (make_product(house, name, product_type="grouped") for name in ("Inner", "Innermost"))
    added(bob, bundle, inner)
    added(bob, inner, innermost)
    for product in (bundle, inner, innermost):
        answer = send(bob, "post", parts_of(innermost), {"product_id": str(product.pk)})
        assert (answer.status_code, answer.json()["code"]) == (409, "catalog.component.circle")
    assert titles(bob, innermost) == []


@pytest.mark.committed
def test_two_halves_of_a_circle_at_once_do_not_close_it(house: House) -> None:
    first, second = (make_product(house, name, product_type="bundle") for name in ("First", "Second"))
    pairs = [(first, second), (second, first)] * 3
    with using_scope(house.scope(house.north)):
        answers = all_at_once(6, lambda n: create_component(parent_id=pairs[n][0].pk, product_id=pairs[n][1].pk))
    assert len([answer for answer in answers if isinstance(answer, Component)]) == 1
    refusals = {answer.code for answer in answers if isinstance(answer, PlatformError)}
    assert refusals == {"catalog.component.circle", "kernel.duplicate"}
    with reading(house.scope()):
        assert contains(first.pk, second.pk) is not contains(second.pk, first.pk)


def test_no_circle_is_closed_by_an_undo(house: House) -> None:
    first, second = (make_product(house, name, product_type="bundle") for name in ("First", "Second"))
    with using_scope(house.scope(house.north)):
        part = create_component(parent_id=first.pk, product_id=second.pk)
        with collecting_actions() as actions:
            delete_component(part.pk)
        create_component(parent_id=second.pk, product_id=first.pk)
        with pytest.raises(BundleInItself):
            undo(actions[-1])
    with reading(house.scope()):
        assert [row.parent_id for row in Component.objects.all()] == [second.pk]


def test_a_part_of_another_bundle_and_a_missing_one_look_the_same(bob: Client, house: House, bundle: Product) -> None:
    other = make_product(house, product_type="bundle")
    part = saved(house, Component(parent=other, product=make_product(house)))
    for part_id in (part.pk, make_product(house).pk):
        answer = send(bob, "delete", f"{parts_of(bundle)}{part_id}/")
        assert (answer.status_code, answer.json()["code"]) == (404, "kernel.not_found")
    assert send(seller(house, "catalog.products.view"), "delete", f"{parts_of(other)}{part.pk}/").status_code == 403
    assert len(titles(bob, other)) == 1


def test_related_products_are_set_as_a_whole(bob: Client, house: House) -> None:
    product, cup, plate = (make_product(house, name) for name in ("Set", "Cup", "Plate"))
    path = f"/api/catalog/products/{product.pk}/relations/"
    rows = [{"related_id": str(cup.pk), "kind": "accessory"}, {"related_id": str(plate.pk)}]
    answer = send(bob, "put", path, {"relations": rows})
    assert [(row["related"], row["kind"]) for row in answer.json()["results"]] == [
        ("Cup", "accessory"),
        ("Plate", "related"),
    ]
    again = [{"related_id": str(plate.pk)}, {"related_id": str(cup.pk), "kind": "upsell"}]
    send(bob, "put", path, {"relations": again})
    found = bob.get(path).json()["results"]
    assert [(row["related"], row["kind"]) for row in found] == [("Plate", "related"), ("Cup", "upsell")]
    bad = [again[0], again[0], {"related_id": str(product.pk)}, {"related_id": str(cup.pk), "kind": "friend"}]
    assert send(bob, "put", path, {"relations": bad}).status_code == 400
    assert complaints(send(bob, "put", path, {"relations": bad[:3]})) == {
        "relations.1.related_id": "catalog.relation.repeated",
        "relations.2.related_id": "kernel.reference.unknown",
    }
    assert bob.get(path).json()["results"] == found
    assert send(bob, "put", path, {"relations": []}).json()["results"] == []


def test_units_of_a_product(bob: Client, house: House) -> None:
    product = make_product(house, unit="pc")
    body = {"product_id": str(product.pk), "unit": " box ", "factor": "12.000000000001"}
    made = send(bob, "post", UNITS, body).json()
    assert (made["unit"], made["factor"], made["is_active"]) == ("box", "12.000000000001", True)
    again = send(bob, "post", UNITS, body)
    assert (again.status_code, again.json()["code"]) == (409, "catalog.uom.duplicate_conversion")
    assert complaints(again) == {"unit": "catalog.uom.duplicate_conversion"}
    changed = send(bob, "patch", f"{UNITS}{made['id']}/", {"factor": "6", "unit": "six"})
    assert (changed.json()["unit"], changed.json()["factor"]) == ("six", "6.000000000000")
    assert send(bob, "delete", f"{UNITS}{made['id']}/").status_code == 204
    assert bob.get(UNITS, {"product_id": str(product.pk)}).json()["count"] == 0


@pytest.mark.parametrize("factor", ["0", "-1", "1000001", "0.0000000000001", "1,5", "1e999", "NaN"])
def test_a_factor_is_more_than_zero_and_has_an_end(bob: Client, house: House, factor: str) -> None:
    body = {"product_id": str(make_product(house, unit="pc").pk), "unit": "box", "factor": factor}
    answer = send(bob, "post", UNITS, body)
    assert (answer.status_code, list(complaints(answer))) == (400, ["factor"])
    assert bob.get(UNITS).json()["count"] == 0


def test_a_unit_needs_a_base_unit_and_is_another_one(bob: Client, house: House) -> None:
    body = {"product_id": str(make_product(house).pk), "unit": "box", "factor": "12"}
    assert complaints(send(bob, "post", UNITS, body)) == {"product_id": "catalog.uom.default_unit_missing"}
    body = {"product_id": str(make_product(house, unit="pc").pk), "unit": "pc", "factor": "12"}
    assert complaints(send(bob, "post", UNITS, body)) == {"unit": "catalog.uom.unit_is_base"}


@pytest.mark.parametrize("change", [{"is_active": False}, {"unit": "carton"}, None])
def test_the_unit_that_a_product_is_sold_in_stays(bob: Client, house: House, change: dict[str, Any] | None) -> None:
    product = make_product(house, unit="pc", sales_unit="box")
    path = f"{UNITS}{make_conversion(house, product).pk}/"
    answer = send(bob, "patch", path, change) if change else send(bob, "delete", path)
    code = "catalog.uom.default_sales_unit_conversion_required"
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert send(bob, "patch", path, {"factor": "10"}).status_code == 200
    with reading(house.scope()):
        row = UnitConversion.objects.get()
    assert (row.unit, row.is_active, row.factor) == ("box", True, Decimal(10))


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ({"unit": "kg"}, {}),
        ({"unit": "pc", "sales_unit": "box"}, {}),
        ({"unit": ""}, {"unit": "catalog.uom.default_unit_missing"}),
        ({"unit": "", "sales_unit": "box"}, {"unit": "catalog.uom.default_unit_missing"}),
        ({"unit": "box"}, {"unit": "catalog.uom.unit_is_base"}),
    ],
)
def test_what_a_product_may_be_counted_in(
    bob: Client, house: House, units: dict[str, str], expected: dict[str, str]
) -> None:
    product = make_product(house, unit="pc")
    make_conversion(house, product)
    answer = send(bob, "patch", f"/api/catalog/products/{product.pk}/", units)
    assert (answer.status_code, complaints(answer) if expected else {}) == (400 if expected else 200, expected)


def test_a_product_without_other_units_needs_no_base_unit(bob: Client, house: House) -> None:
    product = make_product(house, unit="pc")
    assert send(bob, "patch", f"/api/catalog/products/{product.pk}/", {"unit": ""}).status_code == 200
