"""Back office pages that modules declare in their `admin.py`; the site that shows them stands above the kernel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.admin import ModelAdmin
from django.contrib.admin.sites import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse

from apps.kernel.admin.access import allows
from apps.kernel.registry.store import Registry

AdminT = TypeVar("AdminT", bound="type[ModelAdmin[Any]]")
Page = tuple[type[models.Model], "type[ModelAdmin[Any]]"]

PAGES: Registry[Page] = Registry("back office page")

View = Callable[[AdminSite, HttpRequest], HttpResponse]


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A page beside those of lists and records: `<address>` below the back office, named `admin:<name>`.

    Who holds `feature` may open it. `about` names the kind of record that the page is about, by its entity id or by a
    function of the request: the navigation marks the list of that kind. "" is for pages that stand for themselves.
    """

    name: str
    address: str
    feature: str
    about: str | Callable[[HttpRequest], str] = ""

    def entity(self, request: HttpRequest) -> str:
        """Kind of the record that the page is about; "" for none."""
        return self.about(request) if callable(self.about) else self.about


def asked_entity(request: HttpRequest) -> str:
    """The kind of record that the address names (`entity`); "" where it names none."""
    return request.GET.get("entity", "")


OWN_PAGES: Registry[tuple[OwnPage, View]] = Registry("back office page of its own")


def own_page(declared: OwnPage) -> Callable[[View], View]:
    """Declare a page that shows no one record: `@own_page(…)` above a view of the site and the request."""

    def declare(view: View) -> View:
        def guarded(site: AdminSite, request: HttpRequest) -> HttpResponse:
            if not allows(declared.feature):
                raise PermissionDenied
            request.current_app = site.name
            return view(site, request)

        OWN_PAGES.add(declared.name, (declared, guarded))
        return view

    return declare


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
