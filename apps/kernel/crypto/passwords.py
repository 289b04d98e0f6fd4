"""Password hashing: bcrypt over SHA-256, at the cost that the installation sets."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.hashers import BCryptSHA256PasswordHasher

LEAST_COST = 10


class CostedBCryptSHA256PasswordHasher(BCryptSHA256PasswordHasher):
    """Django's hasher at `settings.AGORA_BCRYPT_COST`; a hash of another cost is renewed at log-in."""

    @property
    def rounds(self) -> int:  # type: ignore[override]
        """The logarithm of the number of rounds, never under 10."""
        return max(int(settings.AGORA_BCRYPT_COST), LEAST_COST)
