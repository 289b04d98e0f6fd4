"""Dashboards as commands take them: in sight, locked, and only where they may be changed."""

from __future__ import annotations

from uuid import UUID

from apps.dashboards.calculations.layouts import Item, found
from apps.dashboards.errors import DashboardReadOnly, ItemUnknown
from apps.dashboards.models import Dashboard
from apps.dashboards.selectors.boards import may_edit, visible_dashboards
from apps.kernel.commands.loading import load_for_update
from apps.kernel.errors import RowNotFound


def seen_for_update(dashboard_id: UUID) -> Dashboard:
    """The dashboard, locked, whoever's it is. Raises RowNotFound where the actor does not see it."""
    if not visible_dashboards().filter(pk=dashboard_id).exists():
        raise RowNotFound
    return load_for_update(Dashboard, dashboard_id)


def dashboard_for_update(dashboard_id: UUID) -> Dashboard:
    """The dashboard, locked, to be changed. Raises RowNotFound, DashboardReadOnly."""
    dashboard = seen_for_update(dashboard_id)
    if not may_edit(dashboard):
        raise DashboardReadOnly(name=dashboard.name)
    return dashboard


def item_of(dashboard: Dashboard, item_id: str) -> Item:
    """One of its items. Raises ItemUnknown."""
    item = found(dashboard.items, item_id)
    if item is None:
        raise ItemUnknown
    return item
