"""The promise of the ledger in a storm: workers die at random, and no event is lost or doubled."""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import timedelta

import pytest

from tests.kernel.work_probes import process
from tests.support.scopes import House
from tests.support.sizes import size
from tests.webhooks.factories import deliveries, happen, make_webhook
from tests.webhooks.receivers import Receiver
from tests.webhooks.test_crash import CODES, OPEN, PROGRAM, work_later

pytestmark = [pytest.mark.committed, pytest.mark.prove]


def test_a_storm_of_kills_loses_no_event_and_doubles_none(house: House, receiver: Receiver) -> None:
    """Workers in processes of their own are killed at random while events happen and are sent."""
    webhooks = [make_webhook(house, receiver.url(f"/{n}"), max_retries=30).webhook.pk for n in range(2)]
    codes, kills = CODES[: size(40, len(CODES))], 0
    for start in range(0, len(codes), 8):
        happen(house, *codes[start : start + 8])
        for _ in range(2):
            with process(PROGRAM, "20", **OPEN) as child:
                assert child.stdout is not None
                child.stdout.readline()
                time.sleep(random.uniform(0.05, 0.8))  # noqa: S311 - no secret
                os.kill(child.pid, signal.SIGKILL)
                kills += 1
    for hours in range(1, 40):
        work_later(timedelta(hours=hours))
    rows = deliveries(house)
    pairs = {(row.event_id, row.webhook_id) for row in rows}
    print({"events": len(codes), "kills": kills, "requests": len(receiver.got), "rows": len(rows)})
    assert (len(rows), len(pairs), {row.webhook_id for row in rows}) == (2 * len(codes), len(rows), set(webhooks))
    assert {row.status for row in rows} == {"delivered"}
    assert {got.id for got in receiver.got} == {row.message_id for row in rows}
