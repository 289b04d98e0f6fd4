"""Extensions of each kind for tests: they say that they ran, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.test import Client

from apps.catalog.contracts import NO_OPINION, PRICING_RESOLVERS, NoOpinion, PricingResolver
from apps.kernel.commands.guards import GUARDS, GuardEntry
from apps.kernel.extensions.actions import ACTIONS, FILTERS, ListFilter, RecordAction
from apps.kernel.extensions.badges import BADGES, StatusBadge
from apps.kernel.extensions.dashboards import DASHBOARD_WIDGETS, DashboardWidget, NumberData, WidgetKind
from apps.kernel.extensions.enrichers import ENRICHERS, Enricher
from apps.kernel.extensions.fields import FORM_FIELDS, FormFields
from apps.kernel.extensions.figures import FIGURES, Figures
from apps.kernel.extensions.interceptors import INTERCEPTORS, Interceptor
from apps.kernel.extensions.menu import MENU, MenuItem
from apps.kernel.extensions.palette import PALETTE, PaletteCommand
from apps.kernel.extensions.replacing import REPLACEMENTS, Replacement
from apps.kernel.extensions.spots import WIDGETS, Widget
from apps.kernel.extensions.tabs import TABS, RecordTab
from apps.kernel.extensions.timelines import TIMELINES, Asking, Moment, TimelineSource
from apps.kernel.registry.points import ExtensionPoint
from tests.catalog.factories import make_product
from tests.kernel.books import BOOKS, make_books
from tests.support.scopes import House
from tests.support.shelf.services import save_loan

Ran = list[str]


@contextmanager
def declared(point: ExtensionPoint[Any], *entries: Any) -> Iterator[None]:
    """Declare extensions for the block."""
    for entry in entries:
        point.add(entry.id, entry)
    try:
        yield
    finally:
        for entry in entries:
            point.remove(entry.id)


@dataclass(frozen=True)
class Kind:
    """One kind of extension: how to make one that notes its id in a list, and what makes all of them run."""

    point: ExtensionPoint[Any]
    make: Callable[[str, Ran], Any]
    run: Callable[[House, Client, Ran], None]


def _guard(name: str, ran: Ran) -> GuardEntry:
    return GuardEntry(name, "shelf.book.create", 0, lambda call: ran.append(name))


def _enricher(name: str, ran: Ran) -> Enricher:
    def enrich(ids: Any) -> Any:
        ran.append(name)
        return {}

    return Enricher(name, "shelf.book", enrich)


def _interceptor(name: str, ran: Ran) -> Interceptor:
    return Interceptor(name, "shelf.book", before=lambda call: ran.append(name))


def _widget(name: str, ran: Ran) -> Widget:
    def context(place: Any) -> dict[str, Any]:
        ran.append(name)
        return {"who": name}

    return Widget(name, "backend:dashboard:footer", "shelf/probe.html", context=context)


def _item(name: str, ran: Ran) -> MenuItem:
    return MenuItem(name, name, "/backend/", group="shelf")


def _list_books(house: House, client: Client, ran: Ran) -> None:
    make_books(house, {})
    assert client.get(BOOKS).status_code == 200


def _open_start(house: House, client: Client, ran: Ran) -> None:
    assert client.get("/backend/").status_code == 200


def _read_menu(house: House, client: Client, ran: Ran) -> None:
    groups = client.get("/backend/").context["sidebar_navigation"]
    ran += [item["title"] for group in groups for item in group["items"] if item["title"].startswith("probes.")]


def _palette(name: str, ran: Ran) -> PaletteCommand:
    return PaletteCommand(name, name, url="/somewhere/")


def _read_palette(house: House, client: Client, ran: Ran) -> None:
    commands = client.get("/backend/palette/").json()["commands"]
    ran += [item["title"] for item in commands if item["title"].startswith("probes.")]


def _tab(name: str, ran: Ran) -> RecordTab:
    def address(record: Any) -> str:
        ran.append(name)
        return "/backend/"

    return RecordTab(name, name, "shelf.book", address)


def _source(name: str, ran: Ran) -> TimelineSource:
    def fetch(asking: Asking) -> list[Moment]:
        ran.append(name)
        return []

    return TimelineSource(name, name, "shelf.book", fetch)


def _open_timeline(house: House, client: Client, ran: Ran) -> None:
    [book] = make_books(house, {})
    assert client.get(f"/backend/shelf/book/{book.pk}/timeline/").status_code == 200


def _dashboard_widget(name: str, ran: Ran) -> DashboardWidget:
    return DashboardWidget(name, name, WidgetKind.NUMBER, lambda settings, period: NumberData(1))


def _figures(name: str, ran: Ran) -> Figures:
    return Figures(name, "shelf.book", features=(), dates=("created_at",), filters=(name,))


def _catalog(client: Client) -> dict[str, Any]:
    answer = client.get("/api/dashboards/catalog/")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def _read_catalog(house: House, client: Client, ran: Ran) -> None:
    ran += [item["id"] for item in _catalog(client)["widgets"] if item["id"].startswith("probes.")]


def _read_sources(house: House, client: Client, ran: Ran) -> None:
    named = [item["filters"][0] for item in _catalog(client)["figures"]]
    ran += [name for name in named if name.startswith("probes.")]


def _open_book(house: House, client: Client, ran: Ran) -> None:
    [book] = make_books(house, {})
    assert client.get(f"/backend/shelf/book/{book.pk}/change/").status_code == 200


def _create_book(house: House, client: Client, ran: Ran) -> None:
    assert client.post(BOOKS, {"title": "New", "code": "NEW"}, content_type="application/json").status_code == 201


def _added(name: str, ran: Ran) -> FormFields:
    def read(ids: Any) -> Any:
        ran.append(name)
        return {}

    return FormFields(name, "shelf.book", (), save_loan, "Probe", read=read)


def _badge(name: str, ran: Ran) -> StatusBadge:
    return StatusBadge(name, "shelf.book", lambda record: ran.append(name))


def _action(name: str, ran: Ran) -> RecordAction:
    def address(ids: Any) -> str:
        ran.append(name)
        return "/backend/"

    return RecordAction(name, "shelf.book", name, address=address)


def _filter(name: str, ran: Ran) -> ListFilter:
    def choices() -> list[tuple[str, str]]:
        ran.append(name)
        return [("yes", "Yes")]

    return ListFilter(name, "shelf.book", name, choices, lambda value: ())


def _open_list(house: House, client: Client, ran: Ran) -> None:
    assert client.get("/backend/shelf/book/").status_code == 200


def _replacement(name: str, ran: Ran) -> Replacement:
    def change(variables: Any) -> dict[str, Any]:
        ran.append(name)
        return {}

    return Replacement(name, "page:start", context=change)


def _resolver(name: str, ran: Ran) -> PricingResolver:
    def resolve(question: Any) -> NoOpinion:
        ran.append(name)
        return NO_OPINION

    return PricingResolver(name, resolve)


def _ask_price(house: House, client: Client, ran: Ran) -> None:
    lines = [{"product_id": str(make_product(house).pk), "currency": "EUR"}]
    answer = client.post("/api/catalog/pricing/resolve/", {"requests": lines}, content_type="application/json")
    assert answer.status_code == 200, answer.content


KINDS = {
    "pricing resolver": Kind(PRICING_RESOLVERS, _resolver, _ask_price),
    "dashboard widget": Kind(DASHBOARD_WIDGETS, _dashboard_widget, _read_catalog),
    "figures": Kind(FIGURES, _figures, _read_sources),
    "command guard": Kind(GUARDS, _guard, _create_book),
    "response enricher": Kind(ENRICHERS, _enricher, _list_books),
    "API interceptor": Kind(INTERCEPTORS, _interceptor, _list_books),
    "widget": Kind(WIDGETS, _widget, _open_start),
    "menu item": Kind(MENU, _item, _read_menu),
    "palette command": Kind(PALETTE, _palette, _read_palette),
    "record tab": Kind(TABS, _tab, _open_book),
    "status badge": Kind(BADGES, _badge, _open_book),
    "record action": Kind(ACTIONS, _action, _open_book),
    "list filter": Kind(FILTERS, _filter, _open_list),
    "replacement": Kind(REPLACEMENTS, _replacement, _open_start),
    "form fields": Kind(FORM_FIELDS, _added, _open_book),
    "timeline source": Kind(TIMELINES, _source, _open_timeline),
}


def to_the_front(entry: Any) -> Any:
    """An override: the same, before all others of its kind."""
    ahead = -1000 if isinstance(entry, GuardEntry | Replacement) else 1000
    return replace(entry, priority=ahead)


def another_id(entry: Any) -> Any:
    """An override that is none."""
    return replace(entry, id="probes.other")
