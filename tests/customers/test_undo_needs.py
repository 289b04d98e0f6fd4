"""Undo is no way round what keeps customers, pipelines and stages: what deletion asks is asked when they go again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.catalog.factories import make_price_list
from tests.customers.factories import (
    COMPANIES,
    DEALS,
    GROUPS,
    PEOPLE,
    PIPELINES,
    STAGES,
    WORKS,
    clerk,
    make_company,
    make_deal,
    make_group,
    make_person,
    make_pipeline,
    stages_in,
)
from tests.directory.callers import send
from tests.support.scopes import House


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house, *WORKS, "dictionaries.view", "audit_logs.*")


def done(answer: Any) -> Any:
    assert answer.status_code in {200, 201, 204}, answer.content
    return answer


def undo(caller: Client, answer: Any) -> Any:
    return send(caller, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {})


def refused(answer: Any) -> tuple[int, str, int | None]:
    body = answer.json()
    return answer.status_code, body["code"], body.get("count")


def test_a_person_who_came_to_a_deal_since_is_not_hidden_again(bob: Client, house: House) -> None:
    path = f"{PEOPLE}{make_person(house).pk}/"
    deleted = done(send(bob, "delete", path))
    restored = done(send(bob, "post", f"{path}restore/", {}))
    people = [{"person_id": path.split("/")[-2]}]
    deal = done(
        send(bob, "post", DEALS, {"title": "Mill", "pipeline_id": str(make_pipeline(house).pk), "people": people})
    )
    assert refused(undo(bob, restored)) == (409, "customers.customer.has_deals", 1)
    assert bob.get(path).status_code == 200
    done(send(bob, "delete", f"{DEALS}{deal.json()['id']}/"))
    done(undo(bob, restored))
    back = done(undo(bob, deleted))
    done(undo(bob, back))
    assert bob.get(path).status_code == 404


def test_a_company_that_has_somebody_or_something_since_is_not_hidden_again(bob: Client, house: House) -> None:
    company = make_company(house)
    path = f"{COMPANIES}{company.pk}/"
    back = done(undo(bob, done(send(bob, "delete", path))))
    child = done(send(bob, "post", COMPANIES, {"brand_name": "Small", "parent_id": str(company.pk)}))
    assert refused(undo(bob, back)) == (409, "customers.company.has_subsidiaries", 1)
    done(send(bob, "delete", f"{COMPANIES}{child.json()['id']}/"))
    work = f"{PEOPLE}{make_person(house).pk}/companies/"
    done(send(bob, "post", work, {"company_id": str(company.pk)}))
    assert refused(undo(bob, back)) == (409, "customers.company.has_people", 1)
    assert bob.get(path).status_code == 200


def test_pipelines_and_stages_that_deals_came_to_are_not_hidden_again(bob: Client, house: House) -> None:
    pipeline, other = make_pipeline(house), make_pipeline(house)
    first = stages_in(house, other)[0]
    whole = done(undo(bob, done(send(bob, "delete", f"{PIPELINES}{pipeline.pk}/"))))
    stage = done(undo(bob, done(send(bob, "delete", f"{STAGES}{first.pk}/"))))
    for item in (pipeline, other):
        done(send(bob, "post", DEALS, {"title": "Mill", "pipeline_id": str(item.pk)}))
    # Both kinds are hidden again with the pipeline; whichever is asked first says so.
    assert refused(undo(bob, whole))[1] in {"customers.pipeline.has_deals", "customers.stage.has_deals"}
    assert refused(undo(bob, stage)) == (409, "customers.stage.has_deals", 1)
    assert [bob.get(path).status_code for path in (f"{PIPELINES}{pipeline.pk}/", f"{STAGES}{first.pk}/")] == [200, 200]


def test_nothing_comes_back_before_what_it_belongs_to(bob: Client, house: House) -> None:
    parent = make_company(house, "Parent")
    child = make_company(house, "Child", parent=parent)
    gone = done(send(bob, "delete", f"{COMPANIES}{child.pk}/"))
    above = done(send(bob, "delete", f"{COMPANIES}{parent.pk}/"))
    answer = undo(bob, gone)
    assert refused(answer)[:2] == (409, "audit_logs.undo.conflict")
    assert answer.json()["actions"] == [above["X-Action-Id"]]
    assert bob.get(f"{COMPANIES}{child.pk}/").status_code == 404


def test_a_deal_comes_back_to_no_stage_that_is_gone(bob: Client, house: House) -> None:
    pipeline = make_pipeline(house)
    talk, offer = stages_in(house, pipeline)[:2]
    deal, moved = make_deal(house, pipeline), make_deal(house, pipeline)
    gone = done(send(bob, "delete", f"{DEALS}{deal.pk}/"))
    move = done(send(bob, "post", f"{DEALS}{moved.pk}/move/", {"stage_id": str(offer.pk)}))
    done(send(bob, "delete", f"{STAGES}{talk.pk}/"))
    assert [refused(undo(bob, item))[1] for item in (gone, move)] == ["audit_logs.undo.conflict"] * 2
    restored = done(send(bob, "post", f"{DEALS}{deal.pk}/restore/", {}))
    assert restored.json()["stage_id"] == str(offer.pk)
    assert bob.get(f"{DEALS}{moved.pk}/").json()["stage_id"] == str(offer.pk)


@pytest.mark.parametrize("kind", ["person", "company"])
def test_nobody_comes_back_into_a_deal_who_is_gone(bob: Client, house: House, kind: str) -> None:
    row, plural = (make_person(house), "people") if kind == "person" else (make_company(house), "companies")
    values: dict[str, Any] = {plural: [{f"{kind}_id": row.pk}]}
    deal = make_deal(house, **values)
    path = f"{DEALS}{deal.pk}/"
    out = done(send(bob, "patch", path, {plural: []}))
    done(send(bob, "delete", f"/api/customers/{plural}/{row.pk}/"))
    assert refused(undo(bob, out))[1] == "audit_logs.undo.conflict"
    assert bob.get(path).json()[plural] == []


def test_nobody_works_again_for_a_company_that_is_gone(bob: Client, house: House) -> None:
    company, work = make_company(house), f"{PEOPLE}{make_person(house).pk}/companies/"
    link = done(send(bob, "post", work, {"company_id": str(company.pk)})).json()["id"]
    out = done(send(bob, "delete", f"{work}{link}/"))
    done(send(bob, "delete", f"{COMPANIES}{company.pk}/"))
    assert refused(undo(bob, out))[1] == "audit_logs.undo.conflict"


def test_a_group_that_prices_point_to_since_is_not_hidden_again(bob: Client, house: House) -> None:
    group = make_group(house)
    path = f"{GROUPS}{group.pk}/"
    back = done(undo(bob, done(send(bob, "delete", path))))
    make_price_list(house, customer_group_id=group.pk)
    assert refused(undo(bob, back))[:2] == (409, "kernel.in_use")
    assert bob.get(path).status_code == 200
