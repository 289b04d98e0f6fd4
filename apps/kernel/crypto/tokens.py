"""Tokens that are shown once and stored as digests, and digests of the whole installation."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from django.conf import settings

from apps.kernel.crypto.envelope import normalised
from apps.kernel.crypto.errors import EncryptionUnavailable

TOKEN_BYTES = 32


def new_token() -> tuple[str, bytes]:
    """Return a new secret (43 characters, safe in URLs) and the digest to store in its place."""
    plain = secrets.token_urlsafe(TOKEN_BYTES)
    return plain, token_digest(plain)


def token_digest(plain: str) -> bytes:
    """SHA-256 of a token; enough for 256 random bits, not for anything that people choose."""
    return hashlib.sha256(plain.encode(errors="surrogatepass")).digest()


def matches(plain: str, digest: bytes) -> bool:
    """Tell in constant time whether `digest` is the token's."""
    return hmac.compare_digest(token_digest(plain), bytes(digest))


def installation_digest(value: str) -> bytes:
    """Digest of a normalised address under the installation's pepper, for look-ups before a tenant is known.

    Raises EncryptionUnavailable without `settings.AGORA_PEPPER`.
    """
    pepper: bytes = settings.AGORA_PEPPER
    if not pepper:
        raise EncryptionUnavailable
    text = normalised(value).encode(errors="surrogatepass")
    return hmac.digest(pepper, b"installation|" + text, hashlib.sha256)
