"""Limits that every installation has: of the whole API, and of the routes that strangers may call."""

from __future__ import annotations

from apps.kernel.limits.declarations import RequestLimits
from apps.kernel.limits.rates import declare

API_ADDRESS = declare("api.address", "3000/60")
API_USER = declare("api.user", "600/60")
API_KEY = declare("api.key", "600/60")
API_KEY_OWN = declare("api.key.own", "600/60")  # its count is each key's own


def log_in_limits(area: str) -> RequestLimits:
    """For `POST {email, password}` of an area of the house that has users of its own."""
    return RequestLimits(
        by_address=declare(f"{area}.log_in.address", "20/60"),
        by_both=declare(f"{area}.log_in.both", "5/60"),
        by_email=declare(f"{area}.log_in.email", "30/3600"),
    )


def mail_limits(area: str) -> RequestLimits:
    """For routes that send a mail to the e-mail address in the body; those of an area count together."""
    return RequestLimits(
        by_address=declare(f"{area}.mail.address", "10/60"),
        by_both=declare(f"{area}.mail.both", "3/60"),
        by_email=declare(f"{area}.mail.email", "5/3600"),
    )


def token_limits(area: str) -> RequestLimits:
    """For routes that take a token in place of a log-in: refresh, confirmation of a reset, acceptance."""
    return RequestLimits(by_address=declare(f"{area}.token.address", "60/60"))


LOG_IN = log_in_limits("auth")
MAIL = mail_limits("auth")
TOKEN = token_limits("auth")
LOOK_UP = RequestLimits(by_address=declare("public.look_up.address", "60/60"), methods=frozenset({"GET", "POST"}))
