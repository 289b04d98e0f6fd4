"""Undo of what would come back without something that has gone meanwhile: refused, naming it and who took it away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from apps.catalog.models import CategoryAssignment, Component, OfferKind, OptionSchema, Product
from apps.catalog.services import delete_option_schema
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import PlatformError
from apps.kernel.tenancy.scope import using_scope
from apps.sales.models import Channel
from tests.catalog.factories import (
    make_category,
    make_conversion,
    make_offer,
    make_price_list,
    make_product,
    make_schema,
    make_tag,
    make_variant,
    saved,
)
from tests.directory.callers import complaints, send
from tests.support.crowds import all_at_once
from tests.support.scopes import House, reading, seeding

API = "/api/catalog/"


def done(bob: Client, method: str, path: str, body: Any = None) -> str:
    """Id of the change."""
    answer = send(bob, method, f"{API}{path}/", body)
    assert answer.status_code in {200, 204}, (path, answer.content)
    return str(answer.headers["X-Action-Id"])


def undone(bob: Client, action: str, **how: bool) -> Any:
    return send(bob, "post", f"/api/audit_logs/actions/{action}/undo/", how)


def a_product_and_its_options(bob: Client, house: House) -> tuple[str, str, str]:
    schema = make_schema(house)
    product = make_product(house, option_schema=schema)
    gone = done(bob, "delete", f"products/{product.pk}")
    send(bob, "patch", f"{API}option-schemas/{schema.pk}/", {"name": "Renamed"})
    return gone, done(bob, "delete", f"option-schemas/{schema.pk}"), f"option_schema {schema.pk}"


def a_variant_and_its_product(bob: Client, house: House) -> tuple[str, str, str]:
    product = make_product(house)
    variant = make_variant(house, product)
    gone = done(bob, "delete", f"variants/{variant.pk}")
    return gone, done(bob, "delete", f"products/{product.pk}"), f"product {product.pk}"


def a_unit_and_its_product(bob: Client, house: House) -> tuple[str, str, str]:
    product = make_product(house, unit="pc")
    gone = done(bob, "delete", f"unit-conversions/{make_conversion(house, product).pk}")
    return gone, done(bob, "delete", f"products/{product.pk}"), f"product {product.pk}"


def a_part_and_what_it_was(bob: Client, house: House) -> tuple[str, str, str]:
    part, bundle = make_product(house), make_product(house, product_type="bundle")
    saved(house, Component(parent=bundle, product=part))
    gone = done(bob, "put", f"products/{bundle.pk}/components", {"components": []})
    return gone, done(bob, "delete", f"products/{part.pk}"), f"product {part.pk}"


def a_category_and_its_parent(bob: Client, house: House) -> tuple[str, str, str]:
    parent = make_category(house)
    gone = done(bob, "delete", f"categories/{make_category(house, 'Shirts', parent).pk}")
    return gone, done(bob, "delete", f"categories/{parent.pk}"), f"category {parent.pk}"


def a_place_and_its_category(bob: Client, house: House) -> tuple[str, str, str]:
    product, category = make_product(house), make_category(house)
    saved(house, CategoryAssignment(product=product, category=category))
    gone = done(bob, "patch", f"products/{product.pk}", {"category_ids": []})
    return gone, done(bob, "delete", f"categories/{category.pk}"), f"category {category.pk}"


def a_mark_and_its_tag(bob: Client, house: House) -> tuple[str, str, str]:
    product, tag = make_product(house), make_tag(house)
    done(bob, "patch", f"products/{product.pk}", {"tag_ids": [str(tag.pk)]})
    gone = done(bob, "patch", f"products/{product.pk}", {"tag_ids": []})
    return gone, done(bob, "delete", f"tags/{tag.pk}"), f"product_tag {tag.pk}"


def a_list_and_its_base(bob: Client, house: House) -> tuple[str, str, str]:
    base = make_price_list(house)
    derived = make_price_list(house, base_list=base, percent=-10)
    gone = done(bob, "delete", f"price-lists/{derived.pk}")
    return gone, done(bob, "delete", f"price-lists/{base.pk}"), f"price_list {base.pk}"


SCENES = (
    *(a_product_and_its_options, a_variant_and_its_product, a_unit_and_its_product, a_part_and_what_it_was),
    *(a_category_and_its_parent, a_place_and_its_category, a_mark_and_its_tag, a_list_and_its_base),
)


@pytest.mark.parametrize("scene", SCENES)
def test_what_would_come_back_without_its_own_is_refused_until_that_is_back(
    bob: Client, house: House, scene: Any
) -> None:
    gone, later, missing = scene(bob, house)
    refused = undone(bob, gone)
    assert (refused.status_code, refused.json()["code"]) == (409, "audit_logs.undo.conflict")
    assert [(f"{row['table']} {row['id']}", row["reason"]) for row in refused.json()["rows"]] == [(missing, "gone")]
    assert refused.json()["actions"] == [later]
    assert undone(bob, later).status_code == 200
    assert undone(bob, gone).status_code == 200


def test_the_plan_says_what_is_missing_and_who_took_it_away(bob: Client, house: House) -> None:
    gone, later, missing = a_product_and_its_options(bob, house)
    plan = bob.get(f"/api/audit_logs/actions/{gone}/undo_plan/").json()
    [conflict] = plan["conflicts"]
    assert (conflict["entity"], conflict["id"]) == ("catalog.option_schema", missing.partition(" ")[2])
    assert (conflict["reason"], conflict["label"]) == ("gone", "Renamed")
    assert conflict["message"] == "A record that would be needed has been deleted since."
    assert [item["id"] for item in plan["later"]] == [later]


@pytest.mark.parametrize("scene", SCENES)
def test_one_undo_brings_both_back(bob: Client, house: House, scene: Any) -> None:
    gone, later, _missing = scene(bob, house)
    assert undone(bob, gone, cascade=True).status_code == 200
    assert undone(bob, later).json()["code"] == "audit_logs.undo.already_undone"


def test_an_offer_does_not_come_back_without_its_channel(bob: Client, house: House) -> None:
    channel = saved(house, Channel(name="Shop", code="shop"))
    offer = make_offer(house, make_product(house), None, None, kind=OfferKind.LISTING, channel_id=channel.pk)
    gone = done(bob, "delete", f"offers/{offer.pk}")
    with seeding(house.scope(house.north)):
        Channel.objects.filter(pk=channel.pk).delete()
    refused = undone(bob, gone)
    assert (refused.status_code, complaints(refused)) == (400, {"channel_id": "kernel.reference.unknown"})
    assert bob.get(f"{API}offers/{offer.pk}/").status_code == 404


def test_a_product_comes_back_without_the_marks_that_went(bob: Client, house: House) -> None:
    product, category, tag = make_product(house), make_category(house), make_tag(house)
    done(bob, "patch", f"products/{product.pk}", {"category_ids": [str(category.pk)], "tag_ids": [str(tag.pk)]})
    gone = done(bob, "delete", f"products/{product.pk}")
    for path in (f"categories/{category.pk}", f"tags/{tag.pk}"):
        done(bob, "delete", path)
    assert undone(bob, gone).status_code == 200
    record = bob.get(f"{API}products/{product.pk}/").json()
    assert (record["category_ids"], record["tag_ids"]) == ([], [])


def test_a_change_back_to_options_that_went_is_refused(bob: Client, house: House) -> None:
    schema = make_schema(house)
    product = make_product(house, option_schema=schema)
    changed = done(bob, "patch", f"products/{product.pk}", {"option_schema_id": None, "title": "Other"})
    deleted = done(bob, "delete", f"option-schemas/{schema.pk}")
    assert undone(bob, changed).json()["actions"] == [deleted]
    assert bob.get(f"{API}products/{product.pk}/").json()["title"] == "Other"
    renamed = done(bob, "patch", f"products/{product.pk}", {"title": "Third"})
    assert undone(bob, renamed).status_code == 200


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    return all_at_once(len(calls), lambda place: calls[place]())


@pytest.mark.committed
def test_of_an_undo_and_a_deletion_at_once_one_wins(bob: Client, house: House) -> None:
    for _time in range(4):
        schema = make_schema(house)
        product = make_product(house, option_schema=schema)
        gone = UUID(done(bob, "delete", f"products/{product.pk}"))
        with using_scope(house.scope(house.north)):
            answers = at_once(partial(undo, gone), partial(delete_option_schema, schema.pk))
        with reading(house.scope(house.north)):
            is_back = not Product.objects.get(pk=product.pk).is_deleted
            has_options = not OptionSchema.objects.get(pk=schema.pk).is_deleted
        assert is_back == has_options
        assert [isinstance(answer, PlatformError) for answer in answers].count(True) == 1
