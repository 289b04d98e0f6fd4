"""The widgets on a dashboard: adding, arranging, setting, taking off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.dashboards.calculations.layouts import MOST_ITEMS, Item, changed, moved, ordered, without
from apps.dashboards.errors import DashboardFull, OrderIncomplete
from apps.dashboards.features import MANAGE
from apps.dashboards.models import Dashboard
from apps.dashboards.selectors.catalog import known_widgets
from apps.dashboards.services.checking import demand_sound, new_item
from apps.dashboards.services.dashboards import new_dashboard
from apps.dashboards.services.loading import dashboard_for_update, item_of
from apps.kernel.commands.declarations import command
from apps.kernel.errors import FieldError
from apps.kernel.tenancy.scope import Scope

EXAMPLE = "dashboards.note"


def _new_item(scope: Scope) -> dict[str, Any]:
    return {"dashboard_id": new_dashboard(scope).pk, "widget": EXAMPLE, "settings": {"text": "Welcome"}}


def _some_item(scope: Scope) -> dict[str, Any]:
    dashboard = add_item(**_new_item(scope))
    add_item(dashboard.pk, widget=EXAMPLE, settings={"text": "Second"})
    return {"dashboard_id": dashboard.pk, "item_id": dashboard.items[0]["id"]}


def _moved_item(scope: Scope) -> dict[str, Any]:
    return {**_some_item(scope), "by": 1}


def _changed_item(scope: Scope) -> dict[str, Any]:
    return {**_some_item(scope), "width": "xl", "title": "To begin with"}


def _order(scope: Scope) -> dict[str, Any]:
    dashboard = add_item(**_new_item(scope))
    added = add_item(dashboard.pk, widget=EXAMPLE, settings={"text": "Second"})
    return {"dashboard_id": dashboard.pk, "item_ids": [item["id"] for item in reversed(added.items)]}


@command("dashboards.dashboard.add_widget", feature=MANAGE, example=_new_item)
def add_item(
    dashboard_id: UUID, *, widget: str, width: str = "", title: str = "", settings: Mapping[str, Any] | None = None
) -> Dashboard:
    """Put a widget at the end of a dashboard. Raises RowNotFound, DashboardReadOnly, DashboardFull, InvalidInput."""
    dashboard = dashboard_for_update(dashboard_id)
    if len(dashboard.items) >= MOST_ITEMS:
        raise DashboardFull(most=MOST_ITEMS)
    item = new_item(widget=widget, width=width, title=title, settings=settings)
    demand_sound(item)
    return _saved(dashboard, [*dashboard.items, item])


@command("dashboards.dashboard.set_widget", feature=MANAGE, example=_changed_item)
def change_item(
    dashboard_id: UUID,
    *,
    item_id: str,
    width: str | None = None,
    title: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Dashboard:
    """Change the width, the title or the settings of a widget; None leaves them as they are.

    Raises RowNotFound, DashboardReadOnly, ItemUnknown, InvalidInput.
    """
    dashboard = dashboard_for_update(dashboard_id)
    item = item_of(dashboard, item_id)
    given = {"width": width, "title": title.strip() if title is not None else None, "settings": settings}
    changes = {name: value for name, value in given.items() if value is not None}
    merged = Item(**{**item, **changes})  # type: ignore[typeddict-item]
    # The width of what is gone, or shown to others only, may be changed: it stands in the owner's way.
    if item["widget"] in known_widgets() or settings is not None:
        demand_sound(merged)
    return _saved(dashboard, changed(dashboard.items, item_id, changes))


@command("dashboards.dashboard.remove_widget", feature=MANAGE, example=_some_item)
def remove_item(dashboard_id: UUID, *, item_id: str) -> Dashboard:
    """Take a widget off a dashboard. Raises RowNotFound, DashboardReadOnly, ItemUnknown."""
    dashboard = dashboard_for_update(dashboard_id)
    item_of(dashboard, item_id)
    return _saved(dashboard, without(dashboard.items, item_id))


@command("dashboards.dashboard.move_widget", feature=MANAGE, example=_moved_item)
def move_item(dashboard_id: UUID, *, item_id: str, by: int) -> Dashboard:
    """Move a widget some places on (back where negative). Raises RowNotFound, DashboardReadOnly, ItemUnknown."""
    dashboard = dashboard_for_update(dashboard_id)
    item_of(dashboard, item_id)
    return _saved(dashboard, moved(dashboard.items, item_id, by=by))


@command("dashboards.dashboard.arrange", feature=MANAGE, example=_order)
def arrange_items(dashboard_id: UUID, *, item_ids: Sequence[str]) -> Dashboard:
    """Put all widgets into this order. Raises RowNotFound, DashboardReadOnly, OrderIncomplete."""
    dashboard = dashboard_for_update(dashboard_id)
    items = ordered(dashboard.items, item_ids)
    if items is None:
        text = _("Name every widget of the dashboard once.")
        raise OrderIncomplete(errors=(FieldError("item_ids", OrderIncomplete.code, text),))
    return _saved(dashboard, items)


def _saved(dashboard: Dashboard, items: list[Item]) -> Dashboard:
    if items != dashboard.items:
        dashboard.items = items
        dashboard.save(update_fields=["items", "version"])
    return dashboard
