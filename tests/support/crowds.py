"""Many callers at the same moment: threads with connections of their own, let go together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from django.db import connections


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
