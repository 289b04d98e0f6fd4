"""Pictures of products and variants: who sees them, which one is the main one, and what happens when it goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import Product
from apps.kernel.ids import uuid7
from tests.attachments.factories import TEXT, picture, run_work
from tests.catalog.factories import make_product, make_variant, seller
from tests.directory.callers import client_of, member
from tests.support.scopes import House, seeding

pytestmark = pytest.mark.committed


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def added(client: Client, record: Any, name: str = "front.png", content: bytes | None = None) -> str:
    """The id of a file that was put on a record."""
    file = SimpleUploadedFile(name, picture() if content is None else content)
    body = {"file": file, "entity": record.entity_id, "record_id": str(record.pk)}
    answer = client.post("/api/attachments/", body)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def media(record: Any) -> str:
    kind = "products" if isinstance(record, Product) else "variants"
    return f"/api/catalog/{kind}/{record.pk}/media/"


def choose(client: Client, record: Any, attachment_id: str | UUID | None) -> Any:
    body = {"attachment_id": str(attachment_id) if attachment_id else None}
    return client.put(f"{media(record)}main/", body, content_type="application/json")


def chosen(house: House, record: Any) -> UUID | None:
    with seeding(house.scope(house.north)):
        record.refresh_from_db()
    found: UUID | None = record.default_media_id
    return found


def test_pictures_are_listed_in_order_and_other_files_are_not(house: House) -> None:
    client, shirt = seller(house), make_product(house)
    front, _paper, back = added(client, shirt), added(client, shirt, "care.txt", TEXT), added(client, shirt, "back.png")
    assert choose(client, shirt, back).json() == {"id": str(shirt.pk), "default_media_id": back}
    run_work()
    found = client.get(media(shirt)).json()["results"]
    assert [(item["id"], item["is_main"], item["own"]) for item in found] == [(front, False, True), (back, True, True)]
    assert (found[0]["width"], found[0]["height"], found[0]["text"]) == (640, 360, "")
    assert client.get(found[0]["address"]).status_code == 200


def test_a_variant_may_show_a_picture_of_its_product(house: House) -> None:
    client, shirt = seller(house), make_product(house)
    variant = make_variant(house, shirt)
    front, own = added(client, shirt), added(client, variant, "blue.png")
    assert choose(client, variant, front).status_code == 200
    found = client.get(media(variant)).json()["results"]
    assert [(item["id"], item["is_main"], item["own"]) for item in found] == [(own, False, True), (front, True, False)]
    # A product shows no picture of one variant.
    assert choose(client, shirt, own).json()["errors"][0]["code"] == "catalog.media.no_picture"
    assert chosen(house, shirt) is None


def test_what_is_no_picture_of_the_record_is_refused(house: House) -> None:
    client, shirt, other = seller(house), make_product(house), make_product(house, "Hat")
    paper, theirs = added(client, shirt, "care.txt", TEXT), added(client, other)
    for attachment_id, code in (
        (paper, "catalog.media.no_picture"),
        (theirs, "catalog.media.no_picture"),
        (uuid7(), "kernel.reference.unknown"),
    ):
        answer = choose(client, shirt, attachment_id)
        assert (answer.status_code, [(item["field"], item["code"]) for item in answer.json()["errors"]]) == (
            400,
            [("attachment_id", code)],
        )
    body = client.put(f"{media(shirt)}main/", {"attachment_id": "x"}, content_type="application/json")
    assert (body.status_code, chosen(house, shirt)) == (400, None)


def test_the_main_picture_can_be_given_up_and_goes_with_its_file(house: House) -> None:
    client, shirt = seller(house), make_product(house)
    front = added(client, shirt)
    choose(client, shirt, front)
    assert client.delete(f"/api/attachments/{front}/").status_code == 204
    assert chosen(house, shirt) is None
    again = added(client, shirt)
    choose(client, shirt, again)
    assert choose(client, shirt, None).json()["default_media_id"] is None
    assert chosen(house, shirt) is None


def test_who_may_not_change_products_chooses_nothing_and_strangers_see_nothing(house: House) -> None:
    shirt = make_product(house)
    front = added(seller(house), shirt)
    reader = seller(house, "catalog.products.view")
    assert len(reader.get(media(shirt)).json()["results"]) == 1
    assert choose(reader, shirt, front).status_code == 403
    elsewhere = client_of(member(house, "catalog.*"), organization=house.south)
    assert (
        elsewhere.get(media(shirt)).status_code == elsewhere.get(f"/api/catalog/products/{uuid7()}/media/").status_code
    )
    assert choose(elsewhere, shirt, front).status_code == 404
    assert elsewhere.get(f"/backend/catalog/media/?entity=catalog.product&id={shirt.pk}").status_code == 404


def test_the_page_asks_as_many_queries_for_many_pictures_as_for_one(house: House) -> None:
    client, shirt = seller(house), make_product(house)
    page = f"/backend/catalog/media/?entity=catalog.product&id={shirt.pk}"

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(page).status_code == 200
        return len(caught)

    added(client, shirt)
    queries()
    one = queries()
    for number in range(4):
        added(client, shirt, f"{number}.png")
    assert queries() == one


@pytest.mark.parametrize("question", ["entity=catalog.product&id=x", "entity=auth.user&id=0", "entity=catalog.product"])
def test_a_page_of_nothing_is_not_there(house: House, question: str) -> None:
    assert seller(house).get(f"/backend/catalog/media/?{question}").status_code == 404
