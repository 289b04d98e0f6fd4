"""What is asked again and again while one answer is made: read once, and kept by processes for one version."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from apps.kernel.commands.running import running_or_none
from apps.kernel.tenancy.transactions import UNTOLD, Applied, applied_to

MEMO: Final = "agora_read_once"
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a tenant stands: whether it may be worked in, and the versions of its organizations and custom fields."""

    version: int
    is_open: bool
    fields_version: int = 0


class Kept(Generic[V]):
    """What a process remembers by key (a tenant and a version, mostly); the least recently added goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> V | None:
        """What is remembered under the key."""
        return self._found.get(key)

    def __contains__(self, key: Hashable) -> bool:
        """Say whether anything is."""
        return key in self._found

    def put(self, key: Hashable, value: V) -> None:
        """Remember it."""
        with self._lock:
            self._found[key] = value
            if len(self._found) > self._most:
                self._found.popitem(last=False)


def read_once(key: Hashable, read: Callable[[], V]) -> V:
    """What `read` finds, asked once in a transaction that reads.

    Inside a command it is asked anew, because the command may have changed it, and after one as well.
    """
    known = _known()
    if known is None:
        return read()
    if key not in known:
        known[key] = read()
    found: V = known[key]
    return found


def standing_of(tenant_id: UUID) -> Standing:
    """How the tenant stands. Uncommitted changes count."""
    return read_once(("standing", tenant_id), lambda: _read(tenant_id))


def note_standing(tenant_id: UUID, standing: Standing) -> None:
    """Take over what was read together with whoever sent the request."""
    known = _known()
    if known is not None:
        known["standing", tenant_id] = standing


def hand_on(giver: BaseDatabaseWrapper, taker: BaseDatabaseWrapper) -> None:
    """Let another state of the same session know what has been read."""
    setattr(taker, MEMO, getattr(giver, MEMO, None))


def forget_readings(sender: Any, **kwargs: Any) -> None:
    """Read everything again: a command has ended; receives `command_ended`."""
    setattr(connections[DEFAULT_DB_ALIAS], MEMO, None)


def _known() -> dict[Hashable, Any] | None:
    """What the open transaction has read; None where nothing may be kept."""
    connection = connections[DEFAULT_DB_ALIAS]
    told = applied_to(connection)
    if told is UNTOLD or running_or_none() is not None:
        return None
    memo: tuple[Applied, dict[Hashable, Any]] | None = getattr(connection, MEMO, None)
    if memo is None or memo[0] is not told:  # each opening of the wall is an object of its own
        memo = (told, {})
        setattr(connection, MEMO, memo)
    return memo[1]


def _read(tenant_id: UUID) -> Standing:
    from apps.kernel.tenancy.models import TenantStanding  # noqa: PLC0415 - middleware loads before models

    found = TenantStanding.objects.filter(pk=tenant_id).values_list("version", "is_open", "fields_version").first()
    return Standing(found[0], is_open=found[1], fields_version=found[2]) if found else Standing(0, is_open=False)
