"""Key rotation: wrap tenants' keys under a new installation key, start data keys, re-encrypt old values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy

from apps.kernel.commands.declarations import command
from apps.kernel.crypto.envelope import VERSION_BYTES
from apps.kernel.crypto.errors import DecryptionFailed
from apps.kernel.crypto.fields import encrypted_fields
from apps.kernel.crypto.keks import configured_keks, kek_id, unwrap, wrap
from apps.kernel.crypto.keys import current_keys, existing_keys, forget_keys, reloaded_keys, start_data_key
from apps.kernel.crypto.models import TenantKey
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import scoped_transaction

REASON = "rotate encryption keys"


@dataclass(slots=True)
class Rotation:
    """What a rotation did: keys now under each KEK (by its id), and tenants whose keys no KEK opens."""

    rewrapped: int = 0
    data_keys_started: int = 0
    keys_by_kek: Counter[str] = field(default_factory=Counter)
    unreadable: list[UUID] = field(default_factory=list)


def rotate(tenant_ids: Iterable[UUID], *, new_data_keys: bool = False) -> Rotation:
    """Wrap every key of the tenants under the newest KEK, each tenant in a transaction of its own.

    Safe to repeat and to interrupt. With `new_data_keys` each tenant that has keys also begins a new data key
    for new values. A tenant whose keys cannot be unwrapped is reported and left as it is.
    """
    done = Rotation()
    for tenant_id in tenant_ids:
        with system_scope(tenant_id, REASON):
            try:
                _rotate_one(done, new_data_keys=new_data_keys)
            except DecryptionFailed:
                done.unreadable.append(tenant_id)
    forget_keys()
    return done


def rewrap() -> int:
    """Wrap the keys of the open scope's tenant under the newest KEK; return how many were under another."""
    newest = next((kek_id(kek) for kek in configured_keks()), "")
    with scoped_transaction():
        rows = list(TenantKey.objects.select_for_update().exclude(kek_id=newest))
        for row in rows:
            secret = unwrap(row.kek_id, bytes(row.wrapped), bound_to=row.bound_to)
            row.kek_id, row.wrapped = wrap(secret, bound_to=row.bound_to)
        TenantKey.objects.bulk_update(rows, ["kek_id", "wrapped"])
    return len(rows)


def outdated(model: type[models.Model]) -> models.QuerySet[Any]:
    """Rows of the open scope with a value under an older data key than the tenant's newest."""
    fields = encrypted_fields(model)
    keys = reloaded_keys()
    rows: models.QuerySet[Any] = model._default_manager.all()
    if keys is None or not fields:
        return rows.none()
    newest = keys.newest.to_bytes(VERSION_BYTES, "big")
    versions = {
        f"key_version_{place}": Substr(item.name, 1, VERSION_BYTES, output_field=models.BinaryField())
        for place, item in enumerate(fields)
    }
    is_old = reduce(or_, (models.Q(**{f"{name}__lt": newest}) for name in versions))
    old: models.QuerySet[Any] = rows.alias(**versions).filter(is_old)
    return old


def reencrypt(model: type[models.Model], *, size: int = 500) -> int:
    """Seal up to `size` outdated rows of the open scope under the newest data key; return their number.

    Call it until it returns 0; it goes on where it stopped, because a re-encrypted row is no longer outdated.
    The caller has opened the transaction, in a way that lets the table be written without row images:
    fingerprints stay the same, so nothing has changed for anybody.
    """
    names = [item.name for item in encrypted_fields(model)]
    rows = list(outdated(model).select_for_update(of=("self",)).order_by("pk").only("pk", *names)[:size])
    model._default_manager.bulk_update(rows, names)
    return len(rows)


@command(
    "kernel.key.reencrypt",
    open_reason="only operators run it, from the command line",
    undoable=False,
    undo_reason=gettext_lazy("no value changes, only the key that it is stored under."),
    bulk=True,
)
def reencrypt_batch(entity: str, *, size: int) -> int:
    """Seal the next outdated rows of an entity under the newest data key; 0 when there are none left."""
    return reencrypt(ENTITIES[entity].model, size=size)


def ensure_keys() -> None:
    """Make the keys of the open scope's tenant now; for tenant set-up, so that no writer has to wait."""
    current_keys()


def _rotate_one(done: Rotation, *, new_data_keys: bool) -> None:
    done.rewrapped += rewrap()
    if new_data_keys and existing_keys() is not None:
        start_data_key()
        done.data_keys_started += 1
    with scoped_transaction():
        done.keys_by_kek.update(TenantKey.objects.values_list("kek_id", flat=True))
