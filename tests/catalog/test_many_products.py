"""Orders for many products: written together where that is the same, by a job where they are many, and announced."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from apps.catalog.models import Component, Product
from apps.catalog.services import archive_product, delete_product, update_product
from apps.kernel.commands import bulk
from apps.kernel.commands.bulk import BulkOrder, run_each
from apps.kernel.commands.models import Action
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import reading_in
from tests.catalog.factories import make_kind, make_price, make_product, make_tag, saved
from tests.directory.callers import send
from tests.kernel.events_probes import names
from tests.support.scopes import House, seeding

PRODUCTS = "/api/catalog/products/"


def carried_out(house: House, command: Any, ids: list[UUID], **changes: Any) -> Any:
    with using_scope(house.scope(house.north)):
        return run_each(BulkOrder(command.spec.id, tuple(ids), changes))


@pytest.mark.parametrize(
    ("command", "changes", "expected"),
    [
        (archive_product, {}, {"is_archived": True}),
        (update_product, {"un_number": "1950", "weight": None}, {"un_number": "UN1950"}),
    ],
)
def test_many_are_written_together(
    house: House, monkeypatch: pytest.MonkeyPatch, command: Any, changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    monkeypatch.setattr(bulk, "FEW", 1)
    ids = [make_product(house).pk for _number in range(3)]
    carried_out(house, command, ids, **changes)
    with reading_in(house):
        [whole] = Action.objects.filter(command="kernel.record.bulk")
        assert not Action.objects.filter(parent_id=whole.pk).exists()
        rows = list(Product.objects.filter(pk__in=ids))
    assert [{name: getattr(row, name) for name in expected} for row in rows] == [expected] * 3
    assert names(house.scope()).count("catalog.product.updated") == 3


def test_marks_are_set_on_many_one_by_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "FEW", 1)
    tag = make_tag(house)
    ids = [make_product(house).pk for _number in range(3)]
    outcome = carried_out(house, update_product, ids, tag_ids=[tag.pk])
    assert set(outcome.done) == set(ids)
    with reading_in(house):
        assert Product.objects.filter(taggings__tag=tag).count() == 3


def test_a_bundle_and_its_part_go_by_one_order(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "FEW", 1)
    bundle, part, plain = make_product(house, product_type="bundle"), make_product(house), make_product(house)
    saved(house, Component(parent=bundle, product=part))
    outcome = carried_out(house, delete_product, [part.pk, bundle.pk, plain.pk])
    assert set(outcome.done) == {bundle.pk, part.pk, plain.pk}


def test_those_with_a_history_stay_and_are_named(house: House) -> None:
    priced, free = make_product(house), make_product(house)
    make_price(house, priced, make_kind(house))
    outcome = carried_out(house, delete_product, [priced.pk, free.pk])
    assert set(outcome.done) == {free.pk}
    [complaint] = outcome.refused[priced.pk]
    assert complaint.code == "catalog.product.has_history"
    assert "1 price" in complaint.message


def test_more_than_two_hundred_are_deleted_by_a_job(bob: Client, house: House) -> None:
    with seeding(house.scope(house.north)):
        rows = [Product(title=f"P{number}", organization_id=house.north.pk) for number in range(201)]
        Product.objects.bulk_create(rows)
    order = {"action": "delete", "ids": [str(row.pk) for row in rows]}
    answer = send(bob, "post", f"{PRODUCTS}bulk/", order)
    assert answer.status_code == 202, answer.content
    assert answer.json()["progress_job_id"]
    unknown = send(bob, "post", f"{PRODUCTS}bulk/", {"action": "delete", "ids": [str(uuid7())]})
    assert unknown.status_code == 400


def test_what_happens_to_a_product_is_announced(bob: Client, house: House) -> None:
    record = send(bob, "post", PRODUCTS, {"title": "Shirt"}).json()
    send(bob, "patch", f"{PRODUCTS}{record['id']}/", {"title": "Trousers"})
    send(bob, "delete", f"{PRODUCTS}{record['id']}/")
    told = [name for name in names(house.scope()) if name.startswith("catalog.product.")]
    assert told == ["catalog.product.created", "catalog.product.updated", "catalog.product.deleted"]
    refused = send(bob, "post", PRODUCTS, {"title": ""})
    assert refused.status_code == 400
    assert len([name for name in names(house.scope()) if name.startswith("catalog.")]) == 3
