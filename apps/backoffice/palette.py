"""What the palette offers: pages and commands by name, and records where no index answers."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest, JsonResponse

from apps.backoffice.navigation import menu
from apps.backoffice.palette_commands import commands_of
from apps.kernel.admin.labels import record_url
from apps.kernel.extensions.palette import PaletteCommand, open_commands
from apps.kernel.registry.entities import ENTITIES, Entity
from apps.kernel.registry.modules import modules

PER_ENTITY = 5
MOST_RECORDS = 50
LONGEST = 100
Item = dict[str, Any]


def palette_view(site: AdminSite, request: HttpRequest) -> JsonResponse:
    """Pages and commands that are open to the reader, in their order; they are matched in the browser."""
    commands = open_commands(request, commands_of(site, request))
    return JsonResponse({"pages": _pages(site, request), "commands": [_command(item) for item in commands]})


def records_view(site: AdminSite, request: HttpRequest) -> JsonResponse:
    """Records whose search fields contain the text: of the kinds named in `in`, else of every kind.

    It stands in where the search module is not installed, may not be asked by the reader, or has not indexed a kind.
    """
    text = request.GET.get("s", "").replace("\0", "").strip()[:LONGEST]
    kinds = {kind for kind in request.GET.get("in", "").split(",") if kind}
    found = _records(site, request, text, kinds) if text else []
    return JsonResponse({"results": found[:MOST_RECORDS]})


def _pages(site: AdminSite, request: HttpRequest) -> list[Item]:
    notes = {config.manifest.id: str(config.manifest.description) for config in modules()}
    return [
        {
            "id": item.id,
            "title": str(item.label),
            "note": group.title,
            "words": f"{group.title} {notes.get(group.module, '')}",
            "icon": item.icon,
            "url": item.address,
        }
        for group in menu(site, request)
        for item in group.items
    ]


def _command(item: PaletteCommand) -> Item:
    name, value = item.deed
    return {
        "id": item.id,
        "title": str(item.label),
        "note": str(item.note),
        "words": str(item.keywords),
        "icon": item.icon,
        name: value,
        **({"values": dict(item.values)} if item.values else {}),
    }


def _records(site: AdminSite, request: HttpRequest, text: str, kinds: set[str]) -> list[Item]:
    found: list[Item] = []
    for entity in ENTITIES.values():
        if not entity.search or (kinds and entity.id not in kinds) or not _may_see(site, request, entity):
            continue
        found += [
            {"title": label, "note": str(entity.label), "icon": entity.icon or "description", "url": url}
            for record_id, label in entity.find(text, limit=PER_ENTITY)
            if (url := record_url(entity.id, record_id))
        ]
    return found


def _may_see(site: AdminSite, request: HttpRequest, entity: Entity) -> bool:
    try:
        page: Any = site.get_model_admin(entity.model)
    except NotRegistered:
        return False
    return bool(page.has_view_permission(request))
