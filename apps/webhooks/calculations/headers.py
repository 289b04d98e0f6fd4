"""Headers of a webhook's own: which may be set, and what a request carries in the end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")
VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]{0,4096}")
MOST: Final = 20
# What the house or its transport writes: set by somebody else it would name another host, hide a second request, or
# claim a signature.
RESERVED: Final = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "expect",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-authenticate",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    }
)
RESERVED_START: Final = "webhook-"
SHOWN: Final = ("content-type", "content-length", "date", "server", "retry-after", "location", "x-request-id")


def may_be_set(name: str, value: object) -> bool:
    """Say whether a webhook may send the header."""
    if not isinstance(value, str) or not NAME.fullmatch(name) or not VALUE.fullmatch(value):
        return False
    lower = name.lower()
    return lower not in RESERVED and not lower.startswith(RESERVED_START)


def request_headers(own: Mapping[str, str], *, message_id: str, timestamp: int, signature: str) -> dict[str, str]:
    """What a request carries: the webhook's own headers, and ours over them."""
    kept = {name.lower(): value for name, value in own.items() if may_be_set(name, value)}
    return {
        **kept,
        "content-type": "application/json",
        "user-agent": "Agora-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature,
    }


def shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of an answer that are kept: none that could be a credential."""
    return {name: headers[name][:500] for name in SHOWN if name in headers}
