"""A worker that is killed in the midst of sending: the mail leaves all the same, recognisable as the same one."""

from __future__ import annotations

import os
import signal
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from apps.kernel import clock
from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.sweeper import sweep
from apps.notifications.models import MailStatus
from tests.kernel.work_probes import process
from tests.notifications.letters import make_one_time, now, queue, queue_secret, work_of
from tests.notifications.smtp_server import CONNECTED, DROP, RECEIVED, MailServer
from tests.support.scopes import House

pytestmark = pytest.mark.committed
LEASE = timedelta(seconds=31)


def sweep_later() -> Counter[Outcome]:
    """Run what is due when the lease of whoever died has run out."""
    with clock.frozen(clock.now() + LEASE):
        return sweep()


def killed(smtp: MailServer, at: str) -> None:
    """Send in another process, which is killed when the talk has come to that point."""
    victims: list[int] = []

    def kill() -> str:
        os.kill(victims[0], signal.SIGKILL)
        return DROP

    smtp.answers[at] = kill
    with process("tests.notifications.mail_program", EMAIL_URL=smtp.url) as child:
        victims.append(child.pid)
        output, _ = child.communicate(timeout=60)
    assert (child.returncode, output) == (-signal.SIGKILL, "")
    smtp.answers.clear()


@pytest.mark.processes
def test_a_worker_of_its_own_sends_through_the_environments_server(house: House, smtp: MailServer) -> None:
    mail = queue(house)
    with process("tests.notifications.mail_program", EMAIL_URL=smtp.url) as child:
        output, _ = child.communicate(timeout=60)
    assert "done" in output
    assert [got.message_id for got in smtp.received] == [mail.message_id]
    assert now(house, mail).status == MailStatus.SENT


@pytest.mark.processes
def test_killed_between_the_commit_and_the_mail_server_it_is_sent_once(house: House, smtp: MailServer) -> None:
    mail = queue(house)
    killed(smtp, CONNECTED)
    assert (now(house, mail).status, smtp.received) == (MailStatus.SENDING, [])
    assert sweep_later() == {Outcome.DONE: 1}
    assert [got.message_id for got in smtp.received] == [mail.message_id]
    after = now(house, mail)
    assert (after.status, after.attempts, work_of(mail)) == (MailStatus.SENT, 2, None)


@pytest.mark.processes
def test_killed_after_the_mail_server_has_it_it_is_sent_again_under_the_same_id(house: House, smtp: MailServer) -> None:
    mail = queue(house)
    killed(smtp, RECEIVED)
    assert len(smtp.received) == 1
    assert sweep_later() == {Outcome.DONE: 1}
    assert [got.message_id for got in smtp.received] == [mail.message_id] * 2
    assert now(house, mail).status == MailStatus.SENT


@pytest.mark.processes
def test_a_killed_secret_mail_is_made_anew_under_an_id_of_its_own(house: House, smtp: MailServer) -> None:
    make_one_time()
    mail = queue_secret(house)
    killed(smtp, RECEIVED)
    assert sweep_later() == {Outcome.DONE: 1}
    first, second = smtp.received
    assert first.part("plain") != second.part("plain")
    stem = mail.message_id.partition("@")[0]
    assert [got.message_id.partition("@")[0] for got in (first, second)] == [f"{stem}.1", f"{stem}.2"]


class Fuse:
    """Blows at one statement of the block that it wraps, before that one runs."""

    def __init__(self, at: int) -> None:
        self.at, self.seen = at, 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.seen += 1
        if self.seen == self.at:
            raise KeyboardInterrupt
        return execute(sql, params, many, context)


def is_blown(position: int) -> bool:
    """Sweep with a crash at the statement of that number; False when there are fewer."""
    with connection.execute_wrapper(Fuse(position)):
        try:
            sweep()
        except KeyboardInterrupt:
            return True
    return False


def test_a_crash_at_any_statement_of_a_sweep_loses_no_mail(house: House, smtp: MailServer) -> None:
    position = 1
    with clock.frozen(clock.now()) as frozen:
        mail = queue(house)
        while is_blown(position):
            frozen.tick(timedelta(hours=2))
            sweep()
            assert (now(house, mail).status, work_of(mail)) == (MailStatus.SENT, None), position
            assert {got.message_id for got in smtp.received} == {mail.message_id}, position
            smtp.received.clear()
            mail, position = queue(house), position + 1
    assert position > 10, "the wrapper saw no statements"
