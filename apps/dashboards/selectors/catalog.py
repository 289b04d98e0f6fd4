"""Widgets that the actor may put on a dashboard."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.dashboards.calculations.settings import completed
from apps.dashboards.models import Preset
from apps.kernel.commands.history.wording import module_label
from apps.kernel.extensions.dashboards import DASHBOARD_WIDGETS, DashboardWidget
from apps.kernel.registry.points import is_open

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Group:
    """Widgets of one module."""

    label: str
    widgets: tuple[DashboardWidget, ...]


def open_widgets() -> list[DashboardWidget]:
    """Widgets that are for the actor, with the settings that they begin with, in their order."""
    return [item for item in DASHBOARD_WIDGETS.open() if is_for_actor(item, {})]


def is_for_actor(widget: DashboardWidget, settings: Mapping[str, Any]) -> bool:
    """Say whether the actor may see what the widget shows with these settings; one that cannot say is for nobody."""
    try:
        return is_open(widget) and widget.allowed(completed(widget.settings, settings))
    except Exception:
        logger.exception("dashboard widget failed", extra={"extension": widget.id})
        return False


def known_widgets() -> dict[str, DashboardWidget]:
    """Every widget of this installation that is not switched off, by id, whomever it is for."""
    return {item.id: item for item in DASHBOARD_WIDGETS.in_force()}


def catalog() -> list[Group]:
    """Widgets that are for the actor, by module."""
    groups: dict[str, list[DashboardWidget]] = {}
    for item in open_widgets():
        groups.setdefault(item.id.partition(".")[0], []).append(item)
    return [Group(module_label(module), tuple(items)) for module, items in groups.items()]


def standard_items() -> list[dict[str, Any]]:
    """Items of the dashboard of those who have chosen none: widgets that say that they belong there."""
    return [
        {"id": item.id, "widget": item.id, "width": str(item.width), "title": "", "settings": {}}
        for item in open_widgets()
        if item.is_standard
    ]


STANDARD_PERIOD = Preset.LAST_30_DAYS
