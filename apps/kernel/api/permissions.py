"""Who may call a REST address: said on the view, in the words of the house, and refused where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rest_framework.permissions import BasePermission

from apps.kernel.api.refusals import GuardMissing
from apps.kernel.commands.executor import demand_feature
from apps.kernel.errors import NotAuthenticated
from apps.kernel.registry.features import demand_declared, is_declared
from apps.kernel.tenancy.scope import scope_or_none

if TYPE_CHECKING:
    # DRF's views import the classes of the settings, this one among them, while they are being defined.
    from rest_framework.request import Request
    from rest_framework.views import APIView

Features = tuple[str, ...]


class FeatureGuard(BasePermission):
    """Demand what the view declares.

    A view says one of: `features` (ids for every action, or a mapping from action, on plain views the lower
    case method, to ids; all are needed), `authenticated = "why any member of staff may"`, `public = "why
    anybody may"`. The last two also take a mapping from action to reason. An action without guard is refused.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Let the caller pass. Raises NotAuthenticated, FeatureRequired or GuardMissing otherwise."""
        action = action_of(request, view)
        if action is None or guard_of(view, "public", action):
            return True
        scope = scope_or_none()
        if scope is None:
            raise NotAuthenticated
        wanted = features_of(view, action)
        if not wanted and not guard_of(view, "authenticated", action):
            raise GuardMissing
        for feature in wanted:
            demand_declared(feature)
            demand_feature(scope, feature)
        return True


def action_of(request: Request, view: APIView) -> str | None:
    """Name of the action that the request calls; None where the method leads nowhere and 405 follows."""
    method = str(request.method).lower().replace("head", "get")
    name: str | None = getattr(view, "action", method if hasattr(view, method) else None)
    return None if name in {"metadata", "options"} else name


def features_of(view: APIView | type[APIView], action: str) -> Features:
    """Features that the action needs; none when the view names none for it. `bulk` needs what `list` needs."""
    found = guard_of(view, "features", action)
    if found is None and action == "bulk":
        found = guard_of(view, "features", "list")
    return tuple(found or ())


def guard_of(view: APIView | type[APIView], name: str, action: str) -> Any:
    """What the view declares under `features`, `authenticated` or `public` for the action; None for nothing."""
    declared: Any = getattr(view, name, None)
    return declared.get(action) if isinstance(declared, Mapping) else declared


def guard_faults(view: type[APIView], actions: tuple[str, ...]) -> list[str]:
    """What is wrong with the guards of a view's actions, as sentences; a test asks for every route."""
    found = []
    for action in actions:
        features = features_of(view, action)
        named = [guard_of(view, "public", action), guard_of(view, "authenticated", action), features]
        if sum(map(bool, named)) != 1:
            found.append(f"{view.__name__}.{action} needs exactly one of features, authenticated, public")
        found += [f"{view.__name__}.{action}: {item} is declared nowhere" for item in features if not is_declared(item)]
    return found
