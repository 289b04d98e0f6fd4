"""All variants of a product at once: made from choices, edited together in one action."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import Product, Variant
from apps.catalog.services import edit_variants, generate_variants
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.tenancy.scope import using_scope
from tests.catalog.factories import make_product, make_schema, make_variant, seller
from tests.directory.callers import complaints, send
from tests.support.crowds import all_at_once
from tests.support.scopes import House, reading


def schema_of(*sizes: int) -> list[dict[str, Any]]:
    """Options with so many choices each."""
    return [
        {
            "code": f"o{place}",
            "label": f"Option {place}",
            "input_type": "select",
            "is_required": True,
            "choices": [{"code": f"c{number}", "label": f"C{number}"} for number in range(size)],
        }
        for place, size in enumerate(sizes)
    ]


@pytest.fixture
def shirt(house: House) -> Product:
    return make_product(house, option_schema=make_schema(house), sku="SHIRT")


def generating(product: Product) -> str:
    return f"/api/catalog/products/{product.pk}/variants/generate/"


def variants(house: House, product: Product) -> list[Variant]:
    with reading(house.scope()):
        return list(Variant.objects.filter(product=product, deleted_at__isnull=True).order_by("position"))


def test_all_choices_make_all_variants(bob: Client, house: House, shirt: Product) -> None:
    answer = send(bob, "post", generating(shirt), {})
    assert (answer.status_code, answer.json()["created"], answer.json()["existing"]) == (201, 6, 0)
    rows = variants(house, shirt)
    expected = [f"{size} / {colour}" for size, colour in itertools.product("SML", ("Blue", "Red"))]
    assert [row.name for row in rows] == expected
    assert [row.is_default for row in rows] == [True, *[False] * 5]
    assert [row.sku for row in rows][:2] == ["SHIRT-S-BLUE", "SHIRT-S-RED"]


def test_what_is_there_stays_as_it_is(bob: Client, house: House, shirt: Product) -> None:
    values = {"colour": "red", "size": "m"}
    there = make_variant(house, shirt, "Mine", option_values=values, is_default=True, sku="SHIRT-S-BLUE")
    answer = send(bob, "post", generating(shirt), {"options": {"size": ["m", "s"], "colour": ["red", "blue"]}})
    assert (answer.json()["created"], answer.json()["existing"]) == (3, 1)
    rows = variants(house, shirt)
    assert [(row.name, row.position, row.is_default) for row in rows] == [
        ("Mine", 0, True),
        ("M / Blue", 1, False),
        ("S / Red", 2, False),
        ("S / Blue", 3, False),
    ]
    assert (rows[0].pk, rows[0].version, rows[3].sku) == (there.pk, 1, "")
    again = send(bob, "post", generating(shirt), {"options": {"size": ["m", "s"], "colour": ["red", "blue"]}})
    assert (again.json()["created"], again.json()["existing"]) == (0, 4)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"size": ["s"]}, {"options.colour": "catalog.option.required"}),
        ({"size": ["s"], "colour": ["green"]}, {"options.colour": "catalog.option.choice"}),
        ({"size": ["s"], "colour": ["red"], "cut": ["wide"]}, {"options.cut": "catalog.option.unknown"}),
        ({"size": "s"}, {"options": "not_choices"}),
        ({"size": [["s"]]}, {"options": "not_choices"}),
        ({"size": ["s"] * 201}, {"options": "too_many"}),
    ],
)
def test_choices_that_are_none_make_nothing(
    bob: Client, house: House, shirt: Product, options: Any, expected: dict[str, str]
) -> None:
    answer = send(bob, "post", generating(shirt), {"options": options})
    assert (answer.status_code, complaints(answer)) == (400, expected)
    assert variants(house, shirt) == []


def test_a_product_without_options_has_nothing_to_make(bob: Client, house: House) -> None:
    answer = send(bob, "post", generating(make_product(house)), {})
    assert (answer.status_code, answer.json()["code"]) == (409, "catalog.product.no_options")


def test_more_than_500_are_refused_and_500_are_made(bob: Client, house: House) -> None:
    product = make_product(house, option_schema=make_schema(house, options=schema_of(21, 25)))
    answer = send(bob, "post", generating(product), {})
    assert (answer.status_code, answer.json()["code"], answer.json()["count"]) == (400, "catalog.variant.too_many", 525)
    options = {"o0": [f"c{n}" for n in range(20)], "o1": [f"c{n}" for n in range(25)]}
    with CaptureQueriesContext(connection) as queries:
        assert send(bob, "post", generating(product), {"options": options}).json()["created"] == 500
    assert len(queries) < 40
    one_more = send(bob, "post", generating(product), {"options": {"o0": ["c20"], "o1": ["c0"]}})
    assert (one_more.status_code, one_more.json()["code"]) == (400, "catalog.variant.too_many")
    assert len(variants(house, product)) == 500


@pytest.mark.committed
def test_whoever_generates_at_once_makes_each_once(house: House, shirt: Product) -> None:
    with using_scope(house.scope(house.north)):
        answers = all_at_once(6, lambda _n: generate_variants(shirt.pk))
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert sum(len(answer.created) for answer in answers) == len(variants(house, shirt)) == 6


def test_another_tenants_product_and_a_missing_one_look_the_same(house: House, shirt: Product) -> None:
    elsewhere = seller(house, organization=house.south)
    assert send(elsewhere, "post", generating(shirt), {}).status_code == 404
    assert elsewhere.get(generating(shirt).removesuffix("generate/")).status_code == 404


@pytest.fixture
def three(house: House) -> list[Variant]:
    product = make_product(house)
    return [
        make_variant(house, product, name, position=place, is_default=place == 0, sku=name, option_values={})
        for place, name in enumerate(("A", "B", "C"))
    ]


def test_variants_are_edited_together_and_undone_together(bob: Client, house: House, three: list[Variant]) -> None:
    a, b, c = three
    before = [(row.name, row.sku, row.is_default, row.is_active) for row in variants(house, a.product)]
    rows = [{"id": a.pk, "sku": "B", "version": 1}, {"id": b.pk, "sku": "A", "name": " New  B "}]
    with using_scope(house.scope(house.north)):
        with collecting_actions() as actions:
            edit_variants(
                a.product_id,
                variants=[*rows, {"id": c.pk, "is_active": False}],
                default_id=b.pk,
                order=[c.pk, b.pk, a.pk],
            )
        assert [(row.name, row.sku, row.is_default, row.is_active) for row in variants(house, a.product)] == [
            ("C", "C", False, False),
            ("New B", "A", True, True),
            ("A", "B", False, True),
        ]
        undo(actions[-1])
    assert [(row.name, row.sku, row.is_default, row.is_active) for row in variants(house, a.product)] == before


def test_what_is_not_changed_is_not_written(bob: Client, house: House, three: list[Variant]) -> None:
    a, b, _c = three
    path = f"/api/catalog/products/{a.product_id}/variants/"
    body = {"variants": [{"id": str(a.pk), "name": "A"}, {"id": str(b.pk), "sku": "NEW"}]}
    answer = send(bob, "patch", path, body)
    assert [(row["sku"], row["version"]) for row in answer.json()["results"]] == [("A", 1), ("NEW", 2), ("C", 1)]
    assert [row["sku"] for row in bob.get(path).json()["results"]] == ["A", "NEW", "C"]


def test_everything_that_is_wrong_with_rows_is_said_at_once(bob: Client, house: House, three: list[Variant]) -> None:
    a, b, c = three
    path = f"/api/catalog/products/{a.product_id}/variants/"
    foreign = make_variant(house, make_product(house))
    rows = [
        {"id": str(a.pk), "sku": "a b"},
        {"id": str(b.pk), "barcode": "4006381333932", "barcode_type": "ean13"},
        {"id": str(foreign.pk), "name": "X"},
        {"id": str(b.pk), "name": "Twice"},
    ]
    found = complaints(send(bob, "patch", path, {"variants": rows}))
    assert found.pop("variants.0.sku")
    assert found == {
        "variants.1.barcode": "catalog.barcode.check_digit",
        "variants.2.id": "kernel.reference.unknown",
        "variants.3.id": "kernel.reference.unknown",
    }
    taken = send(
        bob, "patch", path, {"variants": [{"id": str(a.pk), "sku": "c"}, {"id": str(b.pk), "sku": foreign.sku}]}
    )
    assert (taken.status_code, taken.json()["code"]) == (409, "kernel.duplicate")
    assert complaints(taken) == {"variants.0.sku": "kernel.duplicate", "variants.1.sku": "kernel.duplicate"}
    stale = send(bob, "patch", path, {"variants": [{"id": str(c.pk), "version": 7, "name": "X"}]})
    assert (stale.status_code, complaints(stale)) == (409, {"variants.0.version": "catalog.variant.changed_meanwhile"})
    assert complaints(send(bob, "patch", path, {"default_id": str(foreign.pk)})) == {
        "default_id": "kernel.reference.unknown"
    }
    assert [(row.name, row.version) for row in variants(house, a.product)] == [("A", 1), ("B", 1), ("C", 1)]
