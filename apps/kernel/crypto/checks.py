"""System checks of the crypto room."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from apps.kernel.crypto.keks import KEY_BYTES
from apps.kernel.crypto.passwords import LEAST_COST


@register(Tags.security)
def check_keks(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every key-encryption key has its full length, and none stands twice."""
    keks: list[bytes] = settings.AGORA_KEKS
    found: list[CheckMessage] = []
    if any(len(kek) != KEY_BYTES for kek in keks):
        found.append(Error(f"A key-encryption key is not {KEY_BYTES} bytes long.", id="kernel.E041"))
    if len(set(keks)) != len(keks):
        found.append(Error("A key-encryption key is listed twice.", id="kernel.E042"))
    return found


@register(Tags.security)
def check_bcrypt_cost(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Passwords are not hashed cheaply."""
    if settings.AGORA_BCRYPT_COST >= LEAST_COST:
        return []
    hint = f"Set AGORA_BCRYPT_COST to {LEAST_COST} or more."
    return [Error("Passwords would be hashed too cheaply.", hint=hint, id="kernel.E043")]
