"""Whose address a request comes from, and what of it is counted."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address

UNKNOWN = "unknown"
SUBSCRIBER = 64  # bits of an IPv6 address that a subscriber does not choose
# A gateway writes IPv4 addresses into the last 32 bits of these (RFC 6052).
TRANSLATED = IPv6Network("64:ff9b::/96")


def client_address(request: HttpRequest) -> Address | None:
    """The socket's other end; behind AGORA_PROXY_DEPTH proxies, what the outermost of them saw.

    That is the n-th from last entry of X-Forwarded-For: what stands before it is the caller's own invention. A
    chain that is shorter, or no address there, leaves the socket's. None where there is none, as on a socket file.
    """
    return _forwarded(request, settings.AGORA_PROXY_DEPTH) or _parsed(request.META.get("REMOTE_ADDR", ""))


def counted_address(request: HttpRequest) -> str:
    """What is counted for the client: an IPv4 address, a /64 of IPv6, or `unknown` for all without an address."""
    address = client_address(request)
    if address is None:
        return UNKNOWN
    if isinstance(address, IPv4Address):
        return str(address)
    return str(_embedded(address) or IPv6Network((address, SUBSCRIBER), strict=False))


def _forwarded(request: HttpRequest, depth: int) -> Address | None:
    chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return _parsed(chain[-depth]) if 0 < depth <= len(chain) else None


def _parsed(text: str) -> Address | None:
    """The address in `192.0.2.7`, `192.0.2.7:443`, `2001:db8::7`, `[2001:db8::7]:443` or `fe80::7%eth0`."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that is written as an IPv6 one: otherwise all of IPv4 would be one subscriber."""
    if address in TRANSLATED:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped
