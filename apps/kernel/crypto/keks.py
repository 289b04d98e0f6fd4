"""Key-encryption keys: the installation's own, outside the database; they wrap the tenants' keys.

`settings.AGORA_KEKS` lists them, newest first: the first one wraps, all of them unwrap.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from apps.kernel.crypto.errors import DecryptionFailed, EncryptionUnavailable

KEY_BYTES = 32
_NONCE_BYTES = 12


def parse_keks(text: str) -> list[bytes]:
    """Read a comma-separated list of base64 keys, newest first; none from an empty text.

    Raises ValueError, without a word of the text, unless each is 32 bytes long.
    """
    try:
        keys = [base64.b64decode(item.strip(), validate=True) for item in text.split(",") if item.strip()]
    except binascii.Error:
        raise ValueError("A key-encryption key is not in base64.") from None
    if any(len(key) != KEY_BYTES for key in keys):
        raise ValueError(f"A key-encryption key is not {KEY_BYTES} bytes long.")
    return keys


def configured_keks() -> tuple[bytes, ...]:
    """The keys of this installation, newest first; empty when there are none."""
    return tuple(settings.AGORA_KEKS)


def kek_id(kek: bytes) -> str:
    """A public name of the key: 16 hexadecimal digits that say nothing about it."""
    return hashlib.sha256(b"agora kek|" + kek).hexdigest()[:16]


def wrap(secret: bytes, *, bound_to: bytes) -> tuple[str, bytes]:
    """Encrypt `secret` under the newest key; return the key's id and the wrapped bytes.

    What is wrapped opens only with the same `bound_to`. Raises EncryptionUnavailable without a key.
    """
    keks = configured_keks()
    if not keks:
        raise EncryptionUnavailable
    nonce = os.urandom(_NONCE_BYTES)
    return kek_id(keks[0]), nonce + AESGCM(keks[0]).encrypt(nonce, secret, bound_to)


def unwrap(name: str, wrapped: bytes, *, bound_to: bytes) -> bytes:
    """Decrypt what `wrap` gave.

    Raises EncryptionUnavailable without any key, DecryptionFailed without the right one.
    """
    keks = configured_keks()
    if not keks:
        raise EncryptionUnavailable
    kek = next((kek for kek in keks if kek_id(kek) == name), None)
    if kek is None:
        raise DecryptionFailed
    try:
        return AESGCM(kek).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError) as error:
        raise DecryptionFailed from error
