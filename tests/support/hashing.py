"""The product's password hasher at a cost that a suite can bear."""

from __future__ import annotations

from django.conf import settings

from apps.kernel.crypto.passwords import LEAST_COST, CostedBCryptSHA256PasswordHasher

QUICK = 4  # the least that bcrypt knows: 1/64 of the work of LEAST_COST


class QuickHasher(CostedBCryptSHA256PasswordHasher):
    """Real bcrypt, quick unless a test raises `settings.AGORA_BCRYPT_COST` over the least that the product allows."""

    @property
    def rounds(self) -> int:  # type: ignore[override]
        """The logarithm of the number of rounds."""
        return QUICK if settings.AGORA_BCRYPT_COST <= LEAST_COST else super().rounds
