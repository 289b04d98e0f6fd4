"""Signatures of the Standard Webhooks specification (https://www.standardwebhooks.com), version v1, symmetric."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from typing import Final

PREFIX: Final = "whsec_"
VERSION: Final = "v1"
LEAST_BYTES, MOST_BYTES = 24, 64  # of a secret, as the specification has them
TOLERANCE: Final = 300  # seconds that a message's time may differ from ours


def as_secret(key: bytes) -> str:
    """A key as people are shown it."""
    return PREFIX + base64.b64encode(key).decode()


def key_of(secret: str) -> bytes:
    """The key in a secret, with or without its prefix. Raises ValueError for what is none."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError as error:
        raise ValueError("a secret is base64") from error
    if not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise ValueError(f"a secret has {LEAST_BYTES} to {MOST_BYTES} bytes")
    return key


def is_secret(text: str) -> bool:
    """Say whether the text is a secret."""
    try:
        key_of(text)
    except ValueError:
        return False
    return True


def sign(secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one signature for each secret, parted by blanks. `timestamp` is in seconds."""
    return " ".join(f"{VERSION},{_signature(key_of(secret), message_id, timestamp, body)}" for secret in secrets)


def is_signed(header: str, secrets: Sequence[str], message_id: str, timestamp: int, *, body: bytes) -> bool:
    """Say whether one of the header's signatures was made with one of the secrets.

    Every pair is compared, each in constant time, so that the time does not tell which one came near.
    """
    given = [text for version, _comma, text in (item.partition(",") for item in header.split()) if version == VERSION]
    wanted = [_signature(key_of(secret), message_id, timestamp, body) for secret in secrets]
    pairs = [hmac.compare_digest(one.encode(), other.encode()) for one in given for other in wanted]
    return any(pairs)


def _signature(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
