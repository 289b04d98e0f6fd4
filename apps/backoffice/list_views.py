"""Writes of saved views from the pages of lists, and the check of a condition while it is edited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.sites import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _

from apps.backoffice.navigation import page_of, view_address
from apps.backoffice.services import clear_default_view, create_view, set_default_view, update_view
from apps.kernel.admin.arranging import CONDITION, VIEW
from apps.kernel.admin.conditions import complaints_of_list
from apps.kernel.admin.inputs import stated_version
from apps.kernel.admin.offers import say
from apps.kernel.admin.undoing import back_address
from apps.kernel.admin.writing import run
from apps.kernel.api.parsers import read_json
from apps.kernel.errors import PlatformError


def list_views(site: AdminSite, request: HttpRequest, step: str) -> HttpResponse:
    """One step: `save`, `update`, `default`, `pin` write and go back to the list; `check` only answers."""
    if step == "check" and request.method == "GET":
        return _check(site, request)
    doing = STEPS.get(step)
    if doing is None or request.method != "POST":
        raise Http404
    try:
        view, said = doing(request)
    except PlatformError as error:
        if error.status not in {400, 409, 412, 422}:
            raise
        messages.error(request, " ".join([error.detail, *(str(item.message) for item in error.errors)]))
        return HttpResponseRedirect(back_address(site, request))
    say(request, said)
    page = page_of(site, view.list)
    return HttpResponseRedirect(view_address(page, view) if page is not None else back_address(site, request))


def _check(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Complaints about a condition on a list, each with the path of its node."""
    page = page_of(site, request.GET.get("list", ""))
    if page is None or not page.has_view_permission(request):
        raise PermissionDenied
    found = complaints_of_list(request.GET.get("list", ""), request.GET.get(CONDITION, ""))
    return JsonResponse({"faults": [{"path": item.field, "text": str(item.message)} for item in found]})


def _save(request: HttpRequest) -> tuple[Any, str]:
    view = run(
        create_view,
        list=request.POST.get("list", ""),
        name=request.POST.get("name", ""),
        settings=_settings(request),
        is_default="is_default" in request.POST,
        is_pinned="is_pinned" in request.POST,
    )
    return view, _("Saved as the view “%(name)s”.") % {"name": view.name}


def _update(request: HttpRequest) -> tuple[Any, str]:
    view = run(update_view, _id(request), expected_version=stated_version(request), settings=_settings(request))
    return view, _("The view “%(name)s” is saved.") % {"name": view.name}


def _default(request: HttpRequest) -> tuple[Any, str]:
    if request.POST.get("to") == "no":
        return run(clear_default_view, _id(request)), _("The list opens without this view from now on.")
    return run(set_default_view, _id(request)), _("The list opens with this view from now on.")


def _pin(request: HttpRequest) -> tuple[Any, str]:
    is_pinned = request.POST.get("to") != "no"
    view = run(update_view, _id(request), is_pinned=is_pinned)
    return view, _("The view is in the navigation.") if is_pinned else _("The view is not in the navigation any more.")


def _settings(request: HttpRequest) -> Any:
    return read_json(request.POST.get("state", "").encode(errors="replace"))


def _id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get(VIEW, ""))
    except ValueError:
        raise Http404 from None


STEPS: dict[str, Callable[[HttpRequest], tuple[Any, str]]] = {
    "save": _save,
    "update": _update,
    "default": _default,
    "pin": _pin,
}
