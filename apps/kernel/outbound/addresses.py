"""Which addresses may be called: only those that the public internet routes to one host.

Source: the IANA special-purpose registries for IPv4 and IPv6. The tables are our own because the answer of
`ipaddress.is_global` changes with the patch level of Python. Mapped, NAT64 and 6to4 addresses are refused
whatever they embed: a public host has an ordinary address too.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

_REFUSED_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
_UNICAST_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = tuple(IPv6Network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3ff0::/12"))
_GLOBAL_IN_REFUSED_V6 = tuple(
    IPv6Network(block)
    for block in (
        "2001:1::1/128",
        "2001:1::2/128",
        "2001:1::3/128",
        "2001:3::/32",
        "2001:4:112::/48",
        "2001:20::/28",
        "2001:30::/28",
    )
)


def is_public(address: Address) -> bool:
    """Tell whether `address` belongs to the public internet; a scoped (`%eth0`) one never does."""
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _REFUSED_V4)
    if address.scope_id is not None or address not in _UNICAST_V6:
        return False
    if any(address in block for block in _GLOBAL_IN_REFUSED_V6):
        return True
    return not any(address in block for block in _REFUSED_V6)
