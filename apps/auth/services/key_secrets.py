"""Texts of API keys: made, recognised without a query, and kept as digests.

A key reads `mk_<8>.<48>`: a prefix that may be shown, and a secret whose last six characters are a checksum of all
that stands before them. So a mistyped key costs no query, and a leak scanner knows a key when it sees one.
"""

from __future__ import annotations

import re
import secrets
import string
import zlib
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import models

from apps.auth.models import ApiKeySecret
from apps.kernel.crypto.tokens import token_digest

KIND: Final = "api_key"
ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
PREFIX_LENGTH: Final = 8
RANDOM_LENGTH: Final = 42  # 250 random bits
CHECKSUM_LENGTH: Final = 6
FORM: Final = re.compile(rf"mk_[0-9A-Za-z]{{{PREFIX_LENGTH}}}\.[0-9A-Za-z]{{{RANDOM_LENGTH + CHECKSUM_LENGTH}}}")
TOUCHED_EVERY: Final = timedelta(minutes=1)


def new_secret() -> str:
    """A new key as its owner is shown it once."""
    body = f"mk_{_random(PREFIX_LENGTH)}.{_random(RANDOM_LENGTH)}"
    return body + checksum(body)


def checksum(body: str) -> str:
    """CRC-32 of the text as six characters of the alphabet."""
    rest, found = zlib.crc32(body.encode()), ""
    for _ in range(CHECKSUM_LENGTH):
        rest, digit = divmod(rest, len(ALPHABET))
        found = ALPHABET[digit] + found
    return found


def is_key(text: str) -> bool:
    """Say whether the text has the form and the checksum of a key; anything else is not worth a query."""
    if FORM.fullmatch(text) is None:
        return False
    return text[-CHECKSUM_LENGTH:] == checksum(text[:-CHECKSUM_LENGTH])


def prefix_of(secret: str) -> str:
    """The part that may be shown: `mk_` and eight characters."""
    return secret.partition(".")[0]


def write_secret(key_id: UUID) -> str:
    """Store a new secret of the key and hand it out; inside a command."""
    secret = new_secret()
    row = ApiKeySecret(api_key_id=key_id, prefix=prefix_of(secret), digest=token_digest(secret))
    row.save(force_insert=True)
    return secret


def retire_secrets(key_id: UUID, *, at: datetime, now: datetime) -> None:
    """Let the key's present secrets end at a moment; one that ends earlier keeps its end, ended ones go."""
    rows = ApiKeySecret.objects.filter(api_key_id=key_id)
    rows.filter(expires_at__lte=now).delete()
    rows.filter(models.Q(expires_at=None) | models.Q(expires_at__gt=at)).update(expires_at=at)


def note_use(secret_id: UUID, *, last: datetime | None, now: datetime) -> None:
    """Remember that the secret was used, at most once a minute."""
    if last is not None and now - last < TOUCHED_EVERY:
        return
    rows = ApiKeySecret.objects.filter(pk=secret_id)
    rows.filter(models.Q(last_used_at=None) | models.Q(last_used_at__lte=now - TOUCHED_EVERY)).update(last_used_at=now)


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
