"""Dashboards, widgets and figures for tests."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from apps.auth.models import User
from apps.dashboards.models import Dashboard
from apps.directory.models import Tenant
from apps.kernel.extensions.dashboards import DASHBOARD_WIDGETS, DashboardWidget, Data, NumberData, WidgetKind
from apps.kernel.extensions.figures import FIGURES, Figures
from apps.kernel.extensions.periods import Period
from apps.kernel.ids import uuid7
from tests.auth.factories import system
from tests.kernel.extensions_probes import declared
from tests.support.scopes import House, seeding
from tests.support.shelf.features import VIEW

DASHBOARDS = "/api/dashboards/dashboards/"
CATALOG = "/api/dashboards/catalog/"
DATA = "/api/dashboards/data/"
FIGURES_AT = "/api/dashboards/figures/"
START = "/api/dashboards/start/"
BOOK_FIGURES = Figures(
    "shelf.books_in_figures",
    "shelf.book",
    features=(VIEW,),
    dates=("created_at", "published_on", "borrowed_at"),
    measures=("price", "pages"),
    groups=("kind", "is_lent", "shelf", "currency_id", "title"),
    filters=("kind", "pages", "title", "is_lent"),
)


def make_dashboard(house: House, *widgets: str, owner: User | None = None, **values: Any) -> Dashboard:
    """A dashboard with these widgets, unchecked; the house's own without an owner."""
    with seeding(system(house)):
        row = Dashboard(name=values.pop("name", "Overview"), owner_id=owner.pk if owner else None, **values)
        row.items = row.items or [item_of(widget) for widget in widgets]
        row.save(force_insert=True)
    return row


def item_of(widget: str, **changes: Any) -> dict[str, Any]:
    """An item as dashboards keep it."""
    return {"id": str(uuid7()), "widget": widget, "width": "md", "title": "", "settings": {}, **changes}


def stored(house: House, dashboard: Dashboard) -> Dashboard:
    """The dashboard as it is now."""
    with seeding(system(house)):
        found: Dashboard = Dashboard.objects.get(pk=dashboard.pk)
    return found


def in_zone(house: House, zone: str) -> None:
    """Let the tenant live in a time zone."""
    with seeding(system(house)):
        Tenant.objects.filter(pk=house.tenant.pk).update(time_zone=zone)


def period(start: str, end: str, zone: str = "UTC", preset: str = "") -> Period:
    """Days in a zone."""
    return Period(date.fromisoformat(start), date.fromisoformat(end), ZoneInfo(zone), preset)


@contextmanager
def book_figures(**changes: Any) -> Iterator[None]:
    """Let books be counted."""
    values = {name: getattr(BOOK_FIGURES, name) for name in BOOK_FIGURES.__slots__}
    with declared(FIGURES, Figures(**{**values, **changes})):
        yield


def number(name: str, data: Callable[[Any, Any], Data] | None = None, **values: Any) -> DashboardWidget:
    """A widget that shows a number."""
    return DashboardWidget(name, name, WidgetKind.NUMBER, data or (lambda settings, period: NumberData(7)), **values)


@contextmanager
def widgets(*entries: DashboardWidget) -> Iterator[None]:
    """Declare widgets for the block."""
    with declared(DASHBOARD_WIDGETS, *entries):
        yield


def broken(settings: Mapping[str, Any], period: Period) -> Data:
    """Data of a widget that breaks."""
    raise RuntimeError("broken")


def hanging(settings: Mapping[str, Any], period: Period) -> Data:
    """Data of a widget that hangs."""
    time.sleep(30)
    return NumberData(1)


def asleep(settings: Mapping[str, Any], period: Period) -> Data:
    """Data of a widget whose query takes too long."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")
    return NumberData(1)


def writing(settings: Mapping[str, Any], period: Period) -> Data:
    """Data of a widget that tries to write."""
    Dashboard.objects.update(name="Overwritten")
    return NumberData(1)
