"""Back office pages that modules declare in their `admin.py`; the site that shows them stands above the kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.admin import ModelAdmin
from django.contrib.admin.sites import AdminSite
from django.db import models

from apps.kernel.registry.store import Registry

AdminT = TypeVar("AdminT", bound="type[ModelAdmin[Any]]")
Page = tuple[type[models.Model], "type[ModelAdmin[Any]]"]

PAGES: Registry[Page] = Registry("back office page")


def register(model: type[models.Model]) -> Callable[[AdminT], AdminT]:
    """Declare the back office pages of a model: `@register(Currency)` above its CommandAdmin."""

    def declare(page: AdminT) -> AdminT:
        PAGES.add(model._meta.label_lower, (model, page))
        return page

    return declare


def open_pages(site: AdminSite) -> None:
    """Give every declared page to the site; a second call adds only what came since."""
    for model, page in PAGES.values():
        if not site.is_registered(model):
            site.register(model, page)
