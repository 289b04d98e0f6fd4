"""Reminders over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.example.models import Reminder
from apps.kernel.ids import uuid7
from tests.directory.callers import client_of, complaints, member, send
from tests.example.installed.factories import living_reminders, make_reminder, reminder_body, some_record
from tests.support.scopes import House

LIST = "/api/example/reminders/"
NAME = "Title"
OTHER_NAME = "Title, changed"


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "example.reminders.manage"), organization=house.north)


def at(reminder: Reminder) -> str:
    return f"{LIST}{reminder.pk}/"


def least(house: House) -> dict[str, Any]:
    """A body that holds what a reminder cannot do without."""
    return {"title": NAME}


def test_what_is_sent_is_kept_and_shown(manager: Client, house: House) -> None:
    body = reminder_body(house)
    answer = send(manager, "post", LIST, body)
    assert answer.status_code == 201
    assert {name: answer.json()[name] for name in body} == body
    shown = manager.get(answer.headers["Location"]).json()
    assert {name: shown[name] for name in body} == body
    assert shown["version"] == 1


def test_what_may_be_left_out_is_empty(manager: Client, house: House) -> None:
    answer = send(manager, "post", LIST, least(house))
    assert answer.status_code == 201
    assert answer.json()["currency_id"] is None
    assert answer.json()["is_done"] is False
    assert living_reminders(house) == [NAME]


def test_what_is_needed_is_asked_for_at_once(manager: Client, house: House) -> None:
    answer = send(manager, "post", LIST, {})
    wanted = {"title": "required"}
    assert (answer.status_code, complaints(answer)) == (400, wanted)
    assert complaints(send(manager, "post", LIST, {**least(house), "title": ""})) == {"title": "blank"}
    assert living_reminders(house) == []


def test_all_complaints_come_at_once_and_nothing_is_written(manager: Client, house: House) -> None:
    body = {"title": 7, "currency_id": "nobody", "is_done": "yes", "no_such_field": 1}
    answer = send(manager, "post", LIST, body)
    assert (answer.status_code, complaints(answer)) == (
        400,
        {"title": "invalid", "currency_id": "invalid", "is_done": "invalid", "no_such_field": "unknown"},
    )
    assert living_reminders(house) == []


def test_a_change_touches_what_it_names(manager: Client, house: House) -> None:
    reminder = make_reminder(house, title=NAME)
    before = manager.get(at(reminder)).json()
    answer = send(manager, "patch", at(reminder), {"title": OTHER_NAME})
    after = {**before, "title": OTHER_NAME, "version": 2, "updated_at": answer.json()["updated_at"]}
    assert (answer.status_code, answer.json()) == (200, after)


def test_every_field_can_be_changed(manager: Client, house: House) -> None:
    reminder = make_reminder(house, title=NAME)
    body = {"title": "Title, changed", "currency_id": str(some_record(house, "currencies.currency")), "is_done": False}
    answer = send(manager, "patch", at(reminder), body)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in body} == body


def test_a_change_of_what_somebody_else_has_changed_is_refused(manager: Client, house: House) -> None:
    reminder = make_reminder(house, title=NAME)
    assert send(manager, "patch", at(reminder), {"title": OTHER_NAME}).status_code == 200
    answer = send(manager, "patch", at(reminder), {"title": NAME}, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["changed_fields"]) == (412, ["title"])
    assert living_reminders(house) == [OTHER_NAME]


def test_what_is_deleted_is_not_there(manager: Client, house: House) -> None:
    reminder = make_reminder(house)
    assert send(manager, "delete", at(reminder)).status_code == 204
    assert send(manager, "get", at(reminder)).status_code == 404
    assert send(manager, "patch", at(reminder), {"title": OTHER_NAME}).status_code == 404
    assert manager.get(LIST).json()["count"] == 0


def test_a_custom_field_that_nobody_has_defined_is_refused(manager: Client, house: House) -> None:
    answer = send(manager, "post", LIST, {**least(house), "custom_fields": {"no_such_key": 1}})
    assert (answer.status_code, complaints(answer)) == (400, {"custom_fields.no_such_key": "unknown"})
    assert living_reminders(house) == []


def test_currency_id_points_to_something(manager: Client, house: House) -> None:
    answer = send(manager, "post", LIST, {**least(house), "currency_id": str(uuid7())})
    assert (answer.status_code, complaints(answer)) == (400, {"currency_id": "kernel.reference.unknown"})
    assert living_reminders(house) == []


def test_a_list_is_searched_and_narrowed(manager: Client, house: House) -> None:
    make_reminder(house, title="Needle")
    make_reminder(house, title="Hay")
    for query in ("q=needl", "title=Needle", "title__icontains=EED"):
        found = manager.get(f"{LIST}?{query}").json()["results"]
        assert [row["title"] for row in found] == ["Needle"], query


def test_who_may_only_look_does_not_write(house: House) -> None:
    reader = client_of(member(house, "example.reminders.view"), organization=house.north)
    reminder = make_reminder(house, title=NAME)
    assert reader.get(LIST).json()["count"] == 1
    for method in ("patch", "delete"):
        answer = send(reader, method, at(reminder), {} if method == "patch" else None)
        assert (answer.status_code, answer.json()["feature"]) == (403, "example.reminders.manage")
    assert living_reminders(house) == [NAME]


def test_others_find_nothing(house: House, other_house: House) -> None:
    reminder = make_reminder(house)
    charlie = client_of(member(other_house, "example.*", name="Charlie"), organization=other_house.north)
    assert charlie.get(LIST).json()["results"] == []
    assert charlie.get(at(reminder)).json() == charlie.get(f"{LIST}{uuid7()}/").json()
    assert send(charlie, "delete", at(reminder)).status_code == 404


def test_another_organization_is_not_in_sight(house: House) -> None:
    reminder = make_reminder(house)
    southerner = client_of(member(house, "example.*"), organization=house.south)
    assert southerner.get(LIST).json()["results"] == []
    assert send(southerner, "get", at(reminder)).status_code == 404
