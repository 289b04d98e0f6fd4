"""Places on the live stream, and the opaque ids by which clients name them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

from apps.kernel import clock

SALT: Final = "kernel.stream.position"
FORM: Final = re.compile(r"([0-9a-f]{1,16})-([0-9a-f]{1,16})-([0-9a-f]{1,9})-([0-9a-f]{16})")
# How long an id can be returned to. Older ones would have the whole history of a busy tenant read again.
KEPT: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two events: by the transaction that wrote them, then by their number.

    Numbers alone are no order of commits, and neither are ids: a transaction that began early may commit late.
    """

    xid: int
    seq: int = 0


def name_of(position: Position, tenant_id: UUID) -> str:
    """The id of a place in one tenant, for clients to come back to."""
    words = f"{position.xid:x}-{position.seq:x}-{_minute():x}"
    return f"{words}-{_mark(words, tenant_id)}"


def position_named(name: str, tenant_id: UUID) -> Position | None:
    """The place; None for an id that this installation has not given in this tenant, or too long ago."""
    found = FORM.fullmatch(name)
    if found is None:
        return None
    words, mark = name.rpartition("-")[::2]
    age = _minute() - int(found[3], 16)
    if not constant_time_compare(mark, _mark(words, tenant_id)) or age > KEPT / timedelta(minutes=1):
        return None
    return Position(int(found[1], 16), int(found[2], 16))


def _mark(words: str, tenant_id: UUID) -> str:
    return salted_hmac(SALT, f"{tenant_id}|{words}", algorithm="sha256").hexdigest()[:16]


def _minute() -> int:
    return int(clock.now().timestamp()) // 60
