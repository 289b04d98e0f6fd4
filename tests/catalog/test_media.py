"""Pictures of products, variants and offers: who sees them, which one is the main one, what happens when it goes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import Offer, Product, Variant
from apps.kernel.ids import uuid7
from tests.attachments.factories import TEXT, picture, run_work
from tests.catalog.factories import make_offer, make_product, make_variant, seller
from tests.directory.callers import client_of, complaints, member, send
from tests.support.scopes import House, seeding

pytestmark = pytest.mark.committed
KINDS: dict[type[Any], str] = {Product: "products", Variant: "variants", Offer: "offers"}
MAY, JUNE = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6))
WHILE = {"starts_at": "2026-05-01T00:00:00Z", "ends_at": "2026-06-01T00:00:00Z"}


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
    return f"{path(record)}media/"


def path(record: Any) -> str:
    return f"/api/catalog/{KINDS[type(record)]}/{record.pk}/"


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


def test_an_offer_shows_its_own_picture_or_one_of_its_product(house: House) -> None:
    client, shirt = seller(house), make_product(house)
    sale = make_offer(house, shirt, MAY, JUNE)
    front, back, own = added(client, shirt), added(client, shirt, "back.png"), added(client, sale, "sale.png")
    choose(client, shirt, front)
    assert client.get(path(sale)).json()["shown_media_id"] == front
    for picture_id in (own, back):
        answer = send(client, "patch", path(sale), {"default_media_id": picture_id})
        record = answer.json()
        assert (answer.status_code, record["default_media_id"], record["shown_media_id"]) == (200, *[picture_id] * 2)
    found = client.get(media(sale)).json()["results"]
    assert [(item["id"], item["is_main"], item["own"]) for item in found] == [
        (own, False, True),
        (front, False, False),
        (back, True, False),
    ]
    assert send(client, "patch", path(sale), {"title": "Sale of May"}).json()["default_media_id"] == back
    record = send(client, "patch", path(sale), {"default_media_id": None}).json()
    assert (record["default_media_id"], record["shown_media_id"]) == (None, front)


def test_a_new_offer_takes_a_picture_of_its_product_and_of_nothing_else(house: House) -> None:
    client, shirt = seller(house), make_product(house)
    front, theirs = added(client, shirt), added(client, make_product(house, "Hat"))
    body = {"product_id": str(shirt.pk), **WHILE}
    made = send(client, "post", "/api/catalog/offers/", {**body, "default_media_id": front})
    assert (made.status_code, made.json()["shown_media_id"]) == (201, front)
    refused = send(client, "post", "/api/catalog/offers/", {**body, "default_media_id": theirs, "ends_at": None})
    assert (refused.status_code, complaints(refused)) == (
        400,
        {"default_media_id": "catalog.media.no_picture", "ends_at": "catalog.offer.date_needed"},
    )
    assert client.get("/api/catalog/offers/").json()["count"] == 1


def test_what_is_no_picture_of_the_offer_or_its_product_is_refused(house: House) -> None:
    client, shirt = seller(house), make_product(house)
    sale, other = make_offer(house, shirt, MAY, JUNE), make_offer(house, shirt, MAY, JUNE)
    gone = added(client, sale)
    client.delete(f"/api/attachments/{gone}/")
    for picture_id, code in (
        (added(client, sale, "terms.txt", TEXT), "catalog.media.no_picture"),
        (added(client, other), "catalog.media.no_picture"),
        (added(client, make_variant(house, shirt)), "catalog.media.no_picture"),
        (gone, "kernel.reference.unknown"),
        (str(uuid7()), "kernel.reference.unknown"),
        ("x", "invalid"),
    ):
        answer = send(client, "patch", path(sale), {"default_media_id": picture_id, "title": "Other"})
        assert (answer.status_code, complaints(answer)) == (400, {"default_media_id": code})
    assert (chosen(house, sale), sale.title) == (None, "Sale")
    # A product shows no picture of one offer.
    answer = choose(client, shirt, added(client, sale, "own.png"))
    assert complaints(answer) == {"attachment_id": "catalog.media.no_picture"}


def test_another_tenants_picture_is_as_unknown_as_a_missing_one(house: House, other_house: House) -> None:
    client = seller(house)
    sale = make_offer(house, make_product(house), MAY, JUNE)
    theirs = added(seller(other_house), make_product(other_house))
    answers = [send(client, "patch", path(sale), {"default_media_id": item}) for item in (theirs, str(uuid7()))]
    assert answers[0].status_code == 400
    assert answers[0].json()["errors"] == answers[1].json()["errors"]


def test_an_offers_picture_goes_with_its_file_and_both_come_back(house: House) -> None:
    client = seller(house)
    sale = make_offer(house, make_product(house), MAY, JUNE)
    own = added(client, sale)
    send(client, "patch", path(sale), {"default_media_id": own})
    removed = client.delete(f"/api/attachments/{own}/")
    assert (removed.status_code, chosen(house, sale)) == (204, None)
    undone = send(client, "post", f"/api/audit_logs/actions/{removed.headers['X-Action-Id']}/undo/", {})
    assert (undone.status_code, str(chosen(house, sale))) == (200, own)


def test_the_page_of_an_offer_chooses_its_picture_and_offers_the_undo(house: House) -> None:
    client, shirt = seller(house), make_product(house)
    sale = make_offer(house, shirt, MAY, JUNE)
    front = added(client, shirt)
    page = f"/backend/catalog/media/?entity=catalog.offer&id={sale.pk}"
    assert page.replace("&", "&amp;") in client.get(f"/backend/catalog/offer/{sale.pk}/change/").content.decode()
    assert "None is chosen here" in client.get(page).content.decode()
    assert client.post(page, {"attachment": front}).status_code == 302
    assert str(chosen(house, sale)) == front
    action = client.get("/api/audit_logs/actions/?command=catalog.offer.update").json()["results"][0]
    assert action["id"] in client.get(page).content.decode()
    undone = send(client, "post", f"/api/audit_logs/actions/{action['id']}/undo/", {})
    assert (undone.status_code, chosen(house, sale)) == (200, None)
    theirs = added(client, make_product(house, "Hat"))
    refused = client.post(page, {"attachment": theirs})
    assert (refused.status_code, chosen(house, sale)) == (400, None)
    assert "Choose a picture that was added to this record." in refused.content.decode()


def test_whoever_does_not_see_offers_sees_none_of_their_pictures(house: House) -> None:
    sale = make_offer(house, make_product(house), MAY, JUNE)
    own = added(seller(house), sale)
    page = f"/backend/catalog/media/?entity=catalog.offer&id={sale.pk}"
    stranger, reader = seller(house, "catalog.products.view"), seller(house, "catalog.offers.view")
    assert (stranger.get(media(sale)).status_code, stranger.get(page).status_code) == (403, 404)
    assert [item["id"] for item in reader.get(media(sale)).json()["results"]] == [own]
    assert "data-media-add" not in reader.get(page).content.decode()
    assert send(reader, "patch", path(sale), {"default_media_id": own}).status_code == 403
    assert reader.post(page, {"attachment": own}).status_code == 403
    assert chosen(house, sale) is None
    elsewhere = client_of(member(house, "catalog.*"), organization=house.south)
    assert elsewhere.get(media(sale)).status_code == 404
