"""Pages of products, option schemas and tags in the back office."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.catalog.models import OptionSchema, Product, ProductTag
from apps.catalog.selectors import categories_of, tags_of
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.catalog.factories import SIZES, make_category, make_kind, make_price, make_product, make_schema, make_tag
from tests.support.scopes import House, reading, seeding

LEAST = {"product_type": "simple", "sales_unit_quantity": "1", "rounding_places": "4", "rounding_mode": "half_up"}


@pytest.fixture
def alice(house: House) -> Client:
    return staff(house, "catalog.*", "audit_logs.*")


def staff(house: House, *features: str) -> Client:
    role = make_role(house, *features)
    return signed_in(make_user(house, name="Alice", roles=(role,), home_organization_id=house.north.pk))


def only(house: House, model: Any) -> Any:
    with reading(house.scope(house.north)):
        return model._default_manager.get()


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def address(name: str, *ids: Any) -> str:
    return reverse(f"admin:catalog_{name}", args=ids)


def test_a_product_is_added_with_everything_that_it_has(alice: Client, house: House) -> None:
    tag, shirts, clothes = make_tag(house), make_category(house, "Shirts"), make_category(house, "Clothes")
    assert alice.get(address("product_add")).status_code == 200
    body = {
        **LEAST,
        "title": " Linen  shirt ",
        "sku": "S-1",
        "handle": "Linen-Shirt",
        "country_of_origin": "pl",
        "un_number": "1950",
        "gtu_codes": ["GTU_02", "GTU_01"],
        "dimensions_width": "20.50",
        "dimensions_unit": "cm",
        "tag_ids": [str(tag.pk)],
        "category_ids": [str(shirts.pk), str(clothes.pk)],
        "option_schema": str(make_schema(house).pk),
        "is_active": "on",
    }
    answer = alice.post(address("product_add"), body, follow=True)
    assert answer.status_code == 200
    product = only(house, Product)
    assert (product.title, product.handle, product.country_of_origin, product.un_number) == (
        "Linen shirt",
        "linen-shirt",
        "PL",
        "UN1950",
    )
    assert (product.gtu_codes, product.dimensions) == (["GTU_01", "GTU_02"], {"width": "20.5", "unit": "cm"})
    with reading(house.scope(house.north)):
        assert [item.pk for item in tags_of([product.pk])[product.pk]] == [tag.pk]
        assert [item.name for item in categories_of([product.pk])[product.pk]] == ["Shirts", "Clothes"]
    shown = text(alice.get(address("product_change", product.pk)))
    for expected in ("Linen shirt", 'value="20.5"', "Shirts", "Clothing"):
        assert expected in shown, expected


def test_saving_what_is_shown_changes_nothing(alice: Client, house: House) -> None:
    tag, category = make_tag(house), make_category(house)
    values: dict[str, Any] = {"dimensions": {"width": "20.5", "unit": "cm"}, "gtu_codes": ["GTU_02"], "weight": "0.35"}
    product = make_product(house, **values, option_schema=make_schema(house))
    page = alice.get(address("product_change", product.pk))
    form = page.context["adminform"].form
    body = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False, "")}
    del body["dimensions"]
    body |= {"dimensions_width": "20.5", "dimensions_unit": "cm", "tag_ids": [tag.pk], "category_ids": [category.pk]}
    assert alice.post(address("product_change", product.pk), body).status_code == 302
    saved = only(house, Product)
    names = ("title", "sku", "dimensions", "gtu_codes", "weight", "option_schema_id", "is_active", "unit")
    assert {name: getattr(saved, name) for name in names} == {
        **{name: getattr(product, name) for name in names},
        "weight": saved.weight,
    }
    assert f"{saved.weight:f}" == "0.3500"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"sales_unit": "box"}, "unit"),
        ({"dimensions_height": "-1"}, "dimensions"),
        ({"sales_unit_quantity": "0"}, "sales_unit_quantity"),
        ({"tag_ids": ["01a2056d-6f6b-75e5-baed-229d1661d77d"]}, "tag_ids"),
        ({"category_ids": ["nonsense"]}, "category_ids"),
        ({"country_of_origin": "P1"}, "country_of_origin"),
        ({"min_order_quantity": "5", "max_order_quantity": "4"}, "max_order_quantity"),
        ({"shows_unit_price": "on", "unit_price_quantity": "1"}, "unit_price_reference"),
        ({"sku": "taken-1"}, "sku"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(alice: Client, house: House, wrong: dict[str, Any], field: str) -> None:
    make_product(house, "Other", sku="TAKEN-1")
    answer = alice.post(address("product_add"), {**LEAST, "title": "Shirt", **wrong})
    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors
    assert only(house, Product).title == "Other"


def test_the_list_shows_tags_and_categories_and_is_filtered_by_them(alice: Client, house: House) -> None:
    tag, category = make_tag(house, "Novelty"), make_category(house, "Hats")
    for title, marks in (("Beret", {"tag_ids": [tag.pk], "category_ids": [category.pk]}), ("Cap", {})):
        body = {**LEAST, "title": title, **marks}
        assert alice.post(address("product_add"), body).status_code == 302
    listed = address("product_changelist")
    assert '<span class="ag-badge">Novelty</span>' in text(alice.get(listed))
    for asked, titles in (
        ({"tag": str(tag.pk)}, ["Beret"]),
        ({"category": str(category.pk)}, ["Beret"]),
        ({"tag": "nonsense"}, []),
        ({"standing": "archived"}, []),
        ({"standing": "sale"}, ["Beret", "Cap"]),
        ({"q": "cap"}, ["Cap"]),
    ):
        found = alice.get(listed, asked).context["cl"].result_list
        assert [row.title for row in found] == titles, asked


def test_tags_of_two_organizations_are_told_apart(house: House) -> None:
    for label in ("New", "Old"):
        make_tag(house, label)
    with seeding(house.scope(house.south)):
        ProductTag(label="New", slug="new").save(force_insert=True)
    role = make_role(house, "catalog.*")
    above = signed_in(make_user(house, name="Carol", roles=(role,), home_organization_id=house.root.pk))
    page = text(above.get(address("product_changelist")))
    assert re.findall(r"<option[^>]*>((?:New|Old)[^<]*)<", page) == ["New (North)", "New (South)", "Old"]


def test_a_product_is_archived_and_brought_back_by_buttons(alice: Client, house: House) -> None:
    product = make_product(house)
    alice.post(address("product_press", product.pk, "archive"), {})
    assert only(house, Product).is_archived
    assert "Archived" in text(alice.get(address("product_change", product.pk)))
    assert alice.get(address("product_press", product.pk, "archive")).status_code == 404
    alice.post(address("product_press", product.pk, "unarchive"), {})
    assert not only(house, Product).is_archived


def test_deleting_what_has_prices_says_to_archive_it(alice: Client, house: House) -> None:
    product = make_product(house)
    make_price(house, product, make_kind(house))
    answer = alice.post(address("product_delete", product.pk), {"post": "yes"})
    assert "1 price" in text(answer)
    assert "Archive it instead" in text(answer)
    assert not only(house, Product).is_deleted


def test_options_are_written_as_a_list(alice: Client, house: House) -> None:
    assert "data-options-editor" in text(alice.get(address("optionschema_add")))
    options = [{"label": "Size", "code": "", "input_type": "select", "choices": [{"label": "S", "code": ""}]}]
    body = {"name": "Clothing", "code": "", "is_active": "on", "options": json.dumps(options)}
    assert alice.post(address("optionschema_add"), body).status_code == 302
    schema = only(house, OptionSchema)
    assert (schema.code, schema.options[0]["code"], schema.options[0]["choices"][0]["code"]) == (
        "clothing",
        "size",
        "s",
    )
    assert "Size" in text(alice.get(address("optionschema_changelist")))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ('[{"label": "Size", "choices": [{"label": "S"}, {"label": "s"}]}]', "Option 1, choice 2: This code stands"),
        ('[{"label": "", "input_type": "text"}]', "Option 1: Give a label or a code."),
        ('{"size": 1}', "This is not a list of options."),
        ("[1]", "This is not a list of options."),
        ('[{"choices": 1}]', "This is not a list of options."),
        ("nonsense", "Enter a valid JSON."),
    ],
)
def test_what_is_wrong_with_options_is_said_above_them(alice: Client, house: House, options: str, said: str) -> None:
    answer = alice.post(address("optionschema_add"), {"name": "Clothing", "options": options})
    assert said in text(answer)
    with reading(house.scope(house.north)):
        assert not OptionSchema.objects.exists()


def test_who_may_only_look_reads_the_options(house: House) -> None:
    schema = make_schema(house, options=SIZES)
    bob = staff(house, "catalog.products.view")
    shown = text(bob.get(address("optionschema_change", schema.pk)))
    assert "Colour <code>colour</code> — chosen from a list, required: Blue, Red" in shown
    assert "data-options-editor" not in shown


def test_a_tag_is_renamed_and_merged(alice: Client, house: House) -> None:
    tag, other = make_tag(house, "Nwe"), make_tag(house, "New")
    assert alice.post(address("producttag_change", other.pk), {"label": "Newest"}).status_code == 302
    page = alice.get(address("producttag_press", tag.pk, "merge"))
    assert "The tag that stays" in text(page)
    answer = alice.post(address("producttag_press", tag.pk, "merge"), {"into_id": str(other.pk)}, follow=True)
    assert answer.redirect_chain[0][0] == address("producttag_changelist")
    with reading(house.scope(house.north)):
        assert ProductTag.objects.get(deleted_at__isnull=True).label == "Newest"
    refused = alice.post(address("producttag_press", other.pk, "merge"), {"into_id": str(other.pk)})
    assert "not merged with itself" in text(refused)
