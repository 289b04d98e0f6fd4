"""Digests under the tenant's key: of values that are found by their whole text only, and of whole documents."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable

from apps.kernel.crypto.envelope import normalised

PHONE = re.compile(r"\+?[\d\s()/.-]{6,40}")
TOKEN_BYTES = 16
LONGEST = 1_000  # a longer text is no value that anybody types


def spellings(value: str) -> set[str]:
    """The forms in which a value is compared: trimmed and in small letters, of a telephone number the digits too."""
    text = normalised(value)
    if not text or len(text) > LONGEST:
        return set()
    found = {text}
    if PHONE.fullmatch(text):
        found.add("".join(filter(str.isdigit, text)))
    return found


def tokens_of(values: Iterable[str], *, pepper: bytes) -> list[str]:
    """Tokens of values, 128 bits of an HMAC each: equal for equal values, nothing to anybody without the key."""
    texts = {spelling for value in values for spelling in spellings(value)}
    return sorted(_token(text, pepper) for text in texts)


def _token(text: str, pepper: bytes) -> str:
    digest = hmac.digest(pepper, b"search|" + text.encode(errors="surrogatepass"), hashlib.sha256)
    return digest[:TOKEN_BYTES].hex()


def checksum_of(parts: Iterable[str]) -> str:
    """Digest of everything that a document is made of, so that an unchanged one is not written again."""
    digest = hashlib.blake2s(digest_size=16)
    for part in parts:
        encoded = part.encode(errors="surrogatepass")
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return digest.hexdigest()
