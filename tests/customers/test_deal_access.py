"""Restricted deals, restricted people in deals, what a new organization begins with, and deals that are found."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from apps.customers.models import Deal, Stage
from apps.customers.services import create_deal, delete_stage, update_deal
from apps.kernel.errors import PlatformError
from apps.kernel.tenancy.scope import using_scope
from tests.customers.factories import (
    DEALS,
    PIPELINES,
    STAGES,
    VISITS,
    clerk,
    make_deal,
    make_person,
    make_pipeline,
    stages_in,
)
from tests.directory.callers import client_of, complaints, member, send
from tests.search.factories import build_index
from tests.support.scopes import House, reading, seeding


def restrict(house: House, row: Any) -> None:
    """Leave the record to super admins."""
    with seeding(house.scope(house.north)):
        type(row)._default_manager.filter(pk=row.pk).update(is_restricted=True)


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house)


@pytest.fixture
def alice(house: House) -> Client:
    return client_of(member(house, name="Alice", is_super_admin=True), organization=house.north)


def test_a_restricted_deal_is_there_for_nobody_else(bob: Client, alice: Client, house: House) -> None:
    pipeline = make_pipeline(house)
    deal = make_deal(house, pipeline)
    restrict(house, deal)
    path = f"{DEALS}{deal.pk}/"
    assert bob.get(path).status_code == 404
    assert [bob.get(address).json()["count"] for address in (DEALS, VISITS)] == [0, 0]
    for action in ("win", "lose", "reopen", "restore"):
        assert send(bob, "post", f"{path}{action}/", {}).status_code == 404
    kept = send(bob, "delete", f"{PIPELINES}{pipeline.pk}/")
    assert (kept.status_code, kept.json()["count"]) == (409, 1)
    assert [alice.get(address).json()["count"] for address in (DEALS, VISITS)] == [1, 1]


def test_who_is_not_seen_stays_in_a_deal_whatever_list_is_set(bob: Client, alice: Client, house: House) -> None:
    hidden, open_one = make_person(house, "Ada Lovelace"), make_person(house, "Grace Hopper")
    deal = make_deal(house, people=[{"person_id": hidden.pk}, {"person_id": open_one.pk}])
    restrict(house, hidden)
    path = f"{DEALS}{deal.pk}/"
    assert bob.get(path).json()["people"] == [{"person_id": str(open_one.pk), "role_id": None}]
    assert send(bob, "patch", path, {"people": []}).json()["people"] == []
    assert alice.get(path).json()["people"] == [{"person_id": str(hidden.pk), "role_id": None}]
    refused = send(bob, "patch", path, {"people": [{"person_id": str(hidden.pk)}]})
    assert refused.json()["errors"][0]["code"] == "kernel.reference.unknown"


def test_a_new_organization_begins_with_a_pipeline(alice: Client) -> None:
    made = send(alice, "post", "/api/directory/organizations/", {"name": "West"})
    assert made.status_code == 201, made.content
    inside = {"X-Organization-Id": made.json()["id"]}
    [pipeline] = alice.get(PIPELINES, headers=inside).json()["results"]
    assert (pipeline["name"], pipeline["is_default"]) == ("Sales", True)
    stages = alice.get(STAGES, headers=inside).json()["results"]
    assert [row["label"] for row in stages] == [
        "Opportunity",
        "Qualified",
        "Offer",
        "Negotiation",
        "Verbal agreement",
    ]
    probabilities = [row["probability"] for row in stages]
    assert probabilities == sorted(probabilities)
    deal = send(alice, "post", DEALS, {"title": "First"}, **inside).json()
    assert deal["stage_id"] == stages[0]["id"]


def test_a_deal_is_found_by_its_title_and_holds_fields_of_its_own(bob: Client, alice: Client, house: House) -> None:
    make_pipeline(house)
    values = {"cf_estimated_seats": 12, "cf_competitive_risk": "high"}
    made = send(alice, "post", DEALS, {"title": "Spinning jenny", **values}).json()
    assert (made["custom_fields"]["estimated_seats"], made["custom_fields"]["competitive_risk"]) == (12, "high")
    wrong = send(alice, "post", DEALS, {"title": "X", "cf_estimated_seats": -1})
    assert list(complaints(wrong)) == ["custom_fields.estimated_seats"]
    assert bob.get(DEALS, {"cf_competitive_risk": "high"}).json()["count"] == 1
    build_index(house)
    [found] = alice.get("/api/search/", {"q": "jenny"}).json()["results"]
    assert (found["entity"], found["title"]) == ("customers.deal", "Spinning jenny")


def at_once(*works: Any) -> list[str]:
    """Do several things at the same moment; how each went."""
    start, outcomes = threading.Barrier(len(works)), list[str]()

    def run(work: Any) -> None:
        try:
            start.wait()
            work()
            outcomes.append("done")
        except PlatformError as refusal:
            outcomes.append(next((item.code for item in refusal.errors), refusal.code))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.committed
@pytest.mark.parametrize("how", ["new", "moved"])
def test_no_deal_comes_to_a_stage_that_goes(house: House, how: str) -> None:
    pipeline = make_pipeline(house, "A", "B")
    stage, deal = stages_in(house, pipeline)[1], make_deal(house, pipeline)
    scope = house.scope(house.north)

    def come() -> None:
        with using_scope(scope):
            if how == "new":
                create_deal(title="New", stage_id=stage.pk)
            else:
                update_deal(deal.pk, stage_id=stage.pk)

    def go() -> None:
        with using_scope(scope):
            delete_stage(stage.pk)

    outcomes = at_once(come, go)
    with reading(house.scope()):
        is_gone = Stage.objects.get(pk=stage.pk).is_deleted
        inside = Deal.objects.filter(stage=stage.pk).count()
    assert (is_gone, inside) in {(True, 0), (False, 1)}
    expected = "kernel.reference.unknown" if is_gone else "customers.stage.has_deals"
    assert outcomes == sorted(["done", expected])
