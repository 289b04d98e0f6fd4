"""Tax classes over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.kernel.ids import uuid7
from apps.sales.models import TaxClass
from tests.directory.callers import client_of, complaints, member, send
from tests.sales.factories import living_tax_classes, make_tax_class, tax_class_body
from tests.support.scopes import House

LIST = "/api/sales/tax-classes/"
NAME = "Name"
OTHER_NAME = "Name, changed"


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "sales.settings.manage"), organization=house.north)


def at(tax_class: TaxClass) -> str:
    return f"{LIST}{tax_class.pk}/"


def least(house: House) -> dict[str, Any]:
    """A body that holds what a tax class cannot do without."""
    body = tax_class_body(house)
    return {name: body[name] for name in ("name", "code", "rate")}


def test_what_is_sent_is_kept_and_shown(manager: Client, house: House) -> None:
    body = tax_class_body(house)
    answer = send(manager, "post", LIST, body)
    assert answer.status_code == 201
    assert {name: answer.json()[name] for name in body} == body
    shown = manager.get(answer.headers["Location"]).json()
    assert {name: shown[name] for name in body} == body
    assert shown["version"] == 1


def test_what_may_be_left_out_is_empty(manager: Client, house: House) -> None:
    answer = send(manager, "post", LIST, least(house))
    assert answer.status_code == 201
    assert answer.json()["description"] == ""
    assert answer.json()["is_default"] is True
    assert living_tax_classes(house) == [NAME]


def test_what_is_needed_is_asked_for_at_once(manager: Client, house: House) -> None:
    answer = send(manager, "post", LIST, {})
    wanted = {"name": "required", "code": "required", "rate": "required"}
    assert (answer.status_code, complaints(answer)) == (400, wanted)
    assert complaints(send(manager, "post", LIST, {**least(house), "name": ""})) == {"name": "blank"}
    assert living_tax_classes(house) == []


def test_all_complaints_come_at_once_and_nothing_is_written(manager: Client, house: House) -> None:
    body = {"name": 7, "code": 7, "description": 7, "rate": "many", "is_default": "yes", "no_such_field": 1}
    answer = send(manager, "post", LIST, body)
    assert (answer.status_code, complaints(answer)) == (
        400,
        {
            "name": "invalid",
            "code": "invalid",
            "description": "invalid",
            "rate": "invalid",
            "is_default": "invalid",
            "no_such_field": "unknown",
        },
    )
    assert living_tax_classes(house) == []


def test_a_change_touches_what_it_names(manager: Client, house: House) -> None:
    tax_class = make_tax_class(house, name=NAME)
    before = manager.get(at(tax_class)).json()
    answer = send(manager, "patch", at(tax_class), {"name": OTHER_NAME})
    after = {**before, "name": OTHER_NAME, "version": 2, "updated_at": answer.json()["updated_at"]}
    assert (answer.status_code, answer.json()) == (200, after)


def test_every_field_can_be_changed(manager: Client, house: House) -> None:
    tax_class = make_tax_class(house, name=NAME)
    body = {
        "name": "Name, changed",
        "code": "full-2",
        "description": "One line.",
        "rate": "20.5000",
        "is_default": False,
    }
    answer = send(manager, "patch", at(tax_class), body)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in body} == body


def test_a_change_of_what_somebody_else_has_changed_is_refused(manager: Client, house: House) -> None:
    tax_class = make_tax_class(house, name=NAME)
    assert send(manager, "patch", at(tax_class), {"name": OTHER_NAME}).status_code == 200
    answer = send(manager, "patch", at(tax_class), {"name": NAME}, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["changed_fields"]) == (412, ["name"])
    assert living_tax_classes(house) == [OTHER_NAME]


def test_what_is_deleted_is_not_there(manager: Client, house: House) -> None:
    tax_class = make_tax_class(house)
    assert send(manager, "delete", at(tax_class)).status_code == 204
    assert send(manager, "get", at(tax_class)).status_code == 404
    assert send(manager, "patch", at(tax_class), {"name": OTHER_NAME}).status_code == 404
    assert manager.get(LIST).json()["count"] == 0


def test_code_is_there_once(manager: Client, house: House) -> None:
    code = "full"
    body = {**least(house), "code": code}
    assert send(manager, "post", LIST, body).status_code == 201
    answer = send(manager, "post", LIST, body)
    assert (answer.status_code, answer.json()["code"], complaints(answer)) == (
        409,
        "kernel.duplicate",
        {"code": "kernel.duplicate"},
    )
    assert len(living_tax_classes(house)) == 1


def test_code_of_what_is_deleted_can_be_used_again(manager: Client, house: House) -> None:
    body = {**least(house), "code": "code"}
    made = send(manager, "post", LIST, body)
    assert send(manager, "delete", made.headers["Location"]).status_code == 204
    assert send(manager, "post", LIST, body).status_code == 201


def test_a_custom_field_that_nobody_has_defined_is_refused(manager: Client, house: House) -> None:
    answer = send(manager, "post", LIST, {**least(house), "custom_fields": {"no_such_key": 1}})
    assert (answer.status_code, complaints(answer)) == (400, {"custom_fields.no_such_key": "unknown"})
    assert living_tax_classes(house) == []


def test_a_list_is_searched_and_narrowed(manager: Client, house: House) -> None:
    make_tax_class(house, name="Needle")
    make_tax_class(house, name="Hay")
    for query in ("q=needl", "name=Needle", "name__icontains=EED"):
        found = manager.get(f"{LIST}?{query}").json()["results"]
        assert [row["name"] for row in found] == ["Needle"], query


def test_who_may_only_look_does_not_write(house: House) -> None:
    reader = client_of(member(house, "sales.settings.view"), organization=house.north)
    tax_class = make_tax_class(house, name=NAME)
    assert reader.get(LIST).json()["count"] == 1
    for method in ("patch", "delete"):
        answer = send(reader, method, at(tax_class), {} if method == "patch" else None)
        assert (answer.status_code, answer.json()["feature"]) == (403, "sales.settings.manage")
    assert living_tax_classes(house) == [NAME]


def test_others_find_nothing(house: House, other_house: House) -> None:
    tax_class = make_tax_class(house)
    charlie = client_of(member(other_house, "sales.*", name="Charlie"), organization=other_house.north)
    assert charlie.get(LIST).json()["results"] == []
    assert charlie.get(at(tax_class)).json() == charlie.get(f"{LIST}{uuid7()}/").json()
    assert send(charlie, "delete", at(tax_class)).status_code == 404


def test_another_organization_is_not_in_sight(house: House) -> None:
    tax_class = make_tax_class(house)
    southerner = client_of(member(house, "sales.*"), organization=house.south)
    assert southerner.get(LIST).json()["results"] == []
    assert send(southerner, "get", at(tax_class)).status_code == 404


@pytest.mark.parametrize("rate", ["-0.0001", "100.0001", "7.12345", "1e999", "NaN", "", None, "12,5"])
def test_a_rate_that_makes_no_sense_is_refused(manager: Client, house: House, rate: Any) -> None:
    answer = send(manager, "post", LIST, {**least(house), "rate": rate})
    assert (answer.status_code, set(complaints(answer))) == (400, {"rate"})
    assert living_tax_classes(house) == []
