"""What a counter belongs to, as a digest: no address and no e-mail stands readable in any store."""

from __future__ import annotations

import hashlib
import hmac
import json

from django.conf import settings

from apps.kernel.crypto.envelope import normalised
from apps.kernel.crypto.errors import EncryptionUnavailable

Key = tuple[str, ...]


def email_part(email: str) -> str:
    """An e-mail address as part of a key: case, blanks and the spelling of its domain make no difference."""
    return normalised(email)


def digest_of(name: str, key: Key) -> bytes:
    """Digest of a limit's name and the parts of a key, under the installation's pepper.

    Raises EncryptionUnavailable without `settings.AGORA_PEPPER`.
    """
    pepper: bytes = settings.AGORA_PEPPER
    if not pepper:
        raise EncryptionUnavailable
    # JSON keeps the parts apart, whatever stands in them.
    return hmac.digest(pepper, b"limit|" + json.dumps([name, *key]).encode(), hashlib.sha256)
