"""Who may look inside the house: a caller on this machine, or one who holds the operators' token."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

# They grant nothing. One of them means that a proxy on this machine speaks for somebody elsewhere.
FORWARDED = ("HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP")
SCHEME = "bearer "


def may_look_inside(request: HttpRequest) -> bool:
    """Say whether details and figures may be shown to the caller."""
    return _is_on_this_machine(request) or _holds_token(request)


def _is_on_this_machine(request: HttpRequest) -> bool:
    """By the socket, and only when the request is meant for this machine.

    A page of somewhere else can make a browser call a loopback address, but under a name of its own.
    """
    if any(name in request.META for name in FORWARDED):
        return False
    host = split_domain_port(request.META.get("HTTP_HOST", ""))[0].strip("[]")
    return is_loopback(request.META.get("REMOTE_ADDR", "")) and (host == "localhost" or is_loopback(host))


def is_loopback(address: str) -> bool:
    """Say whether an address is one of this machine; False for what is no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def _holds_token(request: HttpRequest) -> bool:
    token: str = settings.AGORA_METRICS_TOKEN
    given: str = request.META.get("HTTP_AUTHORIZATION", "")
    if not token or given[: len(SCHEME)].lower() != SCHEME:
        return False
    return hmac.compare_digest(given[len(SCHEME) :].strip().encode(), token.encode())
