"""Items of the back office's navigation: one for each page of a module, and what modules add."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from apps.kernel.registry.points import ExtensionPoint

Text = str | Promise


def everybody(request: HttpRequest) -> bool:
    """Say yes: the item's features decide alone."""
    return True


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One link of the navigation.

    `url` is an address (`/…`, `https://…`) or the name of a URL pattern. `group` is the id of the module under whose
    name it stands (its own module's where that one is not installed), "" for the top of the navigation.
    `allowed(request)` is asked besides `features`.
    """

    id: str
    label: Text
    url: str
    icon: str = "link"
    group: str = ""
    priority: int = 0
    features: tuple[str, ...] = ()
    allowed: Callable[[HttpRequest], bool] = everybody

    @property
    def address(self) -> str:
        """Where it leads."""
        return self.url if self.url.startswith(("/", "https://", "http://")) else reverse(self.url)


MENU: ExtensionPoint[MenuItem] = ExtensionPoint("menu item")


def menu_item(declared: MenuItem) -> MenuItem:
    """Register an item."""
    return MENU.add(declared.id, declared)


def open_items(request: HttpRequest, pages: list[MenuItem]) -> list[MenuItem]:
    """Items that the open scope's actor may follow, in their order: those of pages and those that modules add."""
    return [item for item in MENU.open([*pages, *MENU.values()]) if item.allowed(request)]
