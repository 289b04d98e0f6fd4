"""Counts the statements that reach the database; BEGIN and COMMIT are sent past Django's wrappers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

# What opens and closes transactions and savepoints, which costs next to nothing.
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def queries(call: Callable[[], object]) -> int:
    """Run `call` and count what it asked of the database, without what opens and closes savepoints."""
    return sum(not sql.lstrip().startswith(CONTROL) for sql in statements(call))


def statements(call: Callable[[], object], *, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Run `call` and return the statements that it sent."""
    sent: list[str] = []

    def record(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(sql)
        return execute(sql, params, many, context)

    with connections[using].execute_wrapper(record):
        call()
    return sent
