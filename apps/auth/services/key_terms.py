"""How far a key may be used, whatever it may do: until when, from where, how often."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Any

from apps.auth.models import ApiKey

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """Until when, from which networks (none means from anywhere), and how often a minute (None: as every caller)."""

    expires_at: datetime | None = None
    networks: frozenset[Network] = frozenset()
    per_minute: int | None = None

    def loosened_since(self, former: KeyTerms) -> Iterator[str]:
        """Names of the columns that let more through than `former` did."""
        if _is_later(self.expires_at, former.expires_at):
            yield "expires_at"
        if not _is_within(self.networks, former.networks):
            yield "addresses"
        if former.per_minute is not None and (self.per_minute is None or self.per_minute > former.per_minute):
            yield "per_minute"


def terms_of(columns: Mapping[str, Any]) -> KeyTerms:
    """The terms in the columns of a key or of its row image, where moments are texts."""
    end = columns["expires_at"]
    return KeyTerms(
        expires_at=datetime.fromisoformat(end) if isinstance(end, str) else end,
        networks=frozenset(ip_network(item) for item in columns["addresses"] or ()),
        per_minute=columns["per_minute"],
    )


def terms_of_key(key: ApiKey) -> KeyTerms:
    """The terms of a key as it stands in memory."""
    return terms_of({name: getattr(key, name) for name in ("expires_at", "addresses", "per_minute")})


def admits(addresses: Iterable[str], address: Address | None) -> bool:
    """Say whether a list of networks lets the client's address through; an empty list lets everybody through."""
    networks = [ip_network(item) for item in addresses]
    if not networks:
        return True
    if address is None:
        return False
    return any(_plain(address) in network for network in networks)


def _plain(address: Address) -> Address:
    """An IPv4 address that came over an IPv6 socket, as what it is."""
    return getattr(address, "ipv4_mapped", None) or address


def _is_later(end: datetime | None, former: datetime | None) -> bool:
    return former is not None and (end is None or end > former)


def _is_within(networks: frozenset[Network], former: frozenset[Network]) -> bool:
    if not former:
        return True
    return bool(networks) and all(any(_lies_in(item, outer) for outer in former) for item in networks)


def _lies_in(inner: Network, outer: Network) -> bool:
    if isinstance(inner, IPv4Network):
        return isinstance(outer, IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, IPv6Network) and inner.subnet_of(outer)
