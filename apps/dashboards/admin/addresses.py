"""Where the pages of dashboards are."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest
from django.urls import reverse

from apps.dashboards.models import Dashboard
from apps.dashboards.selectors.boards import may_edit, visible_dashboards

STANDARD = "standard"
BOARD, ARRANGE, WIDGET, SHARING = (f"dashboards_{name}" for name in ("board", "arrange", "widget", "sharing"))
LIST = "admin:dashboards_dashboard_changelist"


def address_of(page: str, dashboard_id: Any = "", **more: Any) -> str:
    """Address of one of the pages, about a dashboard."""
    asked = {"dashboard": dashboard_id, **more} if dashboard_id else more
    return f"{reverse(f'admin:{page}')}{'?' if asked else ''}{urlencode(asked)}"


def asked_dashboard(request: HttpRequest) -> Dashboard | None:
    """The dashboard of the address, None where it names none. Raises Http404 for one that the actor does not see."""
    text = request.GET.get("dashboard", "")
    if not text:
        return None
    try:
        wanted = UUID(text)
    except ValueError:
        raise Http404 from None
    found: Dashboard | None = visible_dashboards().filter(pk=wanted).first()
    if found is None:
        raise Http404
    return found


def editable_dashboard(request: HttpRequest) -> Dashboard | None:
    """The same to be changed: None also where the actor may only look at it."""
    found = asked_dashboard(request)
    return found if found is not None and may_edit(found) else None
