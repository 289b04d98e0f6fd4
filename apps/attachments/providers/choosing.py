"""Which virus scanner the installation has, by its address."""

from __future__ import annotations

from urllib.parse import urlsplit

from apps.attachments.contracts import Scanner
from apps.attachments.providers.clamav.provider import ClamAV
from apps.attachments.providers.none import NoScanner

PORT = 3310


def scanner_at(address: str) -> Scanner:
    """The scanner of `clamav://host:3310`, `clamav:///run/clamav/clamd.ctl`, or none for an empty address."""
    if not address:
        return NoScanner()
    parts = urlsplit(address)
    return ClamAV(parts.hostname or "", parts.port or PORT, path="" if parts.hostname else parts.path)
