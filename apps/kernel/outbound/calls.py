"""One request as it goes out, and what becomes of it when the answer is a redirect."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin

import httpx
from django.core.serializers.json import DjangoJSONEncoder

from apps.kernel.outbound.answers import Answer
from apps.kernel.outbound.errors import OutboundRefused, Reason
from apps.kernel.outbound.targets import Target, parse_target

_DEFAULTS = {"accept": "*/*", "accept-encoding": "gzip, deflate", "user-agent": "agora"}
# The transport owns these; set by a caller they would smuggle a second request or name another host.
_OWNED = frozenset(
    {
        "host",
        "connection",
        "content-length",
        "transfer-encoding",
        "accept-encoding",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "proxy-authorization",
        "proxy-connection",
        "keep-alive",
    }
)
# Everything else may be a credential under a name that we cannot know.
_KEPT_ACROSS_ORIGINS = frozenset({"accept", "accept-encoding", "accept-language", "user-agent"})
_METHOD = re.compile(r"[A-Z]{1,20}")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]{0,8192}")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Call:
    """Method, place, headers (lower-case names) and body; None means no body."""

    method: str
    target: Target
    headers: Mapping[str, str]
    content: bytes | None

    def redirected(self, answer: Answer) -> Call | None:
        """Return the call that `answer` asks for, or None when it is no redirect.

        To another origin go no header that could be a credential and no body, and never from https to http.
        Raises OutboundRefused (redirect_refused, or a reason against the new URL). Source: RFC 9110, 15.4.
        """
        location = answer.headers.get("location")
        if answer.status not in _REDIRECTS or not location:
            return None
        call = replace(self._with_method_for(answer.status), target=_joined(self.target, location))
        if call.target.origin == self.target.origin:
            return call
        if call.content is not None or (self.target.scheme, call.target.scheme) == ("https", "http"):
            raise OutboundRefused(Reason.REDIRECT_REFUSED, host=self.target.host)
        kept = {name: value for name, value in call.headers.items() if name in _KEPT_ACROSS_ORIGINS}
        return replace(call, headers=kept)

    def _with_method_for(self, status: int) -> Call:
        becomes_get = status == 303 or (status in (301, 302) and self.method == "POST")
        if not becomes_get or self.method == "HEAD":
            return self
        kept = {name: value for name, value in self.headers.items() if not name.startswith("content-")}
        return replace(self, method="GET", headers=kept, content=None)


def make_call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None,
    json_body: Any,
    content: bytes | None,
    idempotency_key: str | None,
) -> Call:
    """Check and put together what the caller gave; raises OutboundRefused."""
    target = parse_target(url)
    if not _METHOD.fullmatch(method.upper()) or (json_body is not None and content is not None):
        raise OutboundRefused(Reason.INVALID_REQUEST, host=target.host)
    own = _DEFAULTS | _checked_headers(headers or {}, host=target.host)
    if json_body is not None:
        content = _encoded(json_body, host=target.host)
        own.setdefault("content-type", "application/json")
    if idempotency_key is not None:
        own |= _checked_headers({"idempotency-key": idempotency_key}, host=target.host)
    return Call(method.upper(), target, own, content)


def _checked_headers(headers: Mapping[str, str], *, host: str) -> dict[str, str]:
    checked = {}
    for name, value in headers.items():
        fits = _HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)
        if not fits or name.lower() in _OWNED:
            raise OutboundRefused(Reason.INVALID_REQUEST, host=host)
        checked[name.lower()] = value.strip()
    return checked


def _encoded(body: Any, *, host: str) -> bytes:
    try:
        text = json.dumps(body, cls=DjangoJSONEncoder, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        return text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise OutboundRefused(Reason.INVALID_REQUEST, host=host) from error


def _joined(base: Target, location: str) -> Target:
    try:
        return parse_target(urljoin(base.url, location))
    except (ValueError, httpx.InvalidURL) as error:
        raise OutboundRefused(Reason.INVALID_URL, host=base.host) from error
