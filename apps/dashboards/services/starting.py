"""Which dashboard stands on the start page: of a person, and of those who have a role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.dashboards.errors import NotShared
from apps.dashboards.features import ROLE_DEFAULTS, VIEW
from apps.dashboards.models import Dashboard, Holder, StartPage
from apps.dashboards.selectors.boards import own_id
from apps.dashboards.services.dashboards import demand_roles, new_dashboard, share_dashboard
from apps.dashboards.services.loading import seen_for_update
from apps.kernel.commands.declarations import COMMANDS, command
from apps.kernel.commands.executor import execute
from apps.kernel.commands.loading import hold_locks
from apps.kernel.errors import FeatureRequired, FieldError
from apps.kernel.tenancy.scope import Scope, current_scope


def _some_dashboard(scope: Scope) -> dict[str, Any]:
    return {"dashboard_id": new_dashboard(scope).pk}


def _role_default(scope: Scope) -> dict[str, Any]:
    dashboard = share_dashboard(new_dashboard(scope).pk, is_shared=True)
    spec = COMMANDS["auth.role.create"]
    role = execute(spec, (), dict(spec.example(scope)) if spec.example else {})
    return {"dashboard_id": dashboard.pk, "role_ids": [role.pk]}


@command("dashboards.dashboard.choose", feature=VIEW, example=_some_dashboard)
def choose_dashboard(dashboard_id: UUID, *, is_chosen: bool = True) -> Dashboard:
    """Put a dashboard on one's own start page, or take it off, so that the roles' one counts again.

    Raises RowNotFound, and FeatureRequired for the house itself, which has no start page.
    """
    dashboard, user_id = seen_for_update(dashboard_id), own_id()
    if user_id is None:
        raise FeatureRequired(feature=ROLE_DEFAULTS)
    _hold(Holder.USER, [user_id])
    rows = StartPage.objects.filter(holder=Holder.USER, holder_id=user_id)
    if is_chosen:
        _point(Holder.USER, user_id, dashboard)
    else:
        rows.filter(dashboard_id=dashboard.pk).delete()
    return dashboard


@command("dashboards.dashboard.set_role_defaults", feature=ROLE_DEFAULTS, example=_role_default)
def set_role_defaults(dashboard_id: UUID, *, role_ids: Sequence[UUID]) -> Dashboard:
    """Put a dashboard on the start page of these roles and of no others.

    Raises RowNotFound, InvalidInput for an unknown role, NotShared for one that does not see the dashboard.
    """
    dashboard, wanted = seen_for_update(dashboard_id), demand_roles(role_ids)
    if not dashboard.is_shared and not set(wanted) <= set(dashboard.shared_roles):
        raise NotShared(errors=(FieldError("role_ids", NotShared.code, _("Share the dashboard with the role first.")),))
    former = StartPage.objects.filter(holder=Holder.ROLE, dashboard_id=dashboard.pk)
    held = former.values_list("holder_id", flat=True)
    _hold(Holder.ROLE, {*wanted, *held})
    former.exclude(holder_id__in=wanted).delete()
    for role_id in wanted:
        _point(Holder.ROLE, role_id, dashboard)
    return dashboard


def _hold(holder: Holder, ids: Sequence[UUID] | set[UUID]) -> None:
    """Let choices for the same holder follow one another."""
    hold_locks(f"start page {current_scope().tenant_id} {holder} {item}" for item in ids)


def _point(holder: Holder, holder_id: UUID, dashboard: Dashboard) -> None:
    row: StartPage | None = StartPage.objects.filter(holder=holder, holder_id=holder_id).first()
    if row is None:
        StartPage(holder=holder, holder_id=holder_id, dashboard=dashboard).save(force_insert=True)
    elif row.dashboard_id != dashboard.pk:
        row.dashboard = dashboard
        row.save(update_fields=["dashboard"])
