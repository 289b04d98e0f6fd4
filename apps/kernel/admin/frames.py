"""The frame of a page about one record: what the templates around it read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def record_frame(page: Any, request: HttpRequest, record: Any, title: str) -> dict[str, Any]:
    """Context that every page about one record has; `page` is the ModelAdmin whose record it is."""
    request.current_app = page.admin_site.name
    site: dict[str, Any] = page.admin_site.each_context(request)
    return {**site, "title": title, "opts": page.opts, "original": record, "object": record}
