"""Events of the dashboards module: what happens to every kind of record."""

from __future__ import annotations

DASHBOARD_CREATED = "dashboards.dashboard.created"
DASHBOARD_UPDATED = "dashboards.dashboard.updated"
DASHBOARD_DELETED = "dashboards.dashboard.deleted"
