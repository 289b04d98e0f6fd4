"""The bytes of an encrypted value, and the keyed digests beside it. Pure: keys come from the caller.

    2   version of the tenant's data key, big-endian
    16  fingerprint of the plaintext, the same for equal values of one column whatever the key version
    32  blind index, only in columns that have one
    12  nonce
    n   AES-256-GCM ciphertext and tag; additional data `tenant|table|column`

Images, change detection and undo compare fingerprints, so re-encryption is no change.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import idna
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from apps.kernel.crypto.errors import DecryptionFailed

VERSION_BYTES = 2
FINGERPRINT_BYTES = 16
INDEX_BYTES = 32
_NONCE_BYTES = 12
_HEADER_BYTES = VERSION_BYTES + FINGERPRINT_BYTES
_TAG_BYTES = 16
# Position of the blind index as SQL counts, from one.
INDEX_START = _HEADER_BYTES + 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value belongs; an envelope opens nowhere else."""

    tenant_id: UUID
    table: str
    column: str

    @property
    def additional_data(self) -> bytes:
        """What the cipher binds the value to."""
        return f"{self.tenant_id}|{self.table}|{self.column}".encode()


@dataclass(frozen=True, slots=True)
class TenantKeys:
    """The unwrapped keys of one tenant; `ciphers` by version, of which `newest` is for new values."""

    tenant_id: UUID
    pepper: bytes = field(repr=False)
    ciphers: Mapping[int, AESGCM] = field(repr=False)
    newest: int


def seal(plain: bytes, place: Place, *, keys: TenantKeys, index: bytes = b"") -> bytes:
    """Encrypt `plain` for `place` under the newest data key."""
    nonce = os.urandom(_NONCE_BYTES)
    version = keys.newest.to_bytes(VERSION_BYTES, "big")
    sealed = keys.ciphers[keys.newest].encrypt(nonce, plain, place.additional_data)
    return version + fingerprint(plain, place, pepper=keys.pepper) + index + nonce + sealed


def unseal(envelope: bytes, place: Place, *, keys: TenantKeys, indexed: bool = False) -> bytes:
    """Decrypt an envelope of `place`; `indexed` tells whether a blind index stands in it.

    Raises DecryptionFailed for a wrong key, another place, or any altered byte outside the index.
    """
    start = _HEADER_BYTES + (INDEX_BYTES if indexed else 0)
    cipher = keys.ciphers.get(key_version(envelope))
    if cipher is None or len(envelope) < start + _NONCE_BYTES + _TAG_BYTES:
        raise DecryptionFailed
    nonce, sealed = envelope[start : start + _NONCE_BYTES], envelope[start + _NONCE_BYTES :]
    try:
        plain = cipher.decrypt(nonce, sealed, place.additional_data)
    except InvalidTag as error:
        raise DecryptionFailed from error
    if not hmac.compare_digest(fingerprint(plain, place, pepper=keys.pepper), stored_fingerprint(envelope)):
        raise DecryptionFailed
    return plain


def key_version(envelope: bytes) -> int:
    """Version of the data key that an envelope needs."""
    return int.from_bytes(envelope[:VERSION_BYTES], "big")


def stored_fingerprint(envelope: bytes) -> bytes:
    """The fingerprint in an envelope."""
    return envelope[VERSION_BYTES:_HEADER_BYTES]


def fingerprint(plain: bytes, place: Place, *, pepper: bytes) -> bytes:
    """Digest that tells equal values of one column from different ones, for holders of the pepper only."""
    label = f"fingerprint|{place.table}|{place.column}|".encode()
    return hmac.digest(pepper, label + plain, hashlib.sha256)[:FINGERPRINT_BYTES]


def blind_index(value: str, *, pepper: bytes) -> bytes:
    """Digest of the normalised value for exact look-up.

    It is the same in every table of a tenant, so that one address can be recognised across modules.
    """
    return hmac.digest(pepper, b"index|" + normalised(value).encode(errors="surrogatepass"), hashlib.sha256)


def normalised(value: str) -> str:
    """The form in which values are compared: trimmed, composed, lower case, an address's domain in ASCII."""
    text = unicodedata.normalize("NFC", value.strip()).lower()
    name, at, domain = text.rpartition("@")
    if not at or domain.isascii():
        return text
    try:
        return f"{name}@{idna.encode(domain, uts46=True).decode()}"
    except UnicodeError:
        return text
