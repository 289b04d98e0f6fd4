"""Offers over HTTP: promotions for a while, listings in channels, and what they show in their products' stead."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from apps.catalog.calculations.offers import OfferState, state_at
from apps.catalog.models import Offer, OfferKind, Price
from apps.catalog.services import create_offer
from apps.kernel import clock
from apps.kernel.errors import PlatformError
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from tests.catalog.factories import make_kind, make_offer, make_price, make_product, make_variant, seller
from tests.directory.callers import complaints, send
from tests.sales.factories import make_channel
from tests.support.scopes import House, reading

OFFERS = "/api/catalog/offers/"
MAY, JUNE, JULY = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 6, 7))
WHILE = {"starts_at": "2026-05-01T00:00:00Z", "ends_at": "2026-06-01T00:00:00Z"}


def stored(house: House) -> list[Offer]:
    with reading(house.scope(house.north)):
        return list(Offer.objects.filter(deleted_at__isnull=True))


def made(bob: Client, **values: Any) -> dict[str, Any]:
    answer = send(bob, "post", OFFERS, values)
    assert answer.status_code == 201, answer.content
    record: dict[str, Any] = answer.json()
    return record


def test_a_promotion_shows_its_products_texts_where_it_has_none(bob: Client, house: House) -> None:
    shirt = make_product(house, "Shirt", description="Of linen.")
    with clock.frozen(MAY):
        record = made(bob, product_id=str(shirt.pk), title="  May  sale ", **WHILE)
        plain = made(bob, product_id=str(shirt.pk), **WHILE)
        listed = {row["id"]: row for row in bob.get(OFFERS).json()["results"]}
    assert (record["kind"], record["state"], record["is_active"]) == ("promotion", "running", True)
    assert (record["title"], record["shown_title"], record["shown_description"]) == (
        "May sale",
        "May sale",
        "Of linen.",
    )
    assert (plain["title"], listed[plain["id"]]["shown_title"]) == ("", "Shirt")


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"starts_at": "catalog.offer.date_needed", "ends_at": "catalog.offer.date_needed"}),
        ({**WHILE, "ends_at": WHILE["starts_at"]}, {"ends_at": "catalog.offer.dates_reversed"}),
        ({**WHILE, "ends_at": "2026-04-01T00:00:00Z"}, {"ends_at": "catalog.offer.dates_reversed"}),
        ({"kind": "listing"}, {"channel_id": "catalog.offer.channel_needed"}),
        ({**WHILE, "channel_id": str(uuid7())}, {"channel_id": "kernel.reference.unknown"}),
        ({**WHILE, "variant_id": str(uuid7())}, {"variant_id": "kernel.reference.unknown"}),
        ({**WHILE, "kind": "gift"}, {"kind": "invalid_choice"}),
        ({**WHILE, "title": "x" * 256}, {"title": "max_length"}),
        ({**WHILE, "starts_at": "soon"}, {"starts_at": "invalid"}),
        ({**WHILE, "state": "over"}, {"state": "read_only"}),
    ],
)
def test_what_is_wrong_is_said_on_its_field(
    bob: Client, house: House, body: dict[str, Any], errors: dict[str, str]
) -> None:
    answer = send(bob, "post", OFFERS, {"product_id": str(make_product(house).pk), **body})
    assert (answer.status_code, complaints(answer)) == (400, errors)
    assert stored(house) == []


def test_products_and_variants_are_ones_own(bob: Client, house: House, other_house: House) -> None:
    shirt, socks = make_product(house), make_product(house, "Socks")
    foreign = make_variant(house, socks)
    answer = send(bob, "post", OFFERS, {"product_id": str(shirt.pk), "variant_id": str(foreign.pk), **WHILE})
    assert complaints(answer) == {"variant_id": "catalog.offer.variant_foreign"}
    for missing in (make_product(other_house).pk, uuid7()):
        answer = send(bob, "post", OFFERS, {"product_id": str(missing), **WHILE})
        assert (answer.status_code, complaints(answer)) == (400, {"product_id": "kernel.reference.unknown"})
    own = make_variant(house, shirt)
    assert made(bob, product_id=str(shirt.pk), variant_id=str(own.pk), **WHILE)["variant_id"] == str(own.pk)


def test_a_product_is_listed_in_a_channel_once(bob: Client, house: House) -> None:
    shirt, web, shop = make_product(house), make_channel(house), make_channel(house)
    variant = make_variant(house, shirt)
    listing = {"product_id": str(shirt.pk), "kind": "listing", "channel_id": str(web.pk)}
    first = made(bob, **listing)
    answer = send(bob, "post", OFFERS, {**listing, "title": "Again"})
    assert (answer.status_code, answer.json()["code"]) == (409, "catalog.offer.listing_exists")
    assert (answer.json()["offer_id"], complaints(answer)) == (
        first["id"],
        {"channel_id": "catalog.offer.listing_exists"},
    )
    second = made(bob, **{**listing, "channel_id": str(shop.pk)})
    made(bob, **listing, variant_id=str(variant.pk))
    answer = send(bob, "patch", f"{OFFERS}{second['id']}/", {"channel_id": str(web.pk)})
    assert (answer.status_code, answer.json()["offer_id"]) == (409, first["id"])
    promotion = made(bob, product_id=str(shirt.pk), channel_id=str(web.pk), **WHILE)
    answer = send(bob, "patch", f"{OFFERS}{promotion['id']}/", {"kind": "listing"})
    assert answer.json()["code"] == "catalog.offer.listing_exists"
    assert send(bob, "delete", f"{OFFERS}{first['id']}/").status_code == 204
    assert send(bob, "patch", f"{OFFERS}{promotion['id']}/", {"kind": "listing"}).status_code == 200


def test_dates_are_those_of_the_offer_as_it_will_be(bob: Client, house: House) -> None:
    record = made(bob, product_id=str(make_product(house).pk), **WHILE)
    address = f"{OFFERS}{record['id']}/"
    for change, errors in (
        ({"starts_at": "2026-06-02T00:00:00Z"}, {"ends_at": "catalog.offer.dates_reversed"}),
        ({"ends_at": None}, {"ends_at": "catalog.offer.date_needed"}),
        ({"product_id": str(make_product(house).pk)}, {"product_id": "read_only"}),
    ):
        answer = send(bob, "patch", address, change)
        assert (answer.status_code, complaints(answer)) == (400, errors)
    both = {"starts_at": "2026-06-02T00:00:00Z", "ends_at": "2026-06-03T00:00:00Z"}
    answer = send(bob, "patch", address, both, if_match='"1"')
    assert (answer.status_code, answer.json()["version"], answer.json()["product_id"]) == (200, 2, record["product_id"])
    assert send(bob, "patch", address, {"title": "X"}, if_match='"1"').status_code == 412


def test_offers_are_filtered_by_where_they_stand(bob: Client, house: House) -> None:
    shirt, web = make_product(house), make_channel(house)
    running = make_offer(house, shirt, MAY, JULY)
    planned = make_offer(house, shirt, JULY, datetime(2026, 8, 1, tzinfo=UTC))
    over = make_offer(house, shirt, MAY, JUNE)
    listing = make_offer(house, shirt, None, None, kind=OfferKind.LISTING, channel_id=web.pk)

    def ids(**asked: Any) -> set[str]:
        return {row["id"] for row in bob.get(OFFERS, asked).json()["results"]}

    with clock.frozen(JUNE):
        assert ids(state="running") == {str(running.pk), str(listing.pk)}
        assert ids(state="planned") == {str(planned.pk)}
        assert ids(state="over") == {str(over.pk)}
        assert ids(state__in="over,planned") == {str(over.pk), str(planned.pk)}
        assert bob.get(OFFERS, {"state": "soon"}).status_code == 400
        assert ids(channel_id=str(web.pk)) == {str(listing.pk)}
        shown = {row["id"]: row["state"] for row in bob.get(OFFERS).json()["results"]}
    assert shown == {
        str(over.pk): "over",
        str(planned.pk): "planned",
        str(running.pk): "running",
        str(listing.pk): "running",
    }


@pytest.mark.parametrize(
    ("at", "start", "end", "state"),
    [
        (MAY, MAY, JUNE, OfferState.RUNNING),
        (JUNE, MAY, JUNE, OfferState.OVER),
        (MAY, JUNE, JULY, OfferState.PLANNED),
        (MAY, None, None, OfferState.RUNNING),
        (MAY, JUNE, None, OfferState.PLANNED),
        (MAY, None, MAY, OfferState.OVER),
    ],
)
def test_the_end_no_longer_belongs_to_an_offer(
    at: datetime, start: datetime | None, end: datetime | None, state: OfferState
) -> None:
    assert state_at(at, start, end) is state


def test_a_deleted_offer_comes_back(bob: Client, house: House) -> None:
    offer = make_offer(house, make_product(house), MAY, JUNE)
    deleted = send(bob, "delete", f"{OFFERS}{offer.pk}/")
    assert bob.get(f"{OFFERS}{offer.pk}/").status_code == 404
    undone = send(bob, "post", f"/api/audit_logs/actions/{deleted.headers['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200
    assert bob.get(f"{OFFERS}{offer.pk}/").status_code == 200


def test_whoever_may_only_look_changes_nothing(house: House, bob: Client) -> None:
    offer = make_offer(house, make_product(house), MAY, JUNE)
    reader = seller(house, "catalog.offers.view")
    assert reader.get(f"{OFFERS}{offer.pk}/").status_code == 200
    for method, path in (("post", ""), ("patch", f"{offer.pk}/"), ("delete", f"{offer.pk}/")):
        assert send(reader, method, f"{OFFERS}{path}", {"title": "X"}).status_code == 403


def test_another_tenants_offer_and_a_missing_one_look_the_same(house: House, other_house: House) -> None:
    offer = make_offer(house, make_product(house), MAY, JUNE)
    charlie = seller(other_house)
    found = [charlie.get(f"{OFFERS}{item}/") for item in (offer.pk, uuid7())]
    assert [(answer.status_code, answer.json()["code"]) for answer in found] == [(404, "kernel.not_found")] * 2


@pytest.mark.committed
def test_of_two_listings_at_once_one_is_refused(house: House) -> None:
    shirt, web = make_product(house), make_channel(house)
    start, outcomes = threading.Barrier(2), list[str]()

    def make() -> None:
        try:
            start.wait()
            with using_scope(house.scope(house.north)):
                create_offer(product_id=shirt.pk, kind=OfferKind.LISTING, channel_id=web.pk)
            outcomes.append("made")
        except PlatformError as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=make) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["catalog.offer.listing_exists", "made"]
    assert len(stored(house)) == 1


def test_a_deleted_offer_keeps_its_prices_for_when_it_comes_back(bob: Client, house: House) -> None:
    shirt = make_product(house)
    offer = make_offer(house, shirt, MAY, JUNE)
    price = make_price(house, shirt, make_kind(house), offer=offer)
    assert send(bob, "delete", f"{OFFERS}{offer.pk}/").status_code == 204
    with reading(house.scope(house.north)):
        assert Price.objects.get(pk=price.pk).offer_id == offer.pk
