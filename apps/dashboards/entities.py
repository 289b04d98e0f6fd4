"""Dashboards as a kind of record: only those that are the actor's or shared with them are there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from apps.dashboards.errors import DashboardReadOnly
from apps.dashboards.models import Dashboard
from apps.dashboards.selectors.boards import may_edit, visible_dashboards
from apps.kernel.registry.entities import Entity, add_entity


@dataclass(frozen=True, slots=True)
class DashboardKind(Entity):
    """Dashboards that the actor sees."""

    def living(self) -> models.QuerySet[Any]:
        """Own ones and those shared with the actor."""
        return visible_dashboards()

    def demand_changeable(self, row: Any) -> None:
        """Refuse what is somebody else's. Raises DashboardReadOnly."""
        if not may_edit(row):
            raise DashboardReadOnly(name=row.name)

    def labels(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        """Names of those that the actor sees."""
        return self.worded(visible_dashboards().filter(pk__in=set(ids)))


add_entity(
    DashboardKind(
        Dashboard.entity_id,
        Dashboard,
        Dashboard._meta.verbose_name or "",
        Dashboard._meta.verbose_name_plural or "",
        icon="dashboard",
        search=("name",),
        url="admin:dashboards_dashboard_change",
    )
)
