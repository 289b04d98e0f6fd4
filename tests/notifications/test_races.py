"""People and workers who want the same mail at the same moment."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from apps.kernel.tenancy.scope import using_scope
from apps.kernel.work.sweeper import sweep
from apps.notifications.errors import NotCancellable, NotRetryable
from apps.notifications.models import Mail, MailStatus
from apps.notifications.services import cancel_mail, retry_mail
from tests.notifications.letters import now, queue, work_of
from tests.notifications.smtp_server import MailServer
from tests.support.crowds import all_at_once
from tests.support.scopes import House

pytestmark = pytest.mark.committed
ROUNDS = 8


def test_a_mail_is_cancelled_or_sent_and_never_both(house: House, smtp: MailServer) -> None:
    ends: Counter[str] = Counter()
    for _ in range(ROUNDS):
        smtp.received.clear()
        mail = queue(house)

        def act(number: int, mail: Mail = mail) -> Any:
            if number < 2:
                return sweep()
            with using_scope(house.scope()):
                return cancel_mail(mail.pk)

        answers = all_at_once(3, act)
        sweep()
        after = now(house, mail)
        refused = isinstance(answers[2], NotCancellable)
        assert not [item for item in answers if isinstance(item, Exception) and not isinstance(item, NotCancellable)]
        expected = (MailStatus.SENT, 1) if refused else (MailStatus.CANCELLED, 0)
        assert (after.status, len(smtp.received)) == expected
        assert work_of(mail) is None
        ends[after.status] += 1
    assert sum(ends.values()) == ROUNDS


def test_a_dead_letter_that_several_people_send_again_leaves_once(house: House, smtp: MailServer) -> None:
    smtp.answers["RCPT"] = "550 5.1.1 no"
    mail = queue(house)
    sweep()
    smtp.answers.clear()

    def act(number: int) -> Any:
        with using_scope(house.scope()):
            return retry_mail(mail.pk)

    answers = all_at_once(4, act)
    assert Counter(map(type, answers)) == {Mail: 1, NotRetryable: 3}
    all_at_once(3, lambda number: sweep())
    assert len(smtp.received) == 1
    assert now(house, mail).status == MailStatus.SENT


def test_many_workers_send_each_mail_once(house: House, smtp: MailServer) -> None:
    mails = [queue(house) for _ in range(12)]
    all_at_once(4, lambda number: sweep())
    sweep()
    assert Counter(got.message_id for got in smtp.received) == {mail.message_id: 1 for mail in mails}
    assert {now(house, mail).status for mail in mails} == {MailStatus.SENT}
