"""The start page: the modules that the actor may see, and their own latest changes with undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest

from apps.backoffice.navigation import list_url, menu, page_item
from apps.kernel.admin.actions import entries_of, visible_actions
from apps.kernel.admin.history import may_see_history
from apps.kernel.admin.labels import labels_of
from apps.kernel.extensions.menu import MenuItem
from apps.kernel.registry.modules import modules
from apps.kernel.tenancy.scope import current_scope

LATEST = 8


@dataclass(frozen=True, slots=True)
class Link:
    """One page of a card; `add_url` is "" where the actor may not create."""

    label: str
    icon: str
    url: str
    add_url: str
    takes_permission: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One module on the start page."""

    title: str
    description: str
    links: tuple[Link, ...]


def dashboard(site: AdminSite, request: HttpRequest) -> dict[str, Any]:
    """The start page's context."""
    entries: list[Any] = []
    if may_see_history():
        own = visible_actions().filter(actor_id=current_scope().actor.id)
        entries = entries_of(list(own[:LATEST]), labels_of(request), with_diffs=False)
    cards = _cards(site, request)
    is_open = any(link.takes_permission for card in cards for link in card.links)
    return {"cards": cards, "nothing_is_open": not is_open, "entries": entries}


def _cards(site: AdminSite, request: HttpRequest) -> list[Card]:
    manifests = {config.manifest.id: config.manifest for config in modules()}
    pages = {page_item(page).id: page for page in site._registry.values()}
    return [
        Card(
            group.title,
            str(manifests[group.module].description),
            tuple(_link(request, item, pages.get(item.id)) for item in group.items),
        )
        for group in menu(site, request)
        if group.module
    ]


def _link(request: HttpRequest, item: MenuItem, page: Any) -> Link:
    may_add = page is not None and page.has_add_permission(request)
    is_own = getattr(page, "holds_own_things", False)
    return Link(str(item.label), item.icon, item.address, f"{list_url(page)}add/" if may_add else "", not is_own)
