"""Parts of the house in which nobody may write, whatever they are allowed elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection

from apps.kernel.errors import PlatformError

# What reads begins like this. A `WITH` may hide a write, and a locking read takes what a write would wait for.
READS = re.compile(r"\s*(SELECT|WITH|VALUES|TABLE|SHOW|EXPLAIN|SAVEPOINT|RELEASE|ROLLBACK TO)\b", re.IGNORECASE)
WRITES = re.compile(
    r"\b(INSERT\s+INTO|UPDATE\s+\"?\w+\"?\s+SET|DELETE\s+FROM|MERGE\s+INTO)\b|\bFOR\s+(NO\s+KEY\s+)?UPDATE\b",
    re.IGNORECASE,
)


class WriteForbidden(PlatformError):
    """Something that may only read tried to write: a fault of the program."""

    status = 500
    code = "kernel.write_forbidden"
    message = "{who} may read and must not write."


_reader: ContextVar[str] = ContextVar("agora_reader", default="")


@contextmanager
def read_only(who: str) -> Iterator[None]:
    """Refuse commands and writing statements in the block. Costs no statement of its own."""
    token = _reader.set(who)
    try:
        with connection.execute_wrapper(_demand_reading):
            yield
    finally:
        _reader.reset(token)


def demand_writable() -> None:
    """Raise WriteForbidden inside `read_only`."""
    if who := _reader.get():
        raise WriteForbidden(who=who)


def _demand_reading(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    text = str(sql)
    if not READS.match(text) or WRITES.search(text):
        raise WriteForbidden(who=_reader.get())
    return execute(sql, params, many, context)
