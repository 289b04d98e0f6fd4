"""Workers that die anywhere: every event has its row in the ledger, once, and its receiver knows it by one id."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from apps.currencies.calculations import tender
from apps.kernel import clock
from apps.kernel.work.models import Work
from apps.kernel.work.sweeper import sweep
from tests.kernel.work_probes import process
from tests.notifications.test_crash import Fuse
from tests.support.scopes import House
from tests.webhooks.factories import attempts, deliveries, happen, make_webhook, note, outcomes, send, the_delivery
from tests.webhooks.receivers import Receiver

pytestmark = pytest.mark.committed
LEASE = timedelta(seconds=31)
OPEN = {"AGORA_DEBUG": "1", "OUTBOUND_ALLOW_PRIVATE": "1"}
PROGRAM = "tests.webhooks.hook_program"


def work() -> None:
    """Note and send all that is due."""
    for queue in ("relay", "events", "webhooks"):
        sweep(queue)


def work_later(after: timedelta = LEASE) -> None:
    """The same when the leases of those who died have run out."""
    with clock.frozen(clock.now() + after):
        work()


@pytest.mark.processes
def test_killed_while_the_request_is_on_its_way_it_is_sent_again_under_its_id(house: House, receiver: Receiver) -> None:
    make_webhook(house, receiver.url())
    happen(house)
    note()
    victims: list[int] = []

    def kill(connection: Any, request: str) -> None:
        os.kill(victims[0], signal.SIGKILL)

    receiver.pages["/hook"] = kill
    with process(PROGRAM, **OPEN) as child:
        victims.append(child.pid)
        child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL
    assert outcomes(house) == [("sending", "", 1)]
    receiver.thank()
    work_later()
    assert outcomes(house) == [("delivered", "", 2)]
    first, second = receiver.got
    assert (first.id, first.body) == (second.id, second.body)
    assert [(item.number, item.error) for item in attempts(the_delivery(house), house)] == [(1, "lost"), (2, "")]


def test_a_delivery_that_kills_its_workers_is_given_up(house: House, receiver: Receiver) -> None:
    make_webhook(house, receiver.url(), max_retries=1)
    happen(house)
    note()
    with clock.frozen(clock.now()) as frozen:
        for _ in range(2):
            die_after_the_request()
            frozen.tick(LEASE)
        send()
    assert (outcomes(house), len(receiver.got)) == ([("exhausted", "lost", 2)], 2)


def die_after_the_request() -> None:
    """Send, and die when the answer is about to be noted."""

    def die(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "INSERT INTO" in sql and "webhook_attempt" in sql and "lost" not in params:
            raise KeyboardInterrupt
        return execute(sql, params, many, context)

    with connection.execute_wrapper(die), pytest.raises(KeyboardInterrupt):
        sweep("webhooks")


def test_a_crash_at_any_statement_leaves_one_row_and_one_message(house: House, receiver: Receiver) -> None:
    make_webhook(house, receiver.url(), rate_limit_per_minute=6000, max_retries=30)
    codes = iter(CODES)
    position, rows = 1, 0
    with clock.frozen(clock.now()) as frozen:
        while True:
            happen(house, next(codes))
            rows += 1
            blown = is_crashed(position)
            for _ in range(3):
                frozen.tick(timedelta(minutes=5))
                work()
            found = deliveries(house)
            assert (len(found), {row.status for row in found}) == (rows, {"delivered"}), position
            assert len({got.id for got in receiver.got}) == rows, position
            assert not Work.objects.exclude(kind="kernel.schedule").exists(), position
            if not blown:
                break
            position += 3
    assert position > 20, "the wrapper saw no statements"


def is_crashed(position: int) -> bool:
    """Work with a crash at the statement of that number; False when there are fewer."""
    with connection.execute_wrapper(Fuse(position)):
        try:
            work()
        except KeyboardInterrupt:
            return True
    return False


CODES = sorted(tender())
