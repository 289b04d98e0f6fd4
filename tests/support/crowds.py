"""Many callers at the same moment: threads with connections of their own, let go together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from typing import Any

from django.db import connection, connections

from tests.support import databases

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"


def all_at_once(size: int, call: Callable[[int], Any]) -> list[Any]:
    """Run `call(number)` in `size` threads at once; each answer, or the exception it raised."""
    answers: list[Any] = [None] * size
    gate = threading.Barrier(size)

    def run(number: int) -> None:
        gate.wait()
        try:
            answers[number] = call(number)
        except Exception as error:  # noqa: BLE001 - the test judges what came
            answers[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=copy_context().run, args=(run, number)) for number in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def wait_until_it_waits(pending: Future[Any]) -> None:
    """Come back when somebody waits for a lock; what has ended without waiting has not met anybody."""
    with databases.admin(connection.settings_dict["NAME"]) as session:
        for _try in range(400):
            row = session.execute(WAITING, [connection.settings_dict["NAME"]]).fetchone()
            if row is not None and row[0]:
                return
            assert not pending.done(), "it waited for nobody"
            time.sleep(0.01)
    raise AssertionError("nobody waits")
