"""The frames of pages about one record, or beside a list: what the templates around them read."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest

from apps.kernel.admin.buttons import Text


def list_frame(page: Any, request: HttpRequest, title: Text) -> dict[str, Any]:
    """Context that every page about records of one kind has; `page` is their ModelAdmin."""
    request.current_app = page.admin_site.name
    return {**page.admin_site.each_context(request), "title": title, "opts": page.opts}


def record_frame(site: AdminSite, request: HttpRequest, record: Any, title: Text) -> dict[str, Any]:
    """Context that every page about one record has."""
    request.current_app = site.name
    return {**site.each_context(request), "title": title, "opts": record._meta, "original": record}
