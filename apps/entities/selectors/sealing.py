"""Encrypted values of custom fields: an envelope of the kernel as text, with a digest for exact look-up beside it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from apps.entities.calculations import compared_text, index_key, shown
from apps.entities.contracts import FieldDefinition
from apps.kernel.crypto.envelope import Place, blind_index, fingerprint, key_version, seal, stored_fingerprint, unseal
from apps.kernel.crypto.errors import DecryptionFailed
from apps.kernel.crypto.keys import current_keys, existing_keys, reloaded_keys
from apps.kernel.tenancy.scope import current_scope


def _place(table: str, key: str) -> Place:
    return Place(current_scope().tenant_id, table, f"custom.{key}")


def sealed(table: str, field: FieldDefinition, value: Any, stored: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the column for a canonical value; the envelope stays as it is while the value does."""
    keys, place = current_keys(), _place(table, field.key)
    plain = json.dumps(shown(value), ensure_ascii=False).encode()
    former = _bytes(stored.get(field.key))
    if former is not None and stored_fingerprint(former) == fingerprint(plain, place, pepper=keys.pepper):
        return {name: stored[name] for name in (field.key, index_key(field.key)) if name in stored}
    envelope = seal(plain, place, keys=keys)
    digest = blind_index(compared_text(value), pepper=keys.pepper).hex()
    return {field.key: base64.b64encode(envelope).decode(), index_key(field.key): digest}


def opened(table: str, key: str, stored: Any) -> Any:
    """The value in an envelope, as `shown` has it; None for none. Raises DecryptionFailed."""
    envelope = _bytes(stored)
    if envelope is None:
        return None
    keys = existing_keys()
    if keys is None or key_version(envelope) not in keys.ciphers:
        keys = reloaded_keys()
    if keys is None:
        raise DecryptionFailed
    return json.loads(unseal(envelope, _place(table, key), keys=keys), parse_float=Decimal)


def digest_of(text: str) -> str:
    """The digest that stands under `<key>.index` for a value; "" where the tenant has encrypted nothing so far."""
    keys = existing_keys()
    return blind_index(text, pepper=keys.pepper).hex() if keys else ""


def _bytes(stored: Any) -> bytes | None:
    if not isinstance(stored, str) or not stored:
        return None
    try:
        return base64.b64decode(stored, validate=True)
    except binascii.Error:
        return None
