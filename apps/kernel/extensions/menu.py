"""Items of the back office's navigation: one for each page of a module, and what modules add."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.functional import Promise

from apps.kernel.extensions.asking import said
from apps.kernel.extensions.placing import Placing, arranged
from apps.kernel.registry.points import ExtensionPoint

logger = logging.getLogger(__name__)
Text = str | Promise


def everybody(request: HttpRequest) -> bool:
    """Say yes: the item's features decide alone."""
    return True


MAIN: Final = "menu:sidebar:main"
SETTINGS: Final = "menu:sidebar:settings"
MENUS: Final = frozenset({MAIN, SETTINGS, "menu:topbar:profile-dropdown", "menu:topbar:actions"})
# Menus that the portal's pages will draw.
PENDING: Final = frozenset(
    {
        "menu:portal:sidebar:main",
        "menu:portal:sidebar:account",
        "menu:portal:header:actions",
        "menu:portal:user-dropdown",
    }
)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One link of a menu.

    `url` is an address (`/…`, `https://…`) or the name of a URL pattern. `group` is the id of the module under whose
    name it stands (its own module's where that one is not installed), "" for the top of the navigation.
    `allowed(request)` is asked besides `features`. `menu` is one of MENUS; only the main one has groups. `place` is a
    wish for a neighbour, by its id, in the same group or menu.
    """

    id: str
    label: Text
    url: str
    icon: str = "link"
    group: str = ""
    priority: int = 0
    features: tuple[str, ...] = ()
    allowed: Callable[[HttpRequest], bool] = everybody
    menu: str = MAIN
    place: Placing | None = None

    @property
    def address(self) -> str:
        """Where it leads."""
        return address_of(self.url)


def address_of(url: str) -> str:
    """An address as it is, or that of the URL pattern of this name."""
    if url.startswith(("/", "https://", "http://")):
        return url
    return _named(url, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())


@lru_cache(maxsize=1_000)
def _named(name: str, urlconf: str, prefix: str) -> str:
    """Every page asks for all of its menu's; they change with the routes alone, and those with the process."""
    return reverse(name, urlconf)


MENU: ExtensionPoint[MenuItem] = ExtensionPoint("menu item")


def menu_item(declared: MenuItem) -> MenuItem:
    """Register an item."""
    return MENU.add(declared.id, declared)


def open_items(request: HttpRequest, pages: list[MenuItem]) -> list[MenuItem]:
    """Items of the main menu that the actor may follow, in their order: those of pages and those that modules add."""
    added = (item for item in MENU.values() if item.menu == MAIN)
    return [item for item in MENU.open([*pages, *added]) if item.menu == MAIN and _leads(item, request)]


def items_of(menu: str, request: HttpRequest) -> list[MenuItem]:
    """Items of one of the other menus that the actor may follow, in their places."""
    return in_places(item for item in MENU.open() if item.menu == menu and _leads(item, request))


def _leads(item: MenuItem, request: HttpRequest) -> bool:
    """Say whether the item is for the actor and leads anywhere; one that fails does not."""
    return said(item.id, lambda: item.allowed(request) and bool(item.address), otherwise=False)


def in_places(items: Iterable[MenuItem]) -> list[MenuItem]:
    """The items, those with a wish beside their neighbours; where there is no such neighbour, at the end."""
    found, lost = arranged(items, name=lambda item: item.id, wish=lambda item: item.place)
    for item in lost:
        neighbour = item.place.relative_to if item.place else ""
        logger.warning("menu item has no neighbour", extra={"extension": item.id, "neighbour": neighbour})
    return found
