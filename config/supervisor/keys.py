"""Keys of the demonstration: made once, kept in a private file."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from pathlib import Path

from config.embedded.places import write_whole

_MAKERS: dict[str, Callable[[], str]] = {
    "AGORA_SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "AGORA_PEPPER": lambda: secrets.token_urlsafe(32),
    "AGORA_KEK": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
}


def keep_keys(path: Path) -> dict[str, str]:
    """Read the keys, and make those that are not there yet: a new key must not invalidate the others."""
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        lines = []
    kept = {name: value for name, _, value in (line.partition("=") for line in lines) if value}
    missing = {name: make() for name, make in _MAKERS.items() if name not in kept}
    if missing:
        write_whole(path, "".join(f"{name}={value}\n" for name, value in {**kept, **missing}.items()))
    return {**kept, **missing}
