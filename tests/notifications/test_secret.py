"""Mails with a token: made when they are sent, kept nowhere, and void as soon as a newer one is made."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from psycopg import sql

from apps.kernel import clock
from apps.kernel.crypto.tokens import token_digest
from apps.kernel.ids import uuid7
from apps.kernel.registry.letters import MAILS, Letter
from apps.kernel.tenancy.scope import ActorKind, current_scope
from apps.kernel.work.errors import Retry
from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.sweeper import sweep
from apps.notifications.models import MailStatus
from tests.notifications.letters import (
    BOB,
    NEVER,
    TOKEN,
    make_letter,
    make_one_time,
    now,
    queue_secret,
    template,
    work_of,
)
from tests.notifications.smtp_server import DROP, RECEIVED, MailServer, Received
from tests.support import databases
from tests.support.scopes import House

pytestmark = pytest.mark.committed
TABLES = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'm') AND relnamespace = 'public'::regnamespace"


@pytest.fixture(autouse=True)
def tables(house: House) -> None:
    make_one_time()


@pytest.fixture
def frozen() -> Iterator[clock.FrozenClock]:
    with clock.frozen(clock.now()) as found:
        yield found


def token_in(got: Received) -> str:
    """The token in the link of a mail."""
    found = re.search(r"/reset/([\w-]{43})", got.part("plain"))
    assert found is not None
    return found[1]


def rows_with(text: str) -> dict[str, int]:
    """For each table that has them the number of rows in which the text stands, whoever's they are."""
    found = {}
    with databases.admin(connection.settings_dict["NAME"]) as owner:
        for (table,) in owner.execute(TABLES).fetchall():
            query = sql.SQL("SELECT count(*) FROM {} AS t WHERE strpos(t::text, %s) > 0").format(sql.Identifier(table))
            row = owner.execute(query, [text]).fetchone()
            assert row is not None
            if row[0]:
                found[table] = row[0]
    return found


def stored_digests() -> list[bytes]:
    with databases.admin(connection.settings_dict["NAME"]) as owner:
        return [bytes(row[0]) for row in owner.execute("SELECT digest FROM one_time").fetchall()]


def test_the_token_arrives_and_stands_nowhere_in_the_database(house: House, smtp: MailServer) -> None:
    mail = queue_secret(house)
    assert sweep() == {Outcome.DONE: 1}
    [got] = smtp.received
    token = token_in(got)
    assert (got.recipient, got.message["Subject"], got.message["Content-Language"]) == (BOB, "New password", "pl")
    assert token in got.part("html")
    assert stored_digests() == [token_digest(token)]
    raw = base64.urlsafe_b64decode(f"{token}=")
    for text in (token, token.encode().hex(), raw.hex(), base64.b64encode(raw).decode(), "/reset/", BOB):
        assert rows_with(text) == {}
    after = now(house, mail)
    assert (after.status, after.subject, after.text, after.html, after.recipient) == (MailStatus.SENT, *[None] * 4)


def test_the_search_finds_what_is_there(house: House) -> None:
    mail = queue_secret(house)
    assert rows_with(str(mail.pk)) == {"mail": 1, "work": 1}
    assert rows_with(mail.message_id) == {"mail": 1}


@pytest.mark.parametrize(("point", "answer"), [("RCPT", "450 4.2.0 later"), (RECEIVED, DROP)])
def test_a_retry_makes_a_new_token_and_voids_the_last(
    house: House, smtp: MailServer, frozen: clock.FrozenClock, point: str, answer: str
) -> None:
    smtp.answers[point] = answer
    mail = queue_secret(house)
    assert sweep() == {Outcome.RETRIED: 1}
    [first] = stored_digests()
    smtp.answers.clear()
    frozen.tick(10)
    assert sweep() == {Outcome.DONE: 1}
    token = token_in(smtp.received[-1])
    assert stored_digests() == [token_digest(token)] != [first]
    assert now(house, mail).attempts == 2


