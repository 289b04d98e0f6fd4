"""What a view says about how often it may be asked, and how the limiter finds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve

from apps.kernel.api.unknown import unknown_address
from apps.kernel.limits.demands import Hit
from apps.kernel.limits.keys import Key, email_part
from apps.kernel.limits.rates import Limit

ViewT = TypeVar("ViewT", bound=Callable[..., Any])

ATTRIBUTE: Final = "limits"


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """What is counted of a request before anything else: its address, the address with an e-mail, the e-mail alone.

    The e-mail stands in `email_field` of a JSON or form body of at most `largest_body` bytes; a larger one is
    refused, because nobody could say whose it is. Without an e-mail only the address counts. Other methods than
    `methods` are not counted.
    """

    by_address: Limit | None = None
    by_both: Limit | None = None
    by_email: Limit | None = None
    email_field: str = "email"
    methods: frozenset[str] = frozenset({"POST"})
    largest_body: int = 64 * 1024

    @property
    def asks_for_email(self) -> bool:
        """Say whether the body has to be read."""
        return self.by_both is not None or self.by_email is not None

    def hits(self, address: str, email: str | None) -> list[Hit]:
        """The counters of one request; `email` None when it names nobody."""
        named: list[tuple[Limit | None, Key]] = [(self.by_address, (address,))]
        if email is not None:
            part = email_part(email)
            named += [(self.by_both, (address, part)), (self.by_email, (part,))]
        return [(limit, key) for limit, key in named if limit is not None]


def limited(declared: RequestLimits) -> Callable[[ViewT], ViewT]:
    """Limit a view function, a view class or one action of a view set: `@limited(LOG_IN)`."""

    def decorate(view: ViewT) -> ViewT:
        setattr(view, ATTRIBUTE, declared)
        return view

    return decorate


def declaration_of(request: HttpRequest) -> RequestLimits | None:
    """What the view behind the request's address and method says; None when it says nothing or there is none.

    A view says it by the decorator or by an attribute `limits`, a view class also by a mapping from action (on
    plain views the lower case method) to RequestLimits.
    """
    match = _match(request)
    if match is None:
        return None
    method = str(request.method)
    declared = _declared(match.func, method.lower())
    return declared if declared is not None and method in declared.methods else None


def _match(request: HttpRequest) -> ResolverMatch | None:
    """The view that will answer; an address under /api/ without its last slash is answered by the one with it."""
    urlconf = getattr(request, "urlconf", None)
    try:
        match = resolve(request.path_info, urlconf)
        if match.func is unknown_address and not request.path_info.endswith("/"):
            match = resolve(f"{request.path_info}/", urlconf)
    except Resolver404:
        return None
    return match


def _declared(view: Any, method: str) -> RequestLimits | None:
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    action = (getattr(view, "actions", None) or {}).get(method, method)
    places = (view, getattr(cls, action, None), cls)
    for found in (getattr(place, ATTRIBUTE, None) for place in places):
        declared = found.get(action) if isinstance(found, Mapping) else found
        if isinstance(declared, RequestLimits):
            return declared
    return None
