"""Addresses of a model's pages in the back office."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse

View = Callable[..., HttpResponseBase]


def model_path(page: Any, address: str, view: View, name: str) -> URLPattern:
    """One more address of a ModelAdmin, below that of its list; `model_address` finds it by the name."""
    return path(address, guarded(page, view), name=f"{page.opts.app_label}_{page.opts.model_name}_{name}")


def guarded(page: Any, view: View) -> View:
    """The view behind the guard of the page's site; who resolves its address finds the page as `model_admin`."""

    def shown(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = page.admin_site.admin_view(view)(request, **kwargs)
        return response

    shown.model_admin = page  # type: ignore[attr-defined]
    return update_wrapper(shown, view)


def model_address(page: Any, name: str, *args: Any) -> str:
    """Where one of the pages of a ModelAdmin stands: `changelist`, `change` of an id, or another that it has."""
    return reverse(f"{page.admin_site.name}:{page.opts.app_label}_{page.opts.model_name}_{name}", args=args)


def with_query(address: str, request: HttpRequest) -> str:
    """The address with the search, the filters and the order that the request has."""
    query = request.GET.urlencode()
    return f"{address}?{query}" if query else address
