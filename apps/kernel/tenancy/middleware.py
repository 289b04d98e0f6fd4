"""The one scoping middleware of the house: who calls, in which tenant, seeing which organizations."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_only_middleware

from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.errors import PlatformError
from apps.kernel.ports import Identity, ResolvedActor
from apps.kernel.services import service
from apps.kernel.tenancy.endings import concluded
from apps.kernel.tenancy.refusals import refusal_response
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.selection import COOKIE, select_organizations
from apps.kernel.tenancy.standings import note_standing
from apps.kernel.tenancy.switching import switched_tenant
from apps.kernel.tenancy.transactions import reading, scoped_transaction

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def source_of(request: HttpRequest) -> Source:
    """The door through which a request comes."""
    if request.path_info.startswith("/api/"):
        return Source.API
    return Source.ADMIN if request.path_info.startswith("/backend/") else Source.PORTAL


@sync_only_middleware
def ScopeMiddleware(get_response: GetResponse) -> GetResponse:  # noqa: N802 - named like a class in settings
    """Resolve the actor, open the scope and the ambient read transaction around the view and its rendering.

    A request of nobody goes on without a scope: it can read global tables only. The scope also stands in
    `request.tenancy_scope` (an ASGI request has a `scope` of its own), and who was found in `request.resolved_actor`.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.tenancy_scope = None  # type: ignore[attr-defined]
        with invoked(source=source_of(request)), collecting_actions():
            found = service(Identity).resolve(request)
            if found is None:
                return get_response(request)
            request.resolved_actor = found  # type: ignore[attr-defined]
            try:
                return concluded(request, partial(_scoped_response, request, get_response, found))
            except PlatformError as error:  # what precedes the view or follows it: Django answers for views itself
                return refusal_response(request, error)

    return middleware


def _scoped_response(request: HttpRequest, get_response: GetResponse, found: ResolvedActor) -> HttpResponseBase:
    tenant_id, actor, tree = switched_tenant(request, found)
    home = found.home_organization_id if tenant_id == found.tenant_id else None
    base = Scope(tenant_id, None, frozenset(), actor, _correlation_of(request))
    with using_scope(base), nullcontext() if tree.is_known else scoped_transaction():
        scope, forget_cookie = select_organizations(request, base, home, tree)
    request.tenancy_scope = scope  # type: ignore[attr-defined]
    with using_scope(scope), reading():
        if found.standing is not None and tenant_id == found.tenant_id:
            note_standing(tenant_id, found.standing)
        response = get_response(request)
    if forget_cookie:
        response.delete_cookie(COOKIE)
    return response


def _correlation_of(request: HttpRequest) -> UUID:
    try:
        return UUID(request.headers.get("X-Correlation-Id", ""))
    except ValueError:
        return uuid4()
