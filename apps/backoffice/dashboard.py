"""The start page: the modules that the actor may see, and their own latest changes with undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest
from django.utils.text import capfirst

from apps.backoffice.navigation import list_url, module_pages
from apps.kernel.admin.actions import entries_of, visible_actions
from apps.kernel.admin.history import may_see_history
from apps.kernel.admin.labels import labels_of
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


@dataclass(frozen=True, slots=True)
class Card:
    """One module on the start page."""

    title: str
    description: str
    links: tuple[Link, ...]


def dashboard(site: AdminSite, request: HttpRequest) -> dict[str, Any]:
    """The start page's context."""
    cards = [_card(site, request, config) for config in modules()]
    entries: list[Any] = []
    if may_see_history():
        own = visible_actions().filter(actor_id=current_scope().actor.id)
        entries = entries_of(list(own[:LATEST]), labels_of(request), with_diffs=False)
    return {"cards": [card for card in cards if card.links], "entries": entries}


def _card(site: AdminSite, request: HttpRequest, config: Any) -> Card:
    manifest = config.manifest
    links = tuple(_link(request, page) for page in module_pages(site, request, config))
    return Card(str(manifest.label), str(manifest.description), links)


def _link(request: HttpRequest, page: Any) -> Link:
    url = list_url(page)
    add_url = f"{url}add/" if page.has_add_permission(request) else ""
    return Link(capfirst(str(page.opts.verbose_name_plural)), getattr(page, "icon", "description"), url, add_url)
