"""Own notifications over HTTP: the list, moving them along, pressing actions, sending some, choosing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from apps.auth.models import User
from apps.auth.services.keys import create_api_key
from apps.currencies.models import Currency
from apps.currencies.services import create_currency, delete_currency
from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.commands.models import Action
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.sweeper import sweep
from apps.notifications.models import Notification, NotificationPreference, NotificationSettings
from tests.auth.factories import make_role, make_user, reading_in
from tests.directory.callers import client_of, complaints, member, send
from tests.kernel.events_probes import outbox
from tests.notifications.notices import BRIEF, LOUD, PLAIN, asking, notifications, now, only, said
from tests.support.scopes import House

LIST = "/api/notifications/notifications/"
NOTICES = "/api/notifications/notices/"
PREFERENCES = "/api/notifications/preferences/"
MOVES = ("read", "dismiss", "restore")


def at(row: Notification, action: str = "") -> str:
    return f"{LIST}{row.pk}/{f'{action}/' if action else ''}"


@pytest.fixture
def reader(bob: User) -> Client:
    return client_of(bob)


def test_one_notification(house: House, bob: User, reader: Client) -> None:
    said(house, bob, LOUD)
    record = reader.get(at(only(house))).json()
    for name in ("created_at", "happened_at"):
        assert record.pop(name).endswith("Z")
    assert record == {
        "id": str(only(house).pk),
        "type": LOUD,
        "severity": "error",
        "icon": "warning",
        "title": "Fire 7",
        "body": "",
        "link": "",
        "actions": [],
        "status": "unread",
        "action_taken": "",
        "action_result": {},
        "source_entity": "",
        "source_id": None,
        "source_organization_id": str(house.root.pk),
        "count": 1,
        "is_silent": False,
        "read_at": None,
        "expires_at": None,
    }


def test_what_an_action_will_do_is_shown_to_nobody(house: House, bob: User, reader: Client) -> None:
    row, currency = asking(house, bob)
    text = reader.get(at(row)).content.decode()
    assert "orders" not in text
    assert str(currency.pk) not in text
    shown = reader.get(at(row)).json()["actions"]
    assert [(item["id"], item["variant"], item["confirm"], item["href"]) for item in shown] == [
        ("rename", "primary", "", ""),
        ("remove", "danger", "Delete it?", ""),
        ("look", "plain", "", "/backend/?n=7"),
    ]


def test_the_list_has_one_s_own_newest_first(house: House, bob: User, carol: User, reader: Client) -> None:
    for number in (1, 2):
        said(house, [bob.pk, carol.pk], number=number)
    said(house, bob, LOUD)
    answer = reader.get(LIST).json()
    assert [item["title"] for item in answer["results"]] == ["Fire 7", "Order 2", "Order 1"]
    assert answer["count"] == 3
    found = reader.get(LIST, {"type": PLAIN, "status__in": "unread,read", "fields": "title"}).json()["results"]
    assert found == [{"title": "Order 2"}, {"title": "Order 1"}]
    assert reader.get(LIST, {"severity": "error"}).json()["count"] == 1


def test_the_number_of_unread_ones(house: House, bob: User, reader: Client) -> None:
    address = f"{LIST}unread-count/"
    assert reader.get(address).json() == {"count": 0, "count_capped": False}
    said(house, bob)
    said(house, bob, LOUD)
    assert reader.get(address).json() == {"count": 2, "count_capped": False}
    assert send(reader, "post", at(notifications(house)[0], "read"), {}).status_code == 200
    assert reader.get(address).json()["count"] == 1
    assert complaints(reader.get(address, {"x": "1"})) == {"x": "kernel.parameter.unknown"}


def test_read_put_away_and_brought_back(house: House, bob: User, reader: Client) -> None:
    said(house, bob)
    row = only(house)
    for move, status in (("restore", "unread"), ("read", "read"), ("read", "read"), ("dismiss", "dismissed")):
        assert send(reader, "post", at(row, move), {}).json()["status"] == status
    assert send(reader, "post", at(row, "read"), {}).json()["status"] == "dismissed"
    assert send(reader, "post", at(row, "restore"), {}).json()["status"] == "read"
    assert now(house, row).read_at is not None
    changed = [item for item in outbox(house.scope()) if item.name == "notifications.notification.changed"]
    assert [item.payload["status"] for item in changed] == ["read", "dismissed", "read"]
    assert {tuple(item.recipients or ()) for item in changed} == {(bob.pk,)}


def test_all_read_at_once(house: House, bob: User, carol: User, reader: Client) -> None:
    for _ in range(3):
        said(house, [bob.pk, carol.pk])
    address = f"{LIST}mark-all-read/"
    assert send(reader, "post", address, {}).json() == {"changed": 3}
    assert send(reader, "post", address, {}).json() == {"changed": 0}
    assert {item.status for item in notifications(house, bob)} == {"read"}
    assert {item.status for item in notifications(house, carol)} == {"unread"}


@pytest.mark.parametrize("move", [*MOVES, "action", ""])
def test_other_people_s_and_missing_ones_are_the_same_404(
    house: House, other_house: House, bob: User, carol: User, move: str
) -> None:
    said(house, bob)
    row, body = only(house), {"action_id": "x"} if move == "action" else {}
    method = "post" if move else "get"
    answers = [
        send(client_of(carol), method, at(row, move), body if move else None),
        send(client_of(member(house, "*")), method, at(row, move), body if move else None),
        send(client_of(member(other_house, "*")), method, at(row, move), body if move else None),
        send(client_of(bob), method, at(Notification(pk=uuid7()), move), body if move else None),
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert now(house, row).status == "unread"


def test_expired_ones_are_not_there(house: House, bob: User, reader: Client) -> None:
    said(house, bob, BRIEF)
    with reading_in(house):
        Notification.objects.update(expires_at=F("created_at"))
    assert reader.get(LIST).json()["count"] == 0
    assert send(reader, "post", at(notifications(house)[0], "read"), {}).status_code == 404


def test_programs_have_none(house: House, bob: User) -> None:
    said(house, bob)
    with using_scope(house.scope()):
        secret = create_api_key(name="Till", features=["currencies.view"]).secret
    program = Client(headers={"X-Api-Key": secret})
    assert program.get(LIST).json()["results"] == []
    assert program.get(f"{LIST}unread-count/").json()["count"] == 0
    answer = send(program, "patch", PREFERENCES, {"digest_hour": 7})
    assert (answer.status_code, answer.json()["code"]) == (403, "notifications.inbox.none")


def test_an_action_runs_its_command_as_its_reader_where_it_happened(house: House) -> None:
    clerk = member(house, "currencies.manage", name="Clerk")
    row, currency = asking(house, clerk)
    client = client_of(clerk, organization=house.south)
    answer = send(client, "post", at(row, "action"), {"action_id": "rename"})
    assert answer.status_code == 200, answer.json()
    record = answer.json()
    assert (record["status"], record["action_taken"]) == ("actioned", "rename")
    assert record["action_result"]["id"] == str(currency.pk)
    with using_scope(house.scope()), reading_in(house):
        actions = {item.command: item for item in Action.objects.filter(actor_id=clerk.pk)}
        renamed = actions["currencies.currency.update"]
        assert renamed.parent_id == actions["notifications.notification.act"].pk
        assert renamed.organization_id == house.north.pk
    assert name_of(house, currency) == "Euro money"


def name_of(house: House, currency: Currency) -> str | None:
    with using_scope(house.scope()), scoped_transaction():
        found = Currency.objects.filter(pk=currency.pk, deleted_at__isnull=True).first()
    return found.name if found else None


def test_an_action_is_pressed_once(house: House) -> None:
    clerk = member(house, "currencies.manage")
    row, currency = asking(house, clerk)
    client = client_of(clerk, organization=house.north)
    assert send(client, "post", at(row, "action"), {"action_id": "rename"}).status_code == 200
    again = send(client, "post", at(row, "action"), {"action_id": "remove"})
    assert (again.status_code, again.json()["code"]) == (409, "notifications.notification.already_actioned")
    assert again.json()["action"] == "rename"
    assert name_of(house, currency) == "Euro money"


def test_who_lacks_the_command_s_feature_is_refused_and_may_be_given_it_later(house: House, bob: User) -> None:
    row, currency = asking(house, bob)
    client = client_of(bob, organization=house.north)
    answer = send(client, "post", at(row, "action"), {"action_id": "rename"})
    assert (answer.status_code, answer.json()["feature"]) == (403, "currencies.manage")
    assert (now(house, row).status, now(house, row).action_taken) == ("unread", "")
    assert name_of(house, currency) == "Euro"


def test_a_command_that_refuses_takes_everything_back(house: House) -> None:
    clerk = member(house, "currencies.manage")
    with using_scope(house.scope(house.north)):
        create_currency(code="PLN")  # the base, which nobody can delete
    row, currency = asking(house, clerk)
    client = client_of(clerk, organization=house.north)
    with using_scope(house.scope(house.north)):
        delete_currency(currency.pk)
    answer = send(client, "post", at(row, "action"), {"action_id": "rename"})
    assert answer.status_code == 404
    assert now(house, row).status == "unread"


@pytest.mark.parametrize("action_id", ["nothing", "look"])
def test_what_is_no_command_cannot_be_run(house: House, bob: User, reader: Client, action_id: str) -> None:
    row, _currency = asking(house, bob)
    answer = send(reader, "post", at(row, "action"), {"action_id": action_id})
    assert (answer.status_code, complaints(answer)) == (400, {"action_id": "notifications.action.unknown"})


def test_what_was_put_away_is_brought_back_first(house: House, bob: User, reader: Client) -> None:
    row, _currency = asking(house, bob)
    send(reader, "post", at(row, "dismiss"), {})
    answer = send(reader, "post", at(row, "action"), {"action_id": "rename"})
    assert (answer.status_code, answer.json()["code"]) == (409, "notifications.notification.not_actionable")
    assert answer.json()["allowed"] == ["unread", "read"]


@pytest.mark.parametrize(
    "order",
    [
        {"command": "gone.thing.do", "input": {}},
        {"command": "currencies.currency.update", "input": {"colour": 1}},
        {"command": "currencies.currency.update", "input": {"currency_id": "no id"}},
    ],
)
def test_a_command_that_is_not_there_any_more(house: House, bob: User, reader: Client, order: Any) -> None:
    row, _currency = asking(house, bob)
    with reading_in(house):
        Notification.objects.update(orders={"rename": order})
    answer = send(reader, "post", at(row, "action"), {"action_id": "rename"})
    assert (answer.status_code, answer.json()["code"]) == (409, "notifications.action.unavailable")
    assert "gone.thing.do" not in COMMANDS


@pytest.mark.parametrize("audience", ["user_ids", "role", "feature"])
def test_a_message_is_sent_by_hand(house: House, audience: str) -> None:
    role = make_role(house, "currencies.view", system_key="clerk")
    clerk = make_user(house, roles=(role,))
    sender = client_of(member(house, "notifications.create"))
    to = {"user_ids": [str(clerk.pk)], "role": "clerk", "feature": "currencies.view"}[audience]
    variables = {"title": "Lunch", "body": "At noon."}
    body = {"type": "notifications.message", audience: to, "variables": variables, "link": "/backend/"}
    answer = send(sender, "post", NOTICES, body)
    assert (answer.status_code, list(answer.json())) == (201, ["id"])
    sweep()
    row = only(house, clerk)
    assert (row.title, row.body, row.link, row.icon) == ("Lunch", "At noon.", "/backend/", "chat")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"type": PLAIN}, {"type"}),
        ({"type": "tests.unknown"}, {"type"}),
        ({"link": "//evil.example"}, {"link"}),
        ({"link": "javascript:alert(1)"}, {"link"}),
        ({"role": "clerk"}, {"user_ids"}),
        ({"user_ids": []}, {"user_ids"}),
        ({"colour": "red", "user_ids": [1]}, {"colour", "user_ids.0"}),
        ({"variables": {"title": 7}}, {"variables.title"}),
        ({"variables": {"title": "x" * 2001, "body": ""}}, {"variables.title"}),
    ],
)
def test_what_cannot_be_sent_says_why(house: House, bob: User, changes: dict[str, Any], fields: set[str]) -> None:
    sender = client_of(member(house, "notifications.create"))
    body = {"type": "notifications.message", "user_ids": [str(bob.pk)], "variables": {"title": "x", "body": ""}}
    answer = send(sender, "post", NOTICES, {**body, **changes})
    assert (answer.status_code, set(complaints(answer))) == (400, fields)
    assert sweep() == {}


def test_a_missing_variable_is_refused(house: House, bob: User) -> None:
    sender = client_of(member(house, "notifications.create"))
    body = {"type": "notifications.message", "user_ids": [str(bob.pk)], "variables": {"title": "x"}}
    answer = send(sender, "post", NOTICES, body)
    assert (answer.status_code, complaints(answer)) == (400, {"variables": "notifications.variables.invalid"})


def test_sending_takes_a_permission(house: House, bob: User, reader: Client) -> None:
    body = {"type": "notifications.message", "user_ids": [str(bob.pk)], "variables": {"title": "x", "body": ""}}
    answer = send(reader, "post", NOTICES, body)
    assert (answer.status_code, answer.json()["feature"]) == (403, "notifications.create")


def test_choices_begin_with_what_the_kinds_are_meant_for(reader: Client) -> None:
    found = reader.get(PREFERENCES).json()
    assert [(item["channel"], item["chosen"]) for item in found["channels"]] == [
        ("in_app", None),
        ("email", None),
        ("digest", None),
    ]
    kinds = {item["type"]: item for item in found["types"]}
    assert kinds["tests.mailed"]["channels"] == {"in_app": True, "email": True, "digest": False}
    assert kinds["tests.mailed"]["chosen"] == {}
    assert (found["digest_every"], found["digest_hour"], found["is_muted"]) == ("daily", 8, False)


def test_choosing(house: House, bob: User, reader: Client) -> None:
    body = {
        "choices": [
            {"type": "", "channel": "email", "is_wanted": False},
            {"type": PLAIN, "channel": "email", "is_wanted": True},
        ],
        "quiet_from": "22:00",
        "quiet_until": "07:00",
        "time_zone": "Europe/Warsaw",
        "digest_every": "weekly",
    }
    answer = send(reader, "patch", PREFERENCES, body)
    assert answer.status_code == 200, answer.json()
    found = answer.json()
    assert found == reader.get(PREFERENCES).json()
    kinds = {item["type"]: item for item in found["types"]}
    assert (kinds[PLAIN]["channels"]["email"], kinds["tests.mailed"]["channels"]["email"]) == (True, False)
    assert (found["quiet_from"], found["digest_every"], found["digest_hour"]) == ("22:00", "weekly", 8)
    back = {"choices": [{"type": PLAIN, "channel": "email", "is_wanted": None}]}
    assert send(reader, "patch", PREFERENCES, back).json()["quiet_from"] == "22:00"
    with reading_in(house):
        assert NotificationPreference.objects.get().type == ""
        assert NotificationSettings.objects.get().recipient_id == bob.pk


def test_a_choice_is_undone(house: House) -> None:
    user = member(house, "audit_logs.undo_self")
    client = client_of(user)
    body = {"choices": [{"type": "", "channel": "email", "is_wanted": True}], "digest_hour": 6}
    action = send(client, "patch", PREFERENCES, body).headers["X-Action-Id"]
    assert send(client, "post", f"/api/audit_logs/actions/{action}/undo/", {}).status_code == 200
    assert client.get(PREFERENCES).json()["digest_hour"] == 8
    with reading_in(house):
        assert not NotificationPreference.objects.exists()


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"time_zone": "Mars/Olympus"}, {"time_zone"}),
        ({"quiet_from": "22:00"}, {"quiet_until"}),
        ({"quiet_from": "25:00"}, {"quiet_from"}),
        ({"quiet_from": 22, "quiet_until": "7"}, {"quiet_from", "quiet_until"}),
        ({"digest_hour": 24, "digest_weekday": 7}, {"digest_hour", "digest_weekday"}),
        ({"digest_every": "hourly", "colour": 1}, {"digest_every", "colour"}),
        ({"choices": [{"type": ""}]}, {"choices.0.channel", "choices.0.is_wanted"}),
        (
            {
                "choices": [
                    {"type": "x.y", "channel": "email", "is_wanted": True},
                    {"type": "", "channel": "pigeon", "is_wanted": True},
                ]
            },
            {"choices.0.type", "choices.1.channel"},
        ),
    ],
)
def test_choices_that_make_no_sense(house: House, reader: Client, body: dict[str, Any], fields: set[str]) -> None:
    answer = send(reader, "patch", PREFERENCES, body)
    assert (answer.status_code, set(complaints(answer))) == (400, fields)
    with reading_in(house):
        assert not NotificationSettings.objects.exists()


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_one_s_own_as_a_file(house: House, bob: User, carol: User, reader: Client, form: str) -> None:
    said(house, [bob.pk, carol.pk], LOUD)
    answer = reader.get(LIST, {"format": form, "fields": "id,title,actions,action_result"})
    content = b"".join(answer)
    assert answer.status_code == 200
    if form != "xlsx":
        assert str(only(house, bob).pk).encode() in content
        assert str(only(house, carol).pk).encode() not in content