def test_a_retry_by_hand_makes_a_new_token_too(house: House, smtp: MailServer) -> None:
    from apps.kernel.tenancy.scope import using_scope
    from apps.notifications.services import retry_mail

    smtp.answers["RCPT"] = "550 5.1.1 no"
    mail = queue_secret(house)
    assert sweep() == {Outcome.PARKED: 1}
    assert now(house, mail).status == MailStatus.FAILED
    [first] = stored_digests()
    smtp.answers.clear()
    with using_scope(house.scope()):
        retry_mail(mail.pk)
    assert sweep() == {Outcome.DONE: 1}
    assert stored_digests() == [token_digest(token_in(smtp.received[0]))] != [first]
    assert smtp.received[0].message_id == mail.message_id.replace("@", ".2@")


def test_where_there_is_nothing_to_send_the_work_is_done(house: House, smtp: MailServer) -> None:
    mail = queue_secret(house, NEVER)
    assert sweep() == {Outcome.DONE: 1}
    after = now(house, mail)
    assert (after.status, after.last_error) == (MailStatus.CANCELLED, "There was nothing left to send")
    assert (work_of(mail), smtp.received) == (None, [])


def test_the_maker_works_in_the_tenants_scope_and_in_one_transaction(house: House, smtp: MailServer) -> None:
    seen: list[Any] = []

    def maker(subject_id: UUID) -> Letter:
        scope = current_scope()
        seen.append((subject_id, scope.tenant_id, scope.actor.kind, scope.organization_ids))
        assert connection.in_atomic_block
        return make_letter(subject_id)

    about = uuid7()
    with template("tests.watched", body="x", link="address", button="Go", secret=maker):
        queue_secret(house, "tests.watched", about=about)
        assert sweep() == {Outcome.DONE: 1}
    organizations = frozenset({house.root.pk, house.north.pk, house.south.pk})
    assert seen == [(about, house.tenant.pk, ActorKind.SYSTEM, organizations)]


def test_a_letter_that_cannot_be_rendered_leaves_no_token(house: House, smtp: MailServer) -> None:
    with template("tests.torn", body="{{ missing }}", link="address", button="Go", secret=make_letter):
        mail = queue_secret(house, "tests.torn")
        assert sweep() == {Outcome.PARKED: 1}
    after = now(house, mail)
    assert (after.status, after.attempts) == (MailStatus.FAILED, 1)
    assert after.last_error == "The letter could not be made (kernel.template.document_invalid)"
    assert (stored_digests(), smtp.received) == ([], [])


@pytest.mark.parametrize(
    "letter",
    [
        Letter("bob@example.org\nBcc: eve@example.org", {"address": "/x"}),
        Letter(BOB, {"address": "https://evil.example/reset"}),
        Letter(BOB, {"address": "javascript:alert(1)"}),
    ],
)
def test_a_bad_letter_is_a_dead_one(house: House, smtp: MailServer, letter: Letter) -> None:
    with template("tests.bad", link="address", button="Go", secret=lambda subject_id: letter):
        mail = queue_secret(house, "tests.bad")
        assert sweep() == {Outcome.PARKED: 1}
    assert now(house, mail).status == MailStatus.FAILED
    assert smtp.received == []


def test_a_maker_that_breaks_is_asked_again(house: House, smtp: MailServer, frozen: clock.FrozenClock) -> None:
    failures = [RuntimeError("bob@example.org"), Retry("the directory is asleep", after=timedelta(seconds=3))]

    def maker(subject_id: UUID) -> Letter:
        if failures:
            raise failures.pop(0)
        return make_letter(subject_id)

    said = []
    with template("tests.weak", link="address", button="Go", secret=maker):
        mail = queue_secret(house, "tests.weak")
        for _ in range(2):
            assert sweep() == {Outcome.RETRIED: 1}
            said.append(now(house, mail).last_error)
            frozen.tick(10)
        assert sweep() == {Outcome.DONE: 1}
    assert said == ["The letter could not be made (RuntimeError)", "the directory is asleep"]
    assert now(house, mail).attempts == 3
    assert len(stored_digests()) == len(smtp.received) == 1


def test_a_template_of_a_module_that_is_gone_is_a_dead_letter(house: House, smtp: MailServer) -> None:
    mail = queue_secret(house)
    declared = MAILS[TOKEN]
    MAILS.remove(TOKEN)
    try:
        assert sweep() == {Outcome.PARKED: 1}
    finally:
        MAILS.add(TOKEN, declared)
    assert now(house, mail).last_error == "The letter could not be made: no installed module declares its template"
