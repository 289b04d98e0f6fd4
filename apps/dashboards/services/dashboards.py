"""Dashboards: making, naming, copying, sharing, deleting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.dashboards.calculations.layouts import Item
from apps.dashboards.features import MANAGE, SHARE
from apps.dashboards.models import LONGEST_NAME, Dashboard
from apps.dashboards.selectors.boards import own_id, role_names
from apps.dashboards.selectors.catalog import STANDARD_PERIOD, standard_items
from apps.dashboards.services.checking import new_item, taken
from apps.dashboards.services.loading import dashboard_for_update, seen_for_update
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import keep_pointers_out
from apps.kernel.errors import InvalidInput
from apps.kernel.references.usages import release
from apps.kernel.references.validation import no_such_record
from apps.kernel.tenancy.scope import Scope

FIELDS = ("name", "description", "period")


def _new_dashboard(scope: Scope) -> dict[str, Any]:
    return {"name": "Overview", "period": "this_month"}


def new_dashboard(scope: Scope) -> Dashboard:
    """A dashboard for examples."""
    return create_dashboard(**_new_dashboard(scope))


def _some_dashboard(scope: Scope) -> dict[str, Any]:
    return {"dashboard_id": new_dashboard(scope).pk}


def _changed_dashboard(scope: Scope) -> dict[str, Any]:
    return {**_some_dashboard(scope), "name": "Every morning", "period": "last_7_days"}


def _shared_dashboard(scope: Scope) -> dict[str, Any]:
    return {**_some_dashboard(scope), "is_shared": True}


@command("dashboards.dashboard.create", feature=MANAGE, example=_new_dashboard)
def create_dashboard(
    *,
    name: str,
    description: str = "",
    period: str = STANDARD_PERIOD,
    items: Sequence[Mapping[str, Any]] = (),
) -> Dashboard:
    """Make a dashboard of the actor's own. Raises InvalidInput, DashboardFull."""
    dashboard = Dashboard(name=name.strip(), description=description.strip(), period=period, owner_id=own_id())
    demand_valid(dashboard, FIELDS)
    dashboard.items = taken(items)
    dashboard.save(force_insert=True)
    return dashboard


@command("dashboards.dashboard.update", feature=MANAGE, example=_changed_dashboard)
def update_dashboard(
    dashboard_id: UUID,
    *,
    name: str | None = None,
    description: str | None = None,
    period: str | None = None,
    items: Sequence[Mapping[str, Any]] | None = None,
) -> Dashboard:
    """Change what is given; None leaves it as it is, and `items` are given as a whole.

    Raises RowNotFound, DashboardReadOnly, InvalidInput, DashboardFull.
    """
    dashboard = dashboard_for_update(dashboard_id)
    for field, value in {"name": name, "description": description, "period": period}.items():
        if value is not None:
            setattr(dashboard, field, value.strip())
    demand_valid(dashboard, FIELDS)
    if items is not None:
        dashboard.items = taken(items, kept=dashboard.items)
    dashboard.save(update_fields=[*FIELDS, "items", "version"])
    return dashboard


@command("dashboards.dashboard.delete", feature=MANAGE, example=_some_dashboard)
def delete_dashboard(dashboard_id: UUID) -> Dashboard:
    """Delete a dashboard; start pages that showed it show the next best one.

    Raises RowNotFound, DashboardReadOnly, InUse with counts.
    """
    dashboard = dashboard_for_update(dashboard_id)
    keep_pointers_out(dashboard)
    release(Dashboard.entity_id, [dashboard.pk])
    pk = dashboard.pk
    dashboard.delete()
    dashboard.pk = pk
    return dashboard


@command("dashboards.dashboard.copy", feature=MANAGE, example=_some_dashboard)
def copy_dashboard(dashboard_id: UUID, *, name: str = "") -> Dashboard:
    """Make a dashboard of one's own like one that one sees. Raises RowNotFound, InvalidInput."""
    model = seen_for_update(dashboard_id)
    copy = Dashboard(name=name.strip() or _copied(model.name), description=model.description, period=model.period)
    copy.owner_id = own_id()
    demand_valid(copy, FIELDS)
    copy.items = [_again(item) for item in model.items]
    copy.save(force_insert=True)
    return copy


@command("dashboards.dashboard.adopt", feature=MANAGE, example=_new_dashboard)
def adopt_standard(*, name: str = "", period: str = STANDARD_PERIOD) -> Dashboard:
    """Make a dashboard of one's own like the standard one. Raises InvalidInput."""
    dashboard = Dashboard(name=name.strip() or _("My dashboard"), period=period, owner_id=own_id())
    demand_valid(dashboard, FIELDS)
    dashboard.items = [new_item(widget=item["widget"]) for item in standard_items()]
    dashboard.save(force_insert=True)
    return dashboard


@command("dashboards.dashboard.share", feature=SHARE, example=_shared_dashboard)
def share_dashboard(dashboard_id: UUID, *, is_shared: bool = False, role_ids: Sequence[UUID] = ()) -> Dashboard:
    """Share a dashboard with everybody, with these roles and no others, or with nobody.

    Raises RowNotFound, DashboardReadOnly, InvalidInput for an unknown role.
    """
    dashboard = dashboard_for_update(dashboard_id)
    dashboard.is_shared = is_shared
    dashboard.shared_roles = demand_roles(role_ids)
    dashboard.save(update_fields=["is_shared", "shared_roles", "version"])
    return dashboard


def demand_roles(role_ids: Sequence[UUID]) -> list[UUID]:
    """The ids, each once. Raises InvalidInput unless all are roles of the tenant."""
    known = role_names() if role_ids else {}
    if any(role_id not in known for role_id in role_ids):
        raise InvalidInput(errors=(no_such_record("role_ids"),))
    return sorted(set(role_ids))


def _copied(name: str) -> str:
    text = _("Copy of %(name)s") % {"name": name}
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"


def _again(item: Item) -> Item:
    return new_item(widget=item["widget"], width=item["width"], title=item["title"], settings=item["settings"])
