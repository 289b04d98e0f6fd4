"""What roles and demonstrations get from the dashboards module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from apps.auth.contracts import RoleBook
from apps.dashboards.models import Dashboard
from apps.dashboards.selectors.catalog import known_widgets
from apps.dashboards.services import create_dashboard, set_role_defaults, share_dashboard
from apps.directory.contracts import TenantBook
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope
from apps.kernel.tenancy.transactions import scoped_transaction

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("dashboards.*",),
    "admin": ("dashboards.*",),
    "employee": ("dashboards.view", "dashboards.manage"),
}
Layout = tuple[tuple[str, str, Mapping[str, Any]], ...]
# Widgets with their widths and settings; those of modules that are not installed are left out.
ADMIN: Layout = (
    ("customers.new_customers", "sm", {}),
    ("customers.new_deals", "sm", {}),
    ("customers.win_rate", "sm", {}),
    ("progress.jobs", "sm", {}),
    ("customers.pipeline_by_stage", "lg", {}),
    ("customers.won_by_month", "lg", {}),
    ("audit_logs.changes_by_day", "lg", {}),
    ("audit_logs.people", "lg", {}),
    ("auth.active_users", "lg", {}),
    ("customers.attention", "lg", {}),
    ("events.deliveries", "sm", {}),
    ("attachments.storage", "sm", {}),
    ("search.index_health", "sm", {}),
    ("currencies.coverage", "sm", {}),
)
EMPLOYEE: Layout = (
    ("customers.my_tasks", "md", {}),
    ("customers.next_interactions", "md", {}),
    ("customers.attention", "md", {}),
    ("customers.pipeline_by_stage", "lg", {}),
    ("customers.won_by_month", "lg", {}),
    ("currencies.newest", "md", {}),
    ("currencies.coverage", "md", {}),
    ("progress.jobs", "md", {}),
)


def seed_examples(scope: Scope) -> None:
    """Show a demonstration a dashboard for who runs the house and one for who works in it, unless it has some."""
    with scoped_transaction():
        is_furnished = Dashboard.objects.exists()
        roles = service(RoleBook).system_roles()
        locale = service(TenantBook).profile().locale
    if is_furnished:
        return
    with translation.override(locale):
        named = {"admin": (_("How the house runs"), ADMIN), "employee": (_("At work"), EMPLOYEE)}
    for key, (name, layout) in named.items():
        if key in roles:
            _furnish(
                name,
                layout,
                roles=[roles[key], *([roles["superadmin"]] if key == "admin" and "superadmin" in roles else [])],
            )


def _furnish(name: str, layout: Layout, *, roles: list[Any]) -> None:
    known = known_widgets()
    items = [
        {"widget": widget, "width": width, "settings": settings}
        for widget, width, settings in layout
        if widget in known
    ]
    dashboard = create_dashboard(name=name, items=items)
    share_dashboard(dashboard.pk, role_ids=roles)
    set_role_defaults(dashboard.pk, role_ids=roles)
