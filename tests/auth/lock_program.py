"""A process that tries to log in: `python -m tests.auth.lock_program <tries> <e-mail> <password>`."""

from __future__ import annotations

import sys
from typing import Any, ClassVar

import django

from tests.auth.hashers import CountingHasher


class ComparingHasher(CountingHasher):
    """Counts comparisons with a stored hash beside all runs of bcrypt."""

    comparisons: ClassVar[int] = 0

    def verify(self, password: str, encoded: str) -> bool:
        """Count and compare."""
        type(self).comparisons += 1
        return bool(super().verify(password, encoded))


def main(tries: int, email: str, password: str) -> None:
    """Say that it is ready, wait for the start, try so often, and print what came of it.

    That is: how many tries compared the account's own hash, how often bcrypt ran, and every status and code.
    """
    django.setup()
    from django.test import Client, override_settings
    from django.test.utils import setup_test_environment

    from tests.auth.calls import LOG_IN, post
    from tests.auth.lock_program import ComparingHasher as Counted  # not the one of __main__, which Django never sees

    setup_test_environment()
    path = f"{Counted.__module__}.{Counted.__qualname__}"
    with override_settings(PASSWORD_HASHERS=[path], RATE_LIMITS={"*": "off"}):
        Client().get(LOG_IN)
        print("ready", flush=True)  # noqa: T201 - the test reads it
        sys.stdin.readline()
        answers: list[Any] = [post(Client(), LOG_IN, {"email": email, "password": password}) for _ in range(tries)]
    told = sorted({f"{answer.status_code}:{answer.json().get('code', '')}" for answer in answers})
    print(Counted.comparisons, Counted.runs, *told, flush=True)  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
