"""Page guards: every server-rendered page says who may open it, in the words of the house."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import gettext_lazy as _
from django.views import View

from apps.kernel.commands.executor import demand_feature
from apps.kernel.errors import NotAuthenticated, PlatformError
from apps.kernel.registry.features import demand_declared, is_declared
from apps.kernel.tenancy.scope import ActorKind, Scope, scope_or_none

ViewT = TypeVar("ViewT", bound=Callable[..., Any])


class RoleRequired(PlatformError):
    """The actor has none of the roles that open the page."""

    status = 403
    code = "kernel.role_required"
    message = _("This needs one of the roles {roles}.")


@dataclass(frozen=True, slots=True)
class PageGuard:
    """Who may open a page: exactly one of the four is said.

    `features`: all of them are needed. `roles`: one of these system keys is needed. `authenticated`: why
    anybody who is known may. `public`: why anybody at all may.
    """

    features: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    authenticated: str = ""
    public: str = ""

    def __post_init__(self) -> None:
        """Refuse a guard that says nothing or contradicts itself."""
        if sum(map(bool, (self.features, self.roles, self.authenticated, self.public))) != 1:
            raise ValueError("a page guard says exactly one of features, roles, authenticated, public")

    def demand(self) -> None:
        """Let the open scope's actor pass. Raises NotAuthenticated, FeatureRequired or RoleRequired."""
        if self.public:
            return
        scope = _known(scope_or_none())
        for feature in self.features:
            demand_declared(feature)
            demand_feature(scope, feature)
        access = scope.actor.access
        if self.roles and not access.is_super_admin and not access.roles & set(self.roles):
            raise RoleRequired(roles=", ".join(self.roles))


def _known(scope: Scope | None) -> Scope:
    if scope is None or scope.actor.kind is ActorKind.ANONYMOUS:
        raise NotAuthenticated
    return scope


def page_guard(
    *, features: tuple[str, ...] = (), roles: tuple[str, ...] = (), authenticated: str = "", public: str = ""
) -> Callable[[ViewT], ViewT]:
    """Guard a view function: `@page_guard(features=("sales.orders.view",))`."""
    guard = PageGuard(features, roles, authenticated, public)

    def decorate(view: ViewT) -> ViewT:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            guard.demand()
            return view(request, *args, **kwargs)

        guarded.guard = guard  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def public(reason: str) -> Callable[[ViewT], ViewT]:
    """Let anybody open the view, and say why: `public("the log-in form")(view)`."""
    return page_guard(public=reason)


class GuardedPage(View):
    """Base of class-based pages: `guard = PageGuard(features=(…))`; without one nothing is served."""

    guard: ClassVar[PageGuard]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Demand, then serve."""
        self.guard.demand()
        return super().dispatch(request, *args, **kwargs)


def unguarded_views(urlconf: str | None = None) -> list[str]:
    """Routes of pages without a guard, and guards that name undeclared features; empty when all is well.

    Pages of an admin site count as guarded: the site asks each page's features. REST views are judged by
    the REST base's own guards and are left out here.
    """
    return [fault for route, view in _routes(get_resolver(urlconf)) if (fault := _fault(route, view))]


def _routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, route)
        elif isinstance(entry, URLPattern):
            yield route, entry.callback


def _fault(route: str, view: Any) -> str:
    if hasattr(view, "admin_site") or hasattr(view, "model_admin") or _is_rest(view):
        return ""
    guard = getattr(view, "guard", None) or getattr(getattr(view, "view_class", None), "guard", None)
    if not isinstance(guard, PageGuard):
        return f"{route} says nowhere who may open it"
    undeclared = [item for item in guard.features if not is_declared(item)]
    return f"{route} names undeclared features: {', '.join(undeclared)}" if undeclared else ""


def _is_rest(view: Any) -> bool:
    cls = getattr(view, "cls", None)
    return cls is not None and hasattr(cls, "permission_classes")
