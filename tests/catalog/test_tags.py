"""Tags of products over HTTP: one of a kind, renamed, merged, taken away."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.catalog.calculations.words import tag_slug
from tests.catalog.factories import make_product, make_tag, seller
from tests.directory.callers import complaints, send
from tests.support.scopes import House

TAGS, PRODUCTS = "/api/catalog/tags/", "/api/catalog/products/"


def tagged(bob: Client, title: str, *tags: Any) -> str:
    answer = send(bob, "post", PRODUCTS, {"title": title, "tag_ids": [str(tag.pk) for tag in tags]})
    assert answer.status_code == 201, answer.content
    return f"{PRODUCTS}{answer.json()['id']}/"


def tags_on(bob: Client, path: str) -> list[str]:
    found: list[str] = bob.get(path).json()["tag_ids"]
    return found


def undone(bob: Client, answer: Any) -> int:
    status: int = send(bob, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {}).status_code
    return status


@pytest.mark.parametrize(
    ("label", "slug"),
    [
        ("New", "new"),
        ("  New   In ", "new-in"),
        ("Żółty ŁAD", "zolty-lad"),
        ("GRÖSSE", "grosse"),
        ("Größe", "grosse"),
        ("新品", "新品"),
        ("🔥", "🔥"),
        ("50 %", "50"),
    ],
)
def test_labels_that_differ_in_capitals_and_accents_are_the_same(label: str, slug: str) -> None:
    assert tag_slug(label) == slug


def test_a_label_is_there_once(bob: Client, house: House) -> None:
    record = send(bob, "post", TAGS, {"label": " Größe "}).json()
    assert (record["label"], record["slug"]) == ("Größe", "grosse")
    for label in ("GRÖSSE", "grosse", "Große"):
        answer = send(bob, "post", TAGS, {"label": label})
        assert (answer.status_code, complaints(answer)) == (409, {"label": "kernel.duplicate"})
    assert send(bob, "patch", f"{TAGS}{record['id']}/", {"label": "GROSSE"}).json()["label"] == "GROSSE"
    assert send(seller(house, organization=house.south), "post", TAGS, {"label": "Große"}).status_code == 201
    for wrong, code in (("", "blank"), ("x" * 101, "max_length"), (None, "null")):
        assert complaints(send(bob, "post", TAGS, {"label": wrong})) == {"label": code}
    assert complaints(send(bob, "post", TAGS, {"label": "A", "slug": "a"})) == {"slug": "read_only"}
    assert send(bob, "patch", f"{TAGS}{record['id']}/", {}).status_code == 200


def test_one_tag_takes_the_place_of_another(bob: Client, house: House) -> None:
    gone, kept = make_tag(house, "Nwe"), make_tag(house, "New")
    both, one = tagged(bob, "Both", gone, kept), tagged(bob, "One", gone)
    answer = send(bob, "post", f"{TAGS}{gone.pk}/merge/", {"into_id": str(kept.pk)})
    assert (answer.status_code, answer.json()["label"]) == (200, "New")
    assert [tags_on(bob, path) for path in (both, one)] == [[str(kept.pk)], [str(kept.pk)]]
    assert bob.get(f"{TAGS}{gone.pk}/").status_code == 404
    assert undone(bob, answer) == 200
    assert tags_on(bob, both) == [str(kept.pk), str(gone.pk)]
    assert tags_on(bob, one) == [str(gone.pk)]


def test_a_tag_is_merged_into_another_living_one_of_its_organization(bob: Client, house: House) -> None:
    tag, gone = make_tag(house, "New"), make_tag(house, "Gone")
    send(bob, "delete", f"{TAGS}{gone.pk}/")
    for wrong, code in (
        (tag.pk, "catalog.tag.merge_same"),
        (gone.pk, "kernel.reference.unknown"),
        (make_product(house).pk, "kernel.reference.unknown"),
    ):
        answer = send(bob, "post", f"{TAGS}{tag.pk}/merge/", {"into_id": str(wrong)})
        assert complaints(answer) == {"into_id": code}
    assert send(bob, "post", f"{TAGS}{gone.pk}/merge/", {"into_id": str(tag.pk)}).status_code == 404


def test_a_tag_is_taken_from_its_products_and_given_back(bob: Client, house: House) -> None:
    tag = make_tag(house)
    path = tagged(bob, "Shirt", tag)
    gone = send(bob, "delete", f"{TAGS}{tag.pk}/")
    assert (gone.status_code, tags_on(bob, path)) == (204, [])
    assert undone(bob, gone) == 200
    assert tags_on(bob, path) == [str(tag.pk)]


def test_tags_are_for_who_may_change_products(house: House, other_house: House) -> None:
    tag = make_tag(house)
    looker = seller(house, "catalog.products.view")
    assert looker.get(TAGS).json()["count"] == 1
    assert send(looker, "post", f"{TAGS}{tag.pk}/merge/", {"into_id": str(tag.pk)}).status_code == 403
    for stranger in (seller(other_house), seller(house, organization=house.south)):
        assert send(stranger, "patch", f"{TAGS}{tag.pk}/", {"label": "Mine"}).status_code == 404
        assert send(stranger, "post", f"{TAGS}{tag.pk}/merge/", {"into_id": str(tag.pk)}).status_code == 404
