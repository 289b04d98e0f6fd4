"""Addresses under `/api/` that no route knows: a missing slash is forgiven, the rest is a JSON 404."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from apps.kernel.errors import RowNotFound
from apps.kernel.tenancy.refusals import refusal_response
from apps.kernel.web.guards import public


@csrf_exempt
@public("it answers 404, or hands over to a view with a guard of its own")
def unknown_address(request: HttpRequest) -> HttpResponseBase:
    """Answer as the address with a trailing slash would; a redirect would lose the body of a POST."""
    if request.path_info.endswith("/"):
        return refusal_response(request, RowNotFound())
    match = resolve(f"{request.path_info}/", getattr(request, "urlconf", None))
    if match.func is unknown_address:
        return refusal_response(request, RowNotFound())
    request.resolver_match = match
    # The middleware has let this view pass without a token; the one behind it may want one.
    view = match.func if getattr(match.func, "csrf_exempt", False) else csrf_protect(match.func)
    response: HttpResponseBase = view(request, *match.args, **match.kwargs)
    return response
