"""Sending over real SMTP: what a good talk leaves, and what each kind of bad one means for the mail."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from django.db import connection

from apps.directory.models import Organization
from apps.kernel import clock
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.claims import claim
from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.sweeper import sweep
from apps.notifications.models import Mail, MailStatus
from tests.notifications.letters import BOB, now, queue, use, work_of
from tests.notifications.smtp_server import CONNECTED, DROP, RECEIVED, SILENCE, MailServer, mail_server
from tests.support import databases
from tests.support.scopes import House, seeding

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(house: House) -> Iterator[clock.FrozenClock]:
    with clock.frozen(NOON) as frozen:
        yield frozen


def test_a_mail_arrives_whole(house: House, smtp: MailServer, settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Agora <shop@example.org>"
    mail = queue(house)
    assert sweep() == {Outcome.DONE: 1}
    [got] = smtp.received
    assert (got.sender, got.recipient) == ("shop@example.org", BOB)
    assert (got.message["From"], got.message["To"]) == ("Agora <shop@example.org>", BOB)
    assert got.message["Subject"] == "Welcome, Bob <b>Builder</b>"
    assert got.message_id == mail.message_id == f"<{mail.pk}@example.org>"
    assert got.message["Auto-Submitted"] == "auto-generated"
    assert got.message["Content-Language"] == "en"
    assert parsedate_to_datetime(str(got.message["Date"])) == NOON
    assert got.message.get_content_type() == "multipart/alternative"
    assert got.part("plain") == mail.text
    assert got.part("html").rstrip("\n") == (mail.html or "").rstrip("\n")


def test_afterwards_the_row_says_so_and_the_work_is_gone(house: House, smtp: MailServer) -> None:
    mail = queue(house)
    sweep()
    after = now(house, mail)
    assert (after.status, after.sent_at, after.attempts, after.last_error) == (MailStatus.SENT, NOON, 1, "")
    assert work_of(mail) is None
    assert sweep() == {}
    assert len(smtp.received) == 1


def test_letters_of_the_world_arrive(house: House, smtp: MailServer) -> None:
    queue(house, to="bob@bücher.example", context={"name": "Zażółć 日本 🎉", "address": "/x"})
    sweep()
    [got] = smtp.received
    assert got.recipient == "bob@xn--bcher-kva.example"
    assert got.message["Subject"] == "Welcome, Zażółć 日本 🎉"
    assert "Hello Zażółć 日本 🎉," in got.part("plain")


def test_a_very_long_line_arrives(house: House, smtp: MailServer) -> None:
    queue(house, context={"name": "x", "address": "/" + "y" * 5000})
    sweep()
    assert "/" + "y" * 5000 in smtp.received[0].part("plain")


HOPELESS = [
    ("RCPT", "550 5.1.1 <bob@example.org> is nobody", "The mail server refused the recipient (550 5.1.1)", "permanent"),
    ("RCPT", "553 no", "The mail server refused the recipient (553)", "permanent"),
    ("DATA", "554 5.7.1 no mail from you", "The mail server refused the mail (554 5.7.1)", "permanent"),
    (RECEIVED, "552 5.3.4 too large", "The mail server refused the mail (552 5.3.4)", "permanent"),
    (
        "MAIL",
        "550 5.7.1 not from agora@localhost",
        "The mail server does not accept the sender MAIL_FROM (550 5.7.1)",
        "needs_configuration",
    ),
]


@pytest.mark.parametrize("case", HOPELESS, ids=str)
def test_a_refusal_for_good_is_a_dead_letter_at_once(
    house: House, smtp: MailServer, case: tuple[str, str, str, str]
) -> None:
    point, answer, reason, kind = case
    smtp.answers[point] = answer
    mail = queue(house)
    assert sweep() == {Outcome.PARKED: 1}
    after, work = now(house, mail), work_of(mail)
    assert (after.status, after.attempts, after.last_error, after.sent_at) == (MailStatus.FAILED, 1, reason, None)
    assert work is not None
    assert work.parked_reason == f"kernel.work.{kind}: {reason}"


PASSING = [
    ("RCPT", "451 4.7.1 <bob@example.org> come back later", "The mail server refused the recipient (451 4.7.1)"),
    ("MAIL", "452 4.3.1 full", "The mail server does not accept the sender MAIL_FROM (452 4.3.1)"),
    ("DATA", "421 4.3.2 shutting down", "The mail server refused the mail (421 4.3.2)"),
    (RECEIVED, "450 busy", "The mail server refused the mail (450)"),
    (CONNECTED, "421 too many of you", "The mail server is not ready (421)"),
    (CONNECTED, "554 no mail here", "The mail server is not ready (554)"),
    (CONNECTED, DROP, "The mail server broke off or kept silent (SMTPServerDisconnected)"),
    ("MAIL", DROP, "The mail server broke off or kept silent (SMTPServerDisconnected)"),
    ("DATA", DROP, "The mail server broke off or kept silent (SMTPServerDisconnected)"),
    (RECEIVED, DROP, "The mail server broke off or kept silent (SMTPServerDisconnected)"),
]


@pytest.mark.parametrize("case", PASSING, ids=str)
def test_what_may_pass_is_tried_again(
    house: House, smtp: MailServer, noon: clock.FrozenClock, case: tuple[str, str, str]
) -> None:
    point, answer, reason = case
    smtp.answers[point] = answer
    mail = queue(house)
    assert sweep() == {Outcome.RETRIED: 1}
    after = now(house, mail)
    assert (after.status, after.attempts, after.last_error, after.sent_at) == (MailStatus.QUEUED, 1, reason, None)
    del smtp.answers[point]
    noon.tick(10)
    assert sweep() == {Outcome.DONE: 1}
    after = now(house, mail)
    assert (after.status, after.attempts, after.last_error) == (MailStatus.SENT, 2, "")


@pytest.mark.parametrize("point", [CONNECTED, "EHLO", "RCPT", RECEIVED])
def test_a_silent_server_is_left_after_the_time_out(house: House, smtp: MailServer, settings: Any, point: str) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    smtp.answers[point] = SILENCE
    mail = queue(house)
    began = time.monotonic()
    assert sweep() == {Outcome.RETRIED: 1}
    assert time.monotonic() - began < 5
    after = now(house, mail)
    assert after.status == MailStatus.QUEUED
    assert after.last_error.startswith(("The mail server broke off", "The mail could not be handed over (TimeoutError"))


def test_a_hand_over_counts_even_if_the_goodbye_fails(house: House, smtp: MailServer) -> None:
    smtp.answers["QUIT"] = DROP
    mail = queue(house)
    assert sweep() == {Outcome.DONE: 1}
    assert now(house, mail).status == MailStatus.SENT


def test_nobody_at_the_address_is_tried_again(house: House, settings: Any) -> None:
    with mail_server() as gone:
        address = gone.url
    use(settings, address)
    mail = queue(house)
    assert sweep() == {Outcome.RETRIED: 1}
    assert now(house, mail).last_error == "The mail could not be handed over (Connection refused)"


def test_tries_become_rarer_and_end_in_a_dead_letter(house: House, smtp: MailServer, noon: clock.FrozenClock) -> None:
    smtp.answers["RCPT"] = "450 4.2.0 busy"
    mail, waits = queue(house), list[float]()
    for _ in range(15):
        assert sweep() == {Outcome.RETRIED: 1}
        work = work_of(mail)
        assert work is not None
        waits.append((work.due_at - noon.at).total_seconds())
        noon.tick(work.due_at - noon.at)
    assert sweep() == {Outcome.PARKED: 1}
    assert all(min(5 * 2**n, 3600) * 0.75 <= wait <= min(5 * 2**n, 3600) * 1.25 for n, wait in enumerate(waits))
    after, work = now(house, mail), work_of(mail)
    assert (after.status, after.attempts) == (MailStatus.FAILED, 16)
    assert after.last_error == "The mail server refused the recipient (450 4.2.0)"
    assert work is not None
    assert work.parked_reason.startswith("gave up after 16 attempts: The mail server refused the recipient")
    noon.tick(timedelta(days=2))
    assert sweep() == {}


def test_the_servers_words_stay_out_of_rows_and_logs(
    house: House, smtp: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    smtp.answers["RCPT"] = "550 5.1.1 <bob@example.org>: Recipient unknown"
    mail = queue(house)
    with caplog.at_level(logging.DEBUG):
        sweep()
    work = work_of(mail)
    assert work is not None
    formatter = logging.Formatter()
    logged = "".join(formatter.format(record) for record in caplog.records if record.name.startswith("apps."))
    assert "refused the recipient" in logged
    for text in (logged, now(house, mail).last_error, work.parked_reason):
        assert BOB not in text
        assert "unknown" not in text


def test_a_login_is_used_and_a_wrong_one_needs_configuration(house: House, settings: Any) -> None:
    with mail_server(extensions=["AUTH PLAIN"], login=("agora", "p@ss")) as smtp:
        use(settings, f"smtp://agora:p%40ss@127.0.0.1:{smtp.port}", EMAIL_TIMEOUT=2)
        queue(house)
        assert sweep() == {Outcome.DONE: 1}
        use(settings, f"smtp://agora:wrong@127.0.0.1:{smtp.port}")
        mail = queue(house)
        assert sweep() == {Outcome.PARKED: 1}
    after = now(house, mail)
    assert after.last_error == "The mail server does not accept the name and password of EMAIL_URL (535 5.7.8)"
    assert len(smtp.received) == 1


def test_a_server_without_tls_gets_nothing_when_tls_is_asked_for(house: House, smtp: MailServer, settings: Any) -> None:
    use(settings, f"{smtp.url}/?tls=1")
    mail = queue(house)
    assert sweep() == {Outcome.PARKED: 1}
    assert now(house, mail).last_error == "The mail server lacks what EMAIL_URL asks for"
    assert "MAIL" not in smtp.verbs


def test_one_mails_failure_is_not_the_next_ones(house: House, smtp: MailServer) -> None:
    smtp.answers["RCPT"] = lambda: "550 5.1.1 no" if len(smtp.received) == 0 else "250 ok"
    first = queue(house)
    sweep()
    smtp.answers.clear()
    second = queue(house)
    assert sweep() == {Outcome.DONE: 1}
    assert (now(house, first).status, now(house, second).status) == (MailStatus.FAILED, MailStatus.SENT)


@pytest.mark.committed
def test_no_transaction_is_open_while_the_mail_server_is_spoken_to(house: House, smtp: MailServer) -> None:
    name, seen = connection.settings_dict["NAME"], list[str]()
    states = (
        "SELECT state FROM pg_stat_activity WHERE datname = %s AND usename = 'agora_app' AND xact_start IS NOT NULL"
    )

    def look() -> str:
        with databases.admin() as admin:
            seen.extend(state for (state,) in admin.execute(states, [name]).fetchall())
        return "250 ok"

    smtp.answers["RCPT"] = look
    queue(house)
    assert sweep() == {Outcome.DONE: 1}
    assert seen == []


def test_a_worker_that_has_lost_its_lease_sends_nothing(
    house: House, smtp: MailServer, noon: clock.FrozenClock
) -> None:
    from apps.kernel.tenancy.scope import system_scope
    from apps.kernel.work.errors import LeaseLost
    from apps.kernel.work.leases import Lease
    from apps.notifications.tasks import send_mail

    queue(house)
    [row] = claim("work")
    late = Lease(row, since=time.monotonic() - 60)
    with system_scope(house.tenant.pk, "probe"), pytest.raises(LeaseLost):
        send_mail(row.ref_id, late)
    assert smtp.received == []
    noon.tick(31)
    assert sweep() == {Outcome.DONE: 1}
    assert len(smtp.received) == 1


def test_the_mail_of_a_deleted_organization_leaves_all_the_same(house: House, smtp: MailServer) -> None:
    mail = queue(house, scope=house.scope(house.north))
    with seeding(house.scope()):
        Organization.objects.filter(pk=house.north.pk).update(deleted_at=NOON)
    assert sweep() == {Outcome.DONE: 1}
    assert len(smtp.received) == 1
    with using_scope(house.scope()), scoped_transaction():
        assert Mail.objects.get(pk=mail.pk).status == MailStatus.SENT


def test_each_tenants_mail_is_sent(house: House, other_house: House, smtp: MailServer) -> None:
    queue(house)
    queue(other_house, to="charlie@example.net")
    assert sweep() == {Outcome.DONE: 2}
    assert sorted(got.recipient for got in smtp.received) == [BOB, "charlie@example.net"]


def test_work_without_a_mail_is_done(house: House, smtp: MailServer) -> None:
    mail = queue(house)
    with using_scope(house.scope()), scoped_transaction():
        Mail.objects.filter(pk=mail.pk).delete()
    assert sweep() == {Outcome.DONE: 1}
    assert (work_of(mail), smtp.received) == (None, [])


def test_the_console_shows_the_mail(house: House, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    use(settings, "console://")
    queue(house)
    assert sweep() == {Outcome.DONE: 1}
    shown = capsys.readouterr().out
    assert f"To: {BOB}" in shown
    assert "nice to see you." in shown
