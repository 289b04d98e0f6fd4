"""The keys of the open scope's tenant: made at first use, unwrapped once per process, forgotten on rotation.

Unwrapped keys are shared by all threads only once their rows are committed. Were they shared earlier and the
transaction rolled back, later values would be sealed under a key that no row holds, and be lost.
"""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Max

from apps.kernel.crypto.envelope import TenantKeys
from apps.kernel.crypto.errors import EncryptionUnavailable
from apps.kernel.crypto.keks import KEY_BYTES, configured_keks, unwrap, wrap
from apps.kernel.crypto.models import KeyKind, TenantKey
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import scoped_transaction

_CAPACITY = 4096
# Other processes notice a new data key within this many seconds; until then they write under the old one.
_SECONDS_KEPT = 300.0


class _Cache:
    """Unwrapped keys by tenant and configured KEKs; the least recently loaded goes first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[object, tuple[float, TenantKeys]] = OrderedDict()
        self._lock = Lock()

    def get(self, tenant_id: UUID) -> TenantKeys | None:
        kept = self._kept.get((tenant_id, configured_keks()))
        return kept[1] if kept is not None and kept[0] > time.monotonic() else None

    def put(self, keys: TenantKeys) -> None:
        with self._lock:
            self._kept[keys.tenant_id, configured_keks()] = (time.monotonic() + _SECONDS_KEPT, keys)
            if len(self._kept) > _CAPACITY:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


@dataclass(slots=True)
class _Uncommitted:
    """Keys that this connection's open transaction made; good for as long as `hook` waits for the commit."""

    hook: Callable[[], None]
    keys: TenantKeys | None = None
    keks: tuple[bytes, ...] = ()


_cache = _Cache()


def forget_keys() -> None:
    """Drop all unwrapped keys of this process; the next use reads the rows again."""
    _cache.clear()


def current_keys() -> TenantKeys:
    """Keys of the open scope's tenant, made if it has none.

    Raises ScopeMissing, EncryptionUnavailable without a key-encryption key, DecryptionFailed with another.
    """
    return existing_keys() or _created(current_scope().tenant_id)


def existing_keys() -> TenantKeys | None:
    """Keys of the open scope's tenant, or None if it has never encrypted anything."""
    tenant_id = current_scope().tenant_id
    keys = _cache.get(tenant_id)
    if keys is not None:
        return keys
    uncommitted = _uncommitted(tenant_id)
    if uncommitted is not None and uncommitted.keys is not None and uncommitted.keks == configured_keks():
        return uncommitted.keys
    return reloaded_keys()


def reloaded_keys() -> TenantKeys | None:
    """Read the rows again, past the cache; None if the tenant has no keys."""
    if not configured_keks():
        raise EncryptionUnavailable
    with scoped_transaction() as scope:
        rows = list(TenantKey.objects.order_by("version"))
    opened = {(row.kind, row.version): unwrap(row.kek_id, bytes(row.wrapped), bound_to=row.bound_to) for row in rows}
    pepper = opened.get((KeyKind.PEPPER, 1))
    ciphers = {version: AESGCM(key) for (kind, version), key in opened.items() if kind == KeyKind.DATA}
    if pepper is None or not ciphers:
        return None
    keys = TenantKeys(scope.tenant_id, pepper, ciphers, max(ciphers))
    _keep(keys)
    return keys


def start_data_key() -> int:
    """Begin a new version of the tenant's data key for new values and return the version."""
    keys = current_keys()
    with scoped_transaction():
        newest = TenantKey.objects.filter(kind=KeyKind.DATA).aggregate(newest=Max("version"))["newest"]
        _insert(keys.tenant_id, KeyKind.DATA, version=newest + 1)
        _mark_uncommitted(keys.tenant_id)
    forget_keys()
    return int(newest) + 1


def _created(tenant_id: UUID) -> TenantKeys:
    with scoped_transaction():
        # Whoever comes second waits here for the first one's commit and then reads that one's keys.
        _insert(tenant_id, KeyKind.PEPPER)
        _insert(tenant_id, KeyKind.DATA)
        _mark_uncommitted(tenant_id)
        keys = reloaded_keys()
    if keys is None:
        raise EncryptionUnavailable
    return keys


def _insert(tenant_id: UUID, kind: KeyKind, *, version: int = 1) -> None:
    row = TenantKey(tenant_id=tenant_id, kind=kind, version=version)
    row.kek_id, row.wrapped = wrap(os.urandom(KEY_BYTES), bound_to=row.bound_to)
    TenantKey.objects.bulk_create([row], ignore_conflicts=True)


def _keep(keys: TenantKeys) -> None:
    uncommitted = _uncommitted(keys.tenant_id)
    if uncommitted is None:
        _cache.put(keys)
    else:
        uncommitted.keys, uncommitted.keks = keys, configured_keks()


def _marks() -> dict[UUID, _Uncommitted]:
    # On the connection itself, because that is what commits and rolls back.
    marks: dict[UUID, _Uncommitted] = vars(connections[DEFAULT_DB_ALIAS]).setdefault("agora_new_keys", {})
    return marks


def _mark_uncommitted(tenant_id: UUID) -> None:
    marks = _marks()

    def committed() -> None:
        marks.pop(tenant_id, None)
        forget_keys()

    marks[tenant_id] = _Uncommitted(committed)
    connections[DEFAULT_DB_ALIAS].on_commit(committed)


def _uncommitted(tenant_id: UUID) -> _Uncommitted | None:
    """The mark of the tenant; a roll-back, even of a savepoint, takes the waiting hook and so the mark."""
    marks = _marks()
    mark = marks.get(tenant_id)
    if mark is None:
        return None
    if any(entry[1] is mark.hook for entry in connections[DEFAULT_DB_ALIAS].run_on_commit):
        return mark
    del marks[tenant_id]
    return None
