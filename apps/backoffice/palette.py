"""The search palette: pages by name, and records of what the actor may see."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.sites import AdminSite
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from unfold.dataclasses import SearchResult

from apps.kernel.admin.labels import record_url
from apps.kernel.registry.entities import ENTITIES, Entity

PER_ENTITY = 5
MOST_RESULTS = 50
LONGEST = 100


def palette_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Results for what was typed, as the fragment that the palette shows."""
    text = request.GET.get("s", "").strip()[:LONGEST]
    if not text:
        return HttpResponse()
    started = time.monotonic()
    results = [*_pages(site, request, text.lower()), *_records(site, request, text)][:MOST_RESULTS]
    paginator = Paginator(results, MOST_RESULTS)
    context = {
        "page_obj": paginator,
        "results": paginator.page(1),
        "page_counter": 0,
        "execution_time": time.monotonic() - started,
        "command_show_history": False,
    }
    return TemplateResponse(request, "unfold/helpers/command_results.html", context, headers={"HX-Trigger": "search"})


def _pages(site: AdminSite, request: HttpRequest, text: str) -> list[SearchResult]:
    return [
        SearchResult(
            title=capfirst(str(model["name"])),
            description=str(app["name"]),
            link=model["admin_url"],
            icon="list",
        )
        for app in site.get_app_list(request)
        for model in app["models"]
        if model["admin_url"] and (text in str(model["name"]).lower() or text in str(app["name"]).lower())
    ]


def _records(site: AdminSite, request: HttpRequest, text: str) -> list[SearchResult]:
    found: list[SearchResult] = []
    for entity in ENTITIES.values():
        if not entity.search or not _may_see(site, request, entity):
            continue
        found += [
            SearchResult(
                title=label,
                description=str(entity.label),
                link=record_url(entity.id, record_id),
                icon=entity.icon or "description",
            )
            for record_id, label in entity.find(text, limit=PER_ENTITY)
            if record_url(entity.id, record_id)
        ]
    return found


def _may_see(site: AdminSite, request: HttpRequest, entity: Entity) -> bool:
    try:
        page: Any = site.get_model_admin(entity.model)
    except NotRegistered:
        return False
    return bool(page.has_view_permission(request))
