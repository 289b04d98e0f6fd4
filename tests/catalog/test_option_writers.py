"""Values of options by every way in: the interface, the builder, files. What one takes, all take, and store alike."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.catalog.models import OptionSchema, Product, Variant
from apps.catalog.services import load_products, load_variants
from apps.catalog.services.importing.rows import Lines
from apps.kernel.imports.planning.orders import Fate, Line, Outcome
from apps.kernel.tenancy.scope import using_scope
from tests.catalog.factories import make_product, make_schema, make_variant
from tests.directory.callers import send
from tests.support.scopes import House, reading
from tests.support.upgrading import upgrade

MIXED: list[dict[str, Any]] = [
    {"code": "size", "label": "Size", "choices": [{"code": "s", "label": "Small"}, {"code": "l", "label": "Large"}]},
    {"code": "length", "label": "Length", "input_type": "number"},
    {"code": "lined", "label": "Lined", "input_type": "boolean"},
    {"code": "text", "label": "Text", "input_type": "text"},
]
TAKEN = [
    *(
        ("size", "s", "s"),
        ("size", "L", "l"),
        ("size", " small ", "s"),
        ("length", "2.50", "2.5"),
        ("length", 2.5, "2.5"),
    ),
    *(
        ("length", "-0", "0"),
        ("length", 1, "1"),
        ("length", "1e3", "1000"),
        ("lined", True, "true"),
        ("lined", "no", "false"),
    ),
    *(("lined", "1", "true"), ("text", " To  Ada ", "To Ada"), ("text", "1", "1"), ("text", "x" * 255, "x" * 255)),
]
REFUSED = [
    *(("size", "xl", "choice"), ("length", "long", "type"), ("length", "1,5", "type"), ("length", "1e15", "length")),
    *(("lined", "perhaps", "type"), ("text", "x" * 256, "length"), ("cut", "wide", "unknown")),
]
Writer = Callable[[Client, House, Product, str, Any], None]


def by_interface(bob: Client, house: House, product: Product, code: str, value: Any) -> None:
    send(bob, "post", "/api/catalog/variants/", {"product_id": str(product.pk), "option_values": {code: value}})


def by_change(bob: Client, house: House, product: Product, code: str, value: Any) -> None:
    plain = make_variant(house, product, "Plain")
    send(bob, "patch", f"/api/catalog/variants/{plain.pk}/", {"option_values": {code: value}})


def by_builder(bob: Client, house: House, product: Product, code: str, value: Any) -> None:
    send(bob, "post", f"/api/catalog/products/{product.pk}/variants/generate/", {"options": {code: [value]}})


def by_file(bob: Client, house: House, product: Product, code: str, value: Any) -> None:
    with using_scope(house.scope(house.north)):
        load_variants(Lines((Line(1, {"product": str(product.pk), f"option_{code}": str(value)}),)))


WRITERS = (by_interface, by_change, by_builder, by_file)


def stored(house: House, product: Product) -> list[dict[str, str]]:
    with reading(house.scope(house.north)):
        rows = Variant.objects.filter(product=product).exclude(option_values={})
        return list(rows.values_list("option_values", flat=True))


@pytest.mark.parametrize("write", WRITERS)
def test_every_writer_stores_the_same_text(bob: Client, house: House, write: Writer) -> None:
    schema = make_schema(house, options=MIXED)
    found = []
    for code, value, _text in TAKEN:
        product = make_product(house, option_schema=schema)
        write(bob, house, product, code, value)
        found += [(code, value, *stored(house, product))]
    assert found == [(code, value, {code: text}) for code, value, text in TAKEN]


@pytest.mark.parametrize("write", WRITERS)
def test_no_writer_stores_what_another_refuses(bob: Client, house: House, write: Writer) -> None:
    product = make_product(house, option_schema=make_schema(house, options=MIXED))
    for code, value, _reason in REFUSED:
        write(bob, house, product, code, value)
        assert stored(house, product) == [], (code, value)


def test_all_say_the_same_of_what_they_refuse(bob: Client, house: House) -> None:
    product = make_product(house, option_schema=make_schema(house, options=MIXED))
    for code, value, reason in REFUSED:
        body = {"product_id": str(product.pk), "name": "X", "option_values": {code: value}}
        answer = send(bob, "post", "/api/catalog/variants/", body)
        made = send(bob, "post", f"/api/catalog/products/{product.pk}/variants/generate/", {"options": {code: [value]}})
        with using_scope(house.scope(house.north)):
            [outcome] = load_variants(Lines((Line(1, {"product": str(product.pk), f"option_{code}": str(value)}),)))
        said = [item["code"] for reply in (answer, made) for item in reply.json()["errors"]]
        assert {*said, *(item.code for item in outcome.problems)} == {f"catalog.option.{reason}"}


def given_schema(house: House, product: Product, schema: OptionSchema) -> Outcome:
    """What becomes of a line that gives a product that is there a schema."""
    with using_scope(house.scope(house.north)):
        [outcome] = load_products(Lines((Line(1, {"option_schema": str(schema.pk)}, record_id=product.pk),)))
    return outcome


def schema_of(house: House, product: Product) -> Any:
    with reading(house.scope(house.north)):
        return Product.objects.get(pk=product.pk).option_schema_id


def test_a_file_takes_no_options_away_that_variants_have(house: House) -> None:
    sizes, lengths = make_schema(house, options=MIXED[:1]), make_schema(house, options=MIXED[1:2])
    product, plain = make_product(house, option_schema=sizes), make_product(house, option_schema=sizes)
    make_variant(house, product, option_values={"size": "s"})
    refused = given_schema(house, product, lengths)
    assert [(item.field, item.code) for item in refused.problems] == [
        ("option_schema", "catalog.option_schema.values_invalid")
    ]
    assert schema_of(house, product) == sizes.pk
    assert given_schema(house, product, make_schema(house, options=MIXED)).fate is Fate.UPDATED
    assert given_schema(house, plain, lengths).fate is Fate.UPDATED


def test_a_file_gives_no_product_anothers_own_options(bob: Client, house: House) -> None:
    body = {"title": "Ring", "schema": {"options": MIXED[:1]}}
    record = send(bob, "post", "/api/catalog/products/", body).json()
    with reading(house.scope(house.north)):
        ring, own = Product.objects.get(pk=record["id"]), OptionSchema.objects.get(pk=record["option_schema_id"])
    refused = given_schema(house, make_product(house), own)
    assert [(item.field, item.code) for item in refused.problems] == [("option_schema", "catalog.option_schema.owned")]
    assert given_schema(house, ring, own).fate is Fate.UNCHANGED
    shared = make_schema(house)
    assert (given_schema(house, ring, shared).fate, schema_of(house, ring)) == (Fate.UPDATED, shared.pk)
    assert bob.get(f"/api/catalog/option-schemas/{own.pk}/").status_code == 404


@pytest.mark.committed
def test_values_from_before_become_the_texts_that_writers_store(house: House) -> None:
    product = make_product(house, option_schema=make_schema(house, options=MIXED))
    before = {"size": "s", "length": 2.50, "lined": True, "text": "1.0"}
    old, new = (
        make_variant(house, product, option_values=before),
        make_variant(house, product, option_values={"size": "l"}),
    )
    migration = importlib.import_module("apps.catalog.migrations.0006_option_texts")
    upgrade("catalog", migration.write_texts)
    with reading(house.scope(house.north)):
        values = dict(Variant.objects.values_list("pk", "option_values"))
    assert values == {old.pk: {"size": "s", "length": "2.5", "lined": "true", "text": "1.0"}, new.pk: {"size": "l"}}
