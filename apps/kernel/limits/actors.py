"""How often a known caller may use the REST interface, by user and by key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rest_framework.throttling import BaseThrottle

from apps.kernel.limits.counting import consume
from apps.kernel.limits.demands import Hit
from apps.kernel.limits.rates import Limit
from apps.kernel.limits.ready import API_KEY, API_KEY_OWN, API_USER
from apps.kernel.tenancy.scope import ActorKind, scope_or_none

if TYPE_CHECKING:
    # DRF's views import the classes of the settings, this one among them, while they are being defined.
    from rest_framework.request import Request

OWN_LIMIT = "calls_per_minute"


class ActorLimit(BaseThrottle):
    """Counts what users and keys do; nobody's requests count by address, in the middleware.

    Runs after authentication and permissions, so what these refuse does not count here.
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        """Let the request pass. Raises RateLimited, Unavailable."""
        if request.method not in {"HEAD", "OPTIONS"}:
            consume(hits_of(request))
        return True


def hits_of(request: Request) -> list[Hit]:
    """The counter of the caller; none for nobody and for the house itself."""
    scope = scope_or_none()
    if scope is None or scope.actor.id is None:
        return []
    key = (str(scope.actor.kind), str(scope.actor.id))
    if scope.actor.kind is ActorKind.API_KEY:
        return [(limit_of_key(request), key)]
    return [(API_USER, key)] if scope.actor.kind in {ActorKind.STAFF, ActorKind.CUSTOMER} else []


def limit_of_key(request: Request) -> Limit:
    """The key's own limit, else the installation's.

    Who resolves the actor of a key leaves its own limit on the request: `request.calls_per_minute`, a whole number
    (0 lets nothing through), None or nothing for a key that has none.
    """
    own: int | None = getattr(request, OWN_LIMIT, None)
    return API_KEY if own is None else replace(API_KEY_OWN, count=own)
