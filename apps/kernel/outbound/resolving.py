"""From a host name to addresses that may be called; one bad address in the answer refuses them all."""

from __future__ import annotations

import queue
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from threading import BoundedSemaphore, Thread

from django.conf import settings

from apps.kernel.outbound.addresses import Address, is_public
from apps.kernel.outbound.deadlines import seconds_left
from apps.kernel.outbound.errors import OutboundFailed, OutboundRefused, Reason
from apps.kernel.outbound.targets import Target

# The C library's look-up cannot be interrupted, so it runs beside the caller; a dead name server
# must not grow threads without end.
_LOOKUPS = BoundedSemaphore(64)

Lookup = Callable[[str], Sequence[str]]


def system_lookup(host: str) -> list[str]:
    """Ask the operating system; raises OSError when it has no answer."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True)
class Resolver:
    """How names become addresses, and which addresses and names are let through."""

    lookup: Lookup = system_lookup
    permits: Callable[[Address], bool] = is_public
    local_names: bool = False

    def addresses(self, target: Target) -> list[Address]:
        """Return the checked addresses of `target`, never none, in the order of the answer."""
        if target.address is not None:
            return [self._literal(target.address, host=target.host)]
        if target.has_blocked_name and not self.local_names:
            raise OutboundRefused(Reason.BLOCKED_HOSTNAME, host=target.host)
        found = list(dict.fromkeys(self._looked_up(target.host)))
        if not found:
            raise OutboundFailed(Reason.DNS_RESOLUTION_EMPTY, host=target.host)
        if not all(self.permits(address) for address in found):
            raise OutboundRefused(Reason.PRIVATE_IP_RESOLVED, host=target.host)
        return found

    def _literal(self, address: Address, *, host: str) -> Address:
        if not self.permits(address):
            raise OutboundRefused(Reason.PRIVATE_IP_LITERAL, host=host)
        return address

    def _looked_up(self, host: str) -> list[Address]:
        try:
            return [ip_address(text) for text in _in_time(self.lookup, host)]
        except (OSError, ValueError) as error:
            raise OutboundFailed(Reason.DNS_RESOLUTION_FAILED, host=host) from error


def resolver_from_settings() -> Resolver:
    """The house's resolver; `OUTBOUND_ALLOW_PRIVATE` opens the local network, but only under DEBUG."""
    if settings.DEBUG and getattr(settings, "OUTBOUND_ALLOW_PRIVATE", False):
        return Resolver(permits=lambda _address: True, local_names=True)
    return Resolver()


def _in_time(lookup: Lookup, host: str) -> Sequence[str]:
    answers: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(lookup(host))
        except (OSError, ValueError) as error:
            answers.put(error)
        finally:
            _LOOKUPS.release()

    if not _LOOKUPS.acquire(timeout=seconds_left()):
        raise OutboundFailed(Reason.TIMEOUT, host=host)
    Thread(target=ask, name="outbound-lookup", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds_left())
    except queue.Empty as error:
        raise OutboundFailed(Reason.TIMEOUT, host=host) from error
    if isinstance(answer, Exception):
        raise answer
    return answer
