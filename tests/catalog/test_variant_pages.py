"""The page of a product's variants without a browser: typed values, strange forms, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import Component, Product, Variant
from apps.catalog.selectors import components_of
from tests.backoffice.conftest import signed_in
from tests.catalog.factories import make_product, make_schema, make_variant, saved
from tests.directory.callers import member
from tests.support.scopes import House, reading

PAGE, PARTS, RELATED = (f"/backend/catalog/product/{name}/" for name in ("variants", "parts", "related"))
MIXED: list[dict[str, Any]] = [
    {"code": "length", "label": "Length", "input_type": "number", "is_required": True},
    {"code": "lined", "label": "Lined", "input_type": "boolean"},
    {"code": "text", "label": "Text", "input_type": "text"},
]


@pytest.fixture
def bob(house: House) -> Client:
    return signed_in(member(house, "*"))


@pytest.fixture
def shirt(house: House) -> Product:
    return make_product(house, option_schema=make_schema(house))


def variants(house: House) -> list[Variant]:
    with reading(house.scope()):
        return list(Variant.objects.filter(deleted_at__isnull=True).order_by("position"))


def test_values_are_typed_with_commas(bob: Client, house: House) -> None:
    product = make_product(house, option_schema=make_schema(house, options=MIXED), sku="ROPE")
    form = {"action": "generate", "typed-length": "1.5, 2,", "choice": ["lined:true", "lined:false"], "typed-text": ""}
    assert bob.post(f"{PAGE}?product={product.pk}", form).status_code == 302
    assert [(row.name, row.option_values, row.sku) for row in variants(house)] == [
        ("1.5 / Lined ✓", {"length": "1.5", "lined": "true"}, "ROPE-1.5"),
        ("1.5 / Lined ✗", {"length": "1.5", "lined": "false"}, ""),
        ("2 / Lined ✓", {"length": "2", "lined": "true"}, "ROPE-2"),
        ("2 / Lined ✗", {"length": "2", "lined": "false"}, ""),
    ]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"typed-length": "long"}, "This is no value of that kind."),
        ({"typed-length": ""}, "Choose a value."),
        ({"typed-length": "1", "choice": ["lined:perhaps"]}, "This is no value of that kind."),
        ({"typed-length": "1", "choice": ["shape:round"]}, "Some fields are not valid."),
        ({"typed-length": ",".join(map(str, range(501)))}, "These would be 501 variants"),
    ],
)
def test_choices_that_do_not_do_are_said_where_they_stand(
    bob: Client, house: House, form: dict[str, Any], said: str
) -> None:
    product = make_product(house, option_schema=make_schema(house, options=MIXED))
    for action, status in (("preview", 200), ("generate", 400)):
        answer = bob.post(f"{PAGE}?product={product.pk}", {"action": action, **form})
        assert (answer.status_code, said in answer.content.decode()) == (status, True)
    assert variants(house) == []


def test_values_of_every_kind_are_shown_and_changed_in_the_form(bob: Client, house: House) -> None:
    product = make_product(house, option_schema=make_schema(house, options=MIXED))
    values = {"length": "2.5", "lined": "true", "text": "To Ada"}
    variant = make_variant(house, product, "Rope", option_values=values, is_default=True)
    path = f"/backend/catalog/variant/{variant.pk}/change/"
    shown = bob.get(path).context["adminform"].form
    prefix = "option_values."
    assert {code: str(shown[f"{prefix}{code}"].value()) for code in values} == values
    form = {"name": "Rope", "sku": variant.sku, "version": "1", "is_active": "on", "is_default": "on"}
    entered = {f"{prefix}length": "3.10", f"{prefix}lined": "false", f"{prefix}text": "To  Bob"}
    answer = bob.post(path, {**form, **entered})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert [row.option_values for row in variants(house)] == [{"length": "3.1", "lined": "false", "text": "To Bob"}]


@pytest.mark.parametrize(
    "form",
    [
        {"row": "nothing"},
        {"row": "01a2056d-6f6b-75e5-baed-229d1661d77d.x"},
        {"default": "first"},
        {"move": "nowhere:1"},
    ],
)
def test_forms_that_are_none_of_ours_are_not_found(bob: Client, shirt: Product, form: dict[str, str]) -> None:
    assert bob.post(f"{PAGE}?product={shirt.pk}", form).status_code == 404


@pytest.mark.parametrize("page", [PAGE, PARTS, RELATED])
def test_a_product_out_of_sight_and_a_missing_one_look_the_same(house: House, shirt: Product, page: str) -> None:
    stranger = signed_in(member(house, "*", only=(house.south,)))
    for product in (shirt.pk, "01a2056d-6f6b-75e5-baed-229d1661d77d", "x"):
        assert stranger.get(f"{page}?product={product}").status_code == 404
    assert signed_in(member(house, "customers.deals.view")).get(f"{page}?product={shirt.pk}").status_code == 403


def test_the_page_costs_the_same_however_many_variants(bob: Client, house: House, shirt: Product) -> None:
    costs = []
    for number in range(2):
        for place in range(3):
            make_variant(house, shirt, f"V{number}{place}", position=place)
        bob.get(f"{PAGE}?product={shirt.pk}")
        with CaptureQueriesContext(connection) as queries:
            assert bob.get(f"{PAGE}?product={shirt.pk}").status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] < 25


def test_numbers_are_read_as_the_reader_writes_them(bob: Client, house: House) -> None:
    bundle = make_product(house, product_type="bundle")
    part = saved(house, Component(parent=bundle, product=make_product(house)))
    form = {"row": str(part.pk), f"quantity-{part.pk}": "2,5"}
    assert bob.post(f"{PARTS}?product={bundle.pk}", form, headers={"Accept-Language": "de"}).status_code == 302
    with reading(house.scope()):
        assert [str(row.quantity) for row in components_of(bundle.pk)] == ["2.500000"]


def test_a_part_that_went_meanwhile_is_said(bob: Client, house: House) -> None:
    bundle = make_product(house, product_type="bundle")
    part = saved(house, Component(parent=bundle, product=make_product(house)))
    gone = make_product(house).pk
    form = {"row": [str(part.pk), str(gone)], f"quantity-{part.pk}": "2", f"quantity-{gone}": "2"}
    answer = bob.post(f"{PARTS}?product={bundle.pk}", form)
    assert (answer.status_code, "There is no such record." in answer.content.decode()) == (400, True)
    with reading(house.scope()):
        assert [row.quantity for row in components_of(bundle.pk)] == [1]
