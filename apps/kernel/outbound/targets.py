"""From a URL as somebody wrote it to the one host, port and path that will be called.

There is a single parser for judging and for calling, so that no spelling can mean one host here and another
there. Hosts are read as browsers read them (WHATWG URL, "host parsing"): percent-encoding, full-width
characters, and octal, hexadecimal, short and integer forms of IPv4 are resolved before anything is judged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, unquote, urlsplit

import httpx
import idna

from apps.kernel.outbound.addresses import Address
from apps.kernel.outbound.errors import OutboundRefused, Reason

_PORTS = {"http": 80, "https": 443}
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:")
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_BLOCKED_NAMES = frozenset({"localhost", "broadcasthost", "localdomain", "internal", "local", "home.arpa"})
_BLOCKED_ENDS = (".localhost", ".internal", ".local", ".localdomain", ".home.arpa")


@dataclass(frozen=True, slots=True)
class Target:
    """A callable place; `host` is ASCII lower case without trailing dot, IPv6 without brackets.

    `address` is set when the URL named an address instead of a name. `path` holds path and query, quoted.
    """

    scheme: str
    host: str
    port: int
    path: str
    address: Address | None

    @property
    def origin(self) -> tuple[str, str, int]:
        """What credentials belong to."""
        return (self.scheme, self.host, self.port)

    @property
    def authority(self) -> str:
        """Host and port as they stand in a URL; the scheme's own port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The normalised URL."""
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def has_blocked_name(self) -> bool:
        """Tell whether the name is one that only ever means this machine or this network."""
        return self.host in _BLOCKED_NAMES or self.host.startswith("ip6-") or self.host.endswith(_BLOCKED_ENDS)


def parse_target(url: str) -> Target:
    """Read `url`; raises OutboundRefused with the first reason that applies. Looks nothing up."""
    parts = _split(url)
    if parts.scheme not in _PORTS:
        raise OutboundRefused(Reason.FORBIDDEN_PROTOCOL)
    if "@" in parts.netloc:
        raise OutboundRefused(Reason.CREDENTIALS_IN_URL)
    written, port = _host_and_port(parts.netloc)
    host, address = _canonical_host(written)
    target = Target(parts.scheme, host, port or _PORTS[parts.scheme], "/", address)
    return Target(target.scheme, host, target.port, _path(target, parts), address)


def _split(url: str) -> SplitResult:
    if _UNSAFE.search(url) or not _SCHEME.match(url.lower()):
        raise OutboundRefused(Reason.INVALID_URL)
    try:
        return urlsplit(url)
    except ValueError as error:
        raise OutboundRefused(Reason.INVALID_URL) from error


def _host_and_port(netloc: str) -> tuple[str, int | None]:
    host, colon, port = netloc.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = netloc, ""
    if not host:
        raise OutboundRefused(Reason.MISSING_HOST)
    if not port:
        return host, None
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65536):
        raise OutboundRefused(Reason.INVALID_URL)
    return host, int(port)


def _path(target: Target, parts: SplitResult) -> str:
    query = f"?{parts.query}" if parts.query else ""
    try:
        quoted = httpx.URL(f"{target.scheme}://{target.authority}{parts.path or '/'}{query}")
    except httpx.InvalidURL as error:
        raise OutboundRefused(Reason.INVALID_URL, host=target.host) from error
    return quoted.raw_path.decode("ascii")


def _canonical_host(written: str) -> tuple[str, Address | None]:
    if written.startswith("["):
        address = _ipv6(written)
        return str(address), address
    name = _ascii_name(unquote(written)).lower().rstrip(".")
    if not name:
        raise OutboundRefused(Reason.MISSING_HOST)
    if not _NAME.fullmatch(name):
        raise OutboundRefused(Reason.INVALID_URL)
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        ipv4 = _ipv4(name)
        return str(ipv4), ipv4
    return name, None


def _ascii_name(name: str) -> str:
    if name.isascii():
        return name
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise OutboundRefused(Reason.INVALID_URL) from error


def _ipv6(written: str) -> IPv6Address:
    try:
        address = IPv6Address(written.removeprefix("[").removesuffix("]"))
    except ValueError as error:
        raise OutboundRefused(Reason.INVALID_URL) from error
    if not written.endswith("]") or address.scope_id is not None:
        raise OutboundRefused(Reason.INVALID_URL)
    return address


def _ipv4(name: str) -> IPv4Address:
    """Read the forms that the C library accepts: `127.1`, `0177.0.0.1`, `0x7f000001`, `2130706433`."""
    parts = name.split(".")
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        raise OutboundRefused(Reason.INVALID_URL)
    try:
        *leading, last = [_number(part) for part in parts]
    except ValueError as error:
        raise OutboundRefused(Reason.INVALID_URL) from error
    if any(part > 255 for part in leading) or last >= 256 ** (4 - len(leading)):
        raise OutboundRefused(Reason.INVALID_URL)
    high = sum(part << (8 * (3 - place)) for place, part in enumerate(leading))
    return IPv4Address(high + last)


def _number(part: str) -> int:
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8) if part.startswith("0") else int(part)
