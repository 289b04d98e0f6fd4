"""Mails over HTTP: who sees what, what is not kept, and sending failed ones again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from apps.kernel.api.permissions import guard_faults
from apps.kernel.commands.models import Action
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import system_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.sweeper import sweep
from apps.notifications.api.views import MailViewSet
from apps.notifications.models import Content, Mail, MailStatus
from tests.directory.callers import PROBLEM, client_of, complaints, member, send
from tests.notifications.letters import BOB, HELLO, now, queue, queue_secret, work_of
from tests.notifications.smtp_server import MailServer
from tests.support.scopes import House

LIST = "/api/notifications/mails/"


def at(mail: Mail, action: str = "") -> str:
    return f"{LIST}{mail.pk}/{action}"


@pytest.fixture
def viewer(house: House) -> Client:
    return client_of(member(house, "notifications.mails.view"))


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "notifications.mails.manage"))


def dead(house: House, smtp: MailServer) -> Mail:
    smtp.answers["RCPT"] = "550 5.1.1 no"
    mail = queue(house)
    assert sweep() == {Outcome.PARKED: 1}
    smtp.answers.clear()
    return mail


def test_a_mail_shows_these_fields(house: House, smtp: MailServer, viewer: Client) -> None:
    mail = queue(house)
    sweep()
    record = viewer.get(at(mail)).json()
    for name in ("created_at", "updated_at", "sent_at"):
        assert record.pop(name).endswith("Z")
    assert record == {
        "id": str(mail.pk),
        "organization_id": str(house.root.pk),
        "template": "tests.welcome",
        "about_id": None,
        "recipient": BOB,
        "subject": "Welcome, Bob <b>Builder</b>",
        "text": mail.text,
        "content": "kept",
        "locale": "en",
        "message_id": mail.message_id,
        "status": "sent",
        "attempts": 1,
        "last_error": "",
    }


def test_a_list_shows_the_newest_first_and_no_texts(house: House, viewer: Client) -> None:
    mails = [queue(house) for _ in range(3)]
    answer = viewer.get(LIST)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    found = answer.json()["results"]
    assert [row["id"] for row in found] == [str(mail.pk) for mail in reversed(mails)]
    assert {row["recipient"] for row in found} == {BOB}
    assert "text" not in found[0]
    assert "html" not in found[0]


def test_a_secret_mail_says_that_nothing_is_kept(house: House, viewer: Client) -> None:
    about = uuid7()
    record = viewer.get(at(queue_secret(house, about=about))).json()
    assert (record["content"], record["about_id"]) == (Content.NOT_KEPT, str(about))
    assert (record["recipient"], record["subject"], record["text"]) == (None, None, None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=queued", 2),
        ("status=failed", 0),
        ("status__in=queued,failed", 2),
        ("recipient=BOB@example.org", 1),
        ("recipient=eve@example.org", 0),
        ("template=tests.welcome", 1),
        ("content=not_kept", 1),
    ],
)
def test_filters_narrow_the_list(house: House, viewer: Client, query: str, expected: int) -> None:
    queue(house)
    queue_secret(house)
    assert len(viewer.get(f"{LIST}?{query}").json()["results"]) == expected


@pytest.mark.parametrize("query", ["text__icontains=Hello", "subject=x", "ordering=recipient", "status=unknown", "x=1"])
def test_what_is_private_cannot_be_asked_for(house: House, viewer: Client, query: str) -> None:
    queue(house)
    answer = viewer.get(f"{LIST}?{query}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, PROBLEM)


def test_without_the_feature_nothing_is_shown(house: House) -> None:
    mail, stranger = queue(house), client_of(member(house, "currencies.view"))
    for address in (LIST, at(mail)):
        answer = stranger.get(address)
        assert (answer.status_code, answer.json()["feature"]) == (403, "notifications.mails.view")
        assert BOB not in answer.content.decode()
        assert Client().get(address).status_code == 401


@pytest.mark.parametrize("action", ["retry/", "cancel/"])
def test_seeing_is_not_managing(house: House, smtp: MailServer, viewer: Client, action: str) -> None:
    mail = dead(house, smtp)
    answer = send(viewer, "post", at(mail, action), {})
    assert (answer.status_code, answer.json()["feature"]) == (403, "notifications.mails.manage")
    assert now(house, mail).status == MailStatus.FAILED
    assert send(viewer, "post", f"{LIST}retry/", {"ids": [str(mail.pk)]}).status_code == 403


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_mails_are_not_written_over_the_interface(house: House, manager: Client, method: str) -> None:
    mail = queue(house)
    assert send(manager, method, at(mail), {"subject": "x"}).status_code == 405
    assert send(manager, "post", LIST, {"to": BOB}).status_code == 405


def test_a_dead_letter_is_sent_again(house: House, smtp: MailServer, manager: Client) -> None:
    mail = dead(house, smtp)
    assert manager.get(at(mail)).json()["last_error"] == "The mail server refused the recipient (550 5.1.1)"
    answer = send(manager, "post", at(mail, "retry/"), {})
    assert (answer.status_code, answer.json()["status"], answer.json()["last_error"]) == (200, "queued", "")
    with using_scope(house.scope()), scoped_transaction():
        action = Action.objects.get(pk=UUID(answer.headers["X-Action-Id"]))
    assert (action.command, action.source, action.actor_label) == ("notifications.mail.retry", "api", "Bob")
    assert sweep() == {Outcome.DONE: 1}
    assert manager.get(at(mail)).json()["status"] == "sent"


def test_several_dead_letters_are_sent_again(house: House, smtp: MailServer, manager: Client) -> None:
    mails = [dead(house, smtp), dead(house, smtp)]
    answer = send(manager, "post", f"{LIST}retry/", {"ids": [str(mail.pk) for mail in mails]})
    assert (answer.status_code, len(answer.json()["results"])) == (200, 2)
    assert sweep() == {Outcome.DONE: 2}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ids": []}, "ids"),
        ({"ids": ["x"]}, "ids.0"),
        ({}, "ids"),
        ({"ids": [str(uuid7())]}, "ids.0"),
        ({"ids": [str(uuid7())] * 201}, "ids"),
        ({"ids": [str(uuid7())], "all": True}, "all"),
    ],
)
def test_bad_lists_of_mails_are_refused(house: House, manager: Client, body: Any, field: str) -> None:
    answer = send(manager, "post", f"{LIST}retry/", body)
    assert (answer.status_code, field in complaints(answer)) == (400, True), answer.content


def test_a_conflict_says_what_would_be_possible(house: House, manager: Client) -> None:
    mail = queue(house)
    answer = send(manager, "post", at(mail, "retry/"), {})
    assert (answer.status_code, answer.json()["code"]) == (409, "notifications.mail.not_retryable")
    assert (answer.json()["status"], answer.json()["allowed"]) == (409, ["failed"])


def test_a_waiting_mail_is_cancelled(house: House, smtp: MailServer, manager: Client) -> None:
    mail = queue(house)
    assert send(manager, "post", at(mail, "cancel/"), {}).json()["status"] == "cancelled"
    assert (sweep(), work_of(mail), smtp.received) == ({}, None, [])
    again = send(manager, "post", at(mail, "cancel/"), {})
    assert (again.status_code, again.json()["code"]) == (409, "notifications.mail.not_cancellable")


def test_another_tenants_mail_is_not_there(house: House, other_house: House, smtp: MailServer, manager: Client) -> None:
    foreign, missing = dead(other_house, smtp), Mail(id=uuid7())
    assert manager.get(LIST).json()["results"] == []
    for mail in (foreign, missing):
        assert manager.get(at(mail)).status_code == 404
        assert send(manager, "post", at(mail, "retry/"), {}).status_code == 404
        assert send(manager, "post", at(mail, "cancel/"), {}).status_code == 404
        assert send(manager, "post", f"{LIST}retry/", {"ids": [str(mail.pk)]}).status_code == 400
    assert manager.get(at(foreign)).json()["detail"] == manager.get(at(missing)).json()["detail"]
    assert now(other_house, foreign).status == MailStatus.FAILED


def test_whoever_is_held_to_an_organization_sees_its_mails_and_the_tenants_own(house: House) -> None:
    north = queue(house, scope=house.scope(house.north))
    queue(house, scope=house.scope(house.south))
    with system_scope(house.tenant.pk, "probe") as scope:
        own = queue(house, scope=scope)
    limited = client_of(member(house, "notifications.mails.view", only=(house.north,)))
    found = {row["id"] for row in limited.get(LIST).json()["results"]}
    assert found == {str(north.pk), str(own.pk)}


def test_a_list_costs_as_much_for_one_mail_as_for_many(house: House, viewer: Client) -> None:

    counts = []
    viewer.get(LIST)  # what is kept in memory is there from now on
    for number in (1, 10):
        for _ in range(number):
            queue(house, context={**HELLO})
        with CaptureQueriesContext(connection) as queries:
            assert viewer.get(LIST).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_every_action_says_who_may_call_it() -> None:
    assert guard_faults(MailViewSet, ("list", "retrieve", "retry", "retry_many", "cancel")) == []
    assert get_resolver().resolve(LIST)
