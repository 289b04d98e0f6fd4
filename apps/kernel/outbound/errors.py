"""Why a call to an outside host was not made, or came to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import PlatformError

_SOMEWHERE = "the outside"


class Reason(StrEnum):
    """Stable public names: stored with deliveries and shown to people."""

    INVALID_URL = "invalid_url"
    FORBIDDEN_PROTOCOL = "forbidden_protocol"
    CREDENTIALS_IN_URL = "credentials_in_url"
    MISSING_HOST = "missing_host"
    BLOCKED_HOSTNAME = "blocked_hostname"
    PRIVATE_IP_LITERAL = "private_ip_literal"
    PRIVATE_IP_RESOLVED = "private_ip_resolved"
    INVALID_REQUEST = "invalid_request"
    TOO_LARGE = "too_large"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    REDIRECT_REFUSED = "redirect_refused"
    INVALID_RESPONSE = "invalid_response"
    DNS_RESOLUTION_FAILED = "dns_resolution_failed"
    DNS_RESOLUTION_EMPTY = "dns_resolution_empty"
    CONNECTION_FAILED = "connection_failed"
    TLS_FAILED = "tls_failed"
    TIMEOUT = "timeout"
    BREAKER_OPEN = "breaker_open"

    @property
    def words(self) -> str:
        """Why an address cannot be called, for people; the name itself for what only a call shows."""
        return str(_WORDS.get(self, self))


_WORDS: Mapping[Reason, Promise] = {
    Reason.INVALID_URL: _("it is not a complete web address"),
    Reason.FORBIDDEN_PROTOCOL: _("it has to begin with https:// or http://"),
    Reason.CREDENTIALS_IN_URL: _("it must not hold a user name or password"),
    Reason.MISSING_HOST: _("it names no host"),
    Reason.BLOCKED_HOSTNAME: _("its name belongs to a private network"),
    Reason.PRIVATE_IP_LITERAL: _("it belongs to a private network"),
    Reason.PRIVATE_IP_RESOLVED: _("its name leads into a private network"),
}


class OutboundRefused(PlatformError):
    """The call is not allowed, or its answer is not usable: the same call would end so again.

    Neither message nor context shows an address that a name resolved to.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "kernel.outbound.refused"
    message: ClassVar[object] = _("The call to {host} was refused: {reason}.")
    retryable: ClassVar[bool] = False

    def __init__(self, reason: Reason, *, host: str = "") -> None:
        self.reason = reason
        super().__init__(reason=str(reason), host=host or _SOMEWHERE)

    def at(self, host: str) -> OutboundRefused:
        """The same refusal, naming `host` if it named none yet."""
        return self if self.context["host"] != _SOMEWHERE else type(self)(self.reason, host=host)


class OutboundFailed(OutboundRefused):
    """The outside did not answer in time or at all: another try may succeed."""

    status = 503
    code = "kernel.outbound.failed"
    message = _("The call to {host} failed: {reason}.")
    retryable = True
