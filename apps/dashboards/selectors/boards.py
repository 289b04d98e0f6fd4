"""Which dashboards the actor sees, which they may change, and which one stands on their start page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from apps.dashboards.features import SHARE
from apps.dashboards.models import Dashboard, Holder, StartPage
from apps.kernel.access.visible import is_unbound
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import ActorKind, current_scope

ROLE = "auth.role"


def own_id() -> UUID | None:
    """The id of the user or the API key that acts, or of the first actor behind a workflow; None for the house."""
    actor = current_scope().actor
    if actor.kind is ActorKind.SYSTEM:
        return None
    return actor.id if actor.kind in {ActorKind.STAFF, ActorKind.API_KEY} else actor.on_behalf_of


def visible_dashboards() -> QuerySet[Dashboard]:
    """Own dashboards and those shared with the actor; common ones too for whoever shares, all for super admins."""
    rows: QuerySet[Dashboard] = Dashboard.objects.all()
    scope = current_scope()
    if is_unbound(scope.actor):
        return rows
    seen = Q(is_shared=True)
    if (user_id := own_id()) is not None:
        seen |= Q(owner_id=user_id)
    if roles := sorted(scope.actor.access.role_ids):
        seen |= Q(shared_roles__overlap=roles)
    if scope.actor.access.allows(SHARE):
        seen |= Q(owner_id=None) | ~Q(shared_roles=[])
    return rows.filter(seen)


def listed_dashboards() -> QuerySet[Dashboard]:
    """Those of them that the actor is offered to look at: other people's private ones are not, whoever asks."""
    return visible_dashboards().filter(
        Q(owner_id=own_id()) | Q(owner_id=None) | Q(is_shared=True) | ~Q(shared_roles=[])
    )


def may_edit(dashboard: Dashboard) -> bool:
    """Say whether the actor may change the dashboard: their own, or a shared one where they may share."""
    scope = current_scope()
    if is_unbound(scope.actor):
        return True
    user_id = own_id()
    if user_id is not None and dashboard.owner_id == user_id:
        return True
    return scope.actor.access.allows(SHARE) and is_common(dashboard)


def is_common(dashboard: Dashboard) -> bool:
    """Say whether the dashboard is the house's own, or shared with anybody."""
    return dashboard.owner_id is None or dashboard.is_shared or bool(dashboard.shared_roles)


def start_dashboard() -> Dashboard | None:
    """The dashboard of the actor's start page: their own choice, else their roles'; None for the standard one.

    Of several roles the one whose choice was made last counts. One query.
    """
    user_id = own_id()
    if user_id is None:
        return None
    ids = sorted(current_scope().actor.access.role_ids)
    held = Q(holder=Holder.USER, holder_id=user_id) | Q(holder=Holder.ROLE, holder_id__in=ids)
    seen = Q(dashboard__is_shared=True) | Q(dashboard__owner_id=user_id) | Q(dashboard__shared_roles__overlap=ids)
    first = Case(When(holder=Holder.USER, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = StartPage.objects.filter(held).filter(seen).select_related("dashboard")
    found: StartPage | None = rows.order_by(first, "-updated_at", "-pk").first()
    return found.dashboard if found is not None else None


def chosen_dashboard() -> UUID | None:
    """The dashboard that the actor has chosen themselves, None for none."""
    rows = StartPage.objects.filter(holder=Holder.USER, holder_id=own_id())
    found: UUID | None = rows.values_list("dashboard_id", flat=True).first() if own_id() else None
    return found


def roles_starting_with(dashboard_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Dashboards and the roles whose start page they are."""
    found: dict[UUID, list[UUID]] = {}
    rows = StartPage.objects.filter(holder=Holder.ROLE, dashboard_id__in=list(dashboard_ids)).order_by("pk")
    for dashboard_id, role_id in rows.values_list("dashboard_id", "holder_id"):
        found.setdefault(dashboard_id, []).append(role_id)
    return found


def role_names() -> Mapping[UUID, str]:
    """The roles of the tenant by id, in the order of their names."""
    found = ENTITIES[ROLE].find("", limit=500) if ROLE in ENTITIES else []
    return dict(sorted(found, key=lambda pair: pair[1].casefold()))
