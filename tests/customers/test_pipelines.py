"""Pipelines and stages over HTTP: order, the default one, what keeps them from being deleted."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.customers.factories import PIPELINES, STAGES, clerk, make_deal, make_pipeline, stages_in
from tests.directory.callers import complaints, send
from tests.support.scopes import House


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house)


def made(bob: Client, path: str = PIPELINES, **values: Any) -> dict[str, Any]:
    answer = send(bob, "post", path, values)
    assert answer.status_code == 201, answer.content
    record: dict[str, Any] = answer.json()
    return record


def labels(bob: Client, pipeline: str) -> list[str]:
    return [row["label"] for row in bob.get(f"{PIPELINES}{pipeline}/").json()["stages"]]


def test_a_pipeline_comes_with_its_stages(bob: Client) -> None:
    rows = [{"label": "Talk", "probability": 20}, {"label": " Offer ", "required_fields": ["value_amount"]}]
    record = made(bob, name="Sales", stages=rows)
    assert (record["is_default"], record["position"]) == (True, 0)
    assert [(row["label"], row["probability"], row["required_fields"]) for row in record["stages"]] == [
        ("Talk", 20, []),
        ("Offer", 0, ["value_amount"]),
    ]
    [listed] = bob.get(PIPELINES).json()["results"]
    assert "stages" not in listed
    found = bob.get(STAGES, {"pipeline_id": record["id"]}).json()["results"]
    assert [(row["label"], row["position"]) for row in found] == [("Talk", 0), ("Offer", 1)]


def test_one_pipeline_of_an_organization_is_the_default_one(bob: Client) -> None:
    first, second = made(bob, name="One")["id"], made(bob, name="Two", is_default=True, position=0)["id"]
    shown = {row["id"]: (row["is_default"], row["position"]) for row in bob.get(PIPELINES).json()["results"]}
    assert shown == {second: (True, 0), first: (False, 1)}
    answer = send(bob, "patch", f"{PIPELINES}{second}/", {"is_default": False})
    assert complaints(answer) == {"is_default": "customers.pipeline.default_needed"}
    assert send(bob, "delete", f"{PIPELINES}{second}/").status_code == 204
    assert bob.get(f"{PIPELINES}{first}/").json()["is_default"] is True


def test_two_pipelines_of_one_name_are_refused(bob: Client) -> None:
    made(bob, name="Sales")
    answer = send(bob, "post", PIPELINES, {"name": "Sales"})
    assert (answer.status_code, answer.json()["code"]) == (409, "kernel.duplicate")


def test_stages_are_set_as_a_whole_and_keep_their_ids(bob: Client) -> None:
    record = made(bob, name="Sales", stages=[{"label": "Talk"}, {"label": "Offer"}, {"label": "Signing"}])
    talk, offer, signing = record["stages"]
    rows = [{"id": signing["id"]}, {"label": "Trial"}, {"id": talk["id"], "label": "First talk"}]
    answer = send(bob, "patch", f"{PIPELINES}{record['id']}/", {"stages": rows})
    assert labels(bob, record["id"]) == ["Signing", "Trial", "First talk"]
    assert {answer.json()["stages"][0]["id"], answer.json()["stages"][2]["id"]} == {signing["id"], talk["id"]}
    assert bob.get(f"{STAGES}{offer['id']}/").status_code == 404
    assert send(bob, "patch", f"{PIPELINES}{record['id']}/", {"name": "Others"}).status_code == 200
    assert labels(bob, record["id"]) == ["Signing", "Trial", "First talk"]


def test_everything_that_is_wrong_with_stages_is_said_at_once(bob: Client) -> None:
    rows = [
        {"label": "Talk", "probability": 101},
        {"label": "Talk", "stale_after_days": 0, "color": "red"},
        {"id": "01a2056d-6f6b-75e5-baed-229d1661d77d", "label": "X"},
    ]
    found = complaints(send(bob, "post", PIPELINES, {"name": "Sales", "stages": rows}))
    assert {"stages.0.probability", "stages.1.stale_after_days", "stages.1.color"} <= found.keys()
    answer = send(bob, "post", PIPELINES, {"name": "Sales", "stages": [{"label": "Talk"}, {"label": "Talk"}, rows[2]]})
    assert complaints(answer) == {
        "stages.1.label": "customers.list.repeated",
        "stages.2.id": "kernel.reference.unknown",
    }
    unknown = send(bob, "post", PIPELINES, {"name": "S", "stages": [{"label": "T", "required_fields": ["colour"]}]})
    assert unknown.status_code == 400
    assert bob.get(PIPELINES).json()["count"] == 0


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({}, ["Talk", "Offer", "New"]),
        ({"position": 0}, ["New", "Talk", "Offer"]),
        ({"position": 1}, ["Talk", "New", "Offer"]),
        ({"position": 99}, ["Talk", "Offer", "New"]),
    ],
)
def test_a_stage_is_added_at_a_place(bob: Client, place: dict[str, int], expected: list[str]) -> None:
    pipeline = made(bob, name="Sales", stages=[{"label": "Talk"}, {"label": "Offer"}])
    stage = made(bob, STAGES, pipeline_id=pipeline["id"], label="New", **place)
    assert labels(bob, pipeline["id"]) == expected
    assert stage["position"] == expected.index("New")
    assert bob.get(f"{PIPELINES}{pipeline['id']}/").json()["version"] == 2


def test_a_stage_is_changed_and_moved_and_stays_in_its_pipeline(bob: Client) -> None:
    pipeline = made(bob, name="Sales", stages=[{"label": "Talk"}, {"label": "Offer"}])
    path = f"{STAGES}{pipeline['stages'][1]['id']}/"
    changed = send(bob, "patch", path, {"position": 0, "probability": 40, "required_fields": ["people", "owner_id"]})
    assert (changed.json()["probability"], changed.json()["required_fields"]) == (40, ["people", "owner_id"])
    assert labels(bob, pipeline["id"]) == ["Offer", "Talk"]
    assert complaints(send(bob, "patch", path, {"pipeline_id": pipeline["id"]})) == {"pipeline_id": "read_only"}


def test_stages_are_reordered_by_naming_all_of_them(bob: Client) -> None:
    pipeline = made(bob, name="Sales", stages=[{"label": "A"}, {"label": "B"}, {"label": "C"}])
    ids = [row["id"] for row in pipeline["stages"]]
    path = f"{PIPELINES}{pipeline['id']}/stages/order/"
    answer = send(bob, "post", path, {"stage_ids": [ids[2], ids[0], ids[1]]})
    assert (answer.status_code, labels(bob, pipeline["id"])) == (200, ["C", "A", "B"])
    for wrong in (ids[:2], [*ids, ids[0]], [ids[0], ids[0], ids[1]]):
        refused = send(bob, "post", path, {"stage_ids": wrong})
        assert complaints(refused) == {"stage_ids": "customers.pipeline.order_incomplete"}
    assert labels(bob, pipeline["id"]) == ["C", "A", "B"]


def test_a_pipeline_and_a_stage_with_deals_are_kept(bob: Client, house: House) -> None:
    pipeline = make_pipeline(house)
    talk, offer, signing = stages_in(house, pipeline)
    make_deal(house, pipeline)
    for path, code in (
        (f"{PIPELINES}{pipeline.pk}/", "customers.pipeline.has_deals"),
        (f"{STAGES}{talk.pk}/", "customers.stage.has_deals"),
    ):
        answer = send(bob, "delete", path)
        assert (answer.status_code, answer.json()["code"], answer.json()["count"]) == (409, code, 1)
    left = send(bob, "patch", f"{PIPELINES}{pipeline.pk}/", {"stages": [{"id": str(offer.pk)}]})
    assert (left.status_code, left.json()["code"]) == (409, "customers.stage.has_deals")
    assert send(bob, "delete", f"{STAGES}{signing.pk}/").status_code == 204
    assert labels(bob, str(pipeline.pk)) == ["Talk", "Offer"]


def test_undo_of_a_deletion_brings_the_stages_and_the_default_back(bob: Client, house: House) -> None:
    first, second = make_pipeline(house, name="One"), make_pipeline(house, name="Two")
    gone = send(bob, "delete", f"{PIPELINES}{first.pk}/")
    assert bob.get(f"{PIPELINES}{second.pk}/").json()["is_default"] is True
    undone = send(bob, "post", f"/api/audit_logs/actions/{gone['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    assert labels(bob, str(first.pk)) == ["Talk", "Offer", "Signing"]
    assert bob.get(f"{PIPELINES}{second.pk}/").json()["is_default"] is False


def test_setting_up_is_not_for_who_may_only_look(house: House, other_house: House) -> None:
    pipeline = make_pipeline(house)
    looker = clerk(house, "customers.pipelines.view")
    assert looker.get(PIPELINES).json()["count"] == 1
    assert send(looker, "post", PIPELINES, {"name": "X"}).status_code == 403
    for stranger in (clerk(house, organization=house.south), clerk(other_house)):
        assert stranger.get(f"{PIPELINES}{pipeline.pk}/").status_code == 404
        assert send(stranger, "post", STAGES, {"pipeline_id": str(pipeline.pk), "label": "X"}).status_code == 400
        assert stranger.get(STAGES).json()["count"] == 0
