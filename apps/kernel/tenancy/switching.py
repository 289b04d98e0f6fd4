"""Platform admins may work in any tenant, with a reason that the tenant's own history keeps."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from apps.kernel import clock
from apps.kernel.access.grants import Access
from apps.kernel.commands.declarations import command
from apps.kernel.commands.invocation import invoked
from apps.kernel.ports import OrganizationTree, ResolvedActor, TreeState
from apps.kernel.services import service
from apps.kernel.tenancy.errors import ReasonRequired, ScopeRefused, UnknownTenant
from apps.kernel.tenancy.scope import Actor, Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction

HEADER = "X-Tenant-Id"
REASON = "X-Tenant-Reason"
REMEMBERED = timedelta(hours=1)
PLATFORM_ACCESS = Access(is_super_admin=True, roles=frozenset({"platform_admin"}), organization_ids=None)


@command(
    "kernel.tenant.enter",
    open_reason="only the switch of a platform admin calls it",
    undoable=False,
    undo_reason=gettext_lazy("a visit cannot be taken back."),
)
def enter_tenant() -> None:
    """Write into the tenant's history that a platform admin came, and why."""


def switched_tenant(request: HttpRequest, found: ResolvedActor) -> tuple[UUID, Actor, TreeState]:
    """The tenant to work in, the actor there, and the tenant's tree.

    Raises ScopeRefused for a suspended tenant, UnknownTenant when an ordinary actor names another tenant or
    a platform admin a missing one, ReasonRequired without a reason.
    """
    wanted = _wanted(request) or found.tenant_id
    tree = service(OrganizationTree)
    if wanted == found.tenant_id:
        state = tree.state(wanted, standing=found.standing)
        if not state.is_open:
            raise ScopeRefused
        return wanted, found.actor, state
    if not is_platform_admin(found.actor.id) or not tree.tenant_exists(wanted):
        raise UnknownTenant
    visitor = Actor(found.actor.kind, found.actor.id, f"{found.actor.label} (platform)", PLATFORM_ACCESS)
    _record_visit(wanted, visitor, request.headers.get(REASON, "").strip())
    return wanted, visitor, tree.state(wanted)


def _wanted(request: HttpRequest) -> UUID | None:
    header = request.headers.get(HEADER)
    try:
        return UUID(header) if header else None
    except ValueError:
        raise UnknownTenant from None


def is_platform_admin(user_id: UUID | None) -> bool:
    """Say whether the user may switch into any tenant."""
    from apps.kernel.tenancy.models import PlatformAdmin  # noqa: PLC0415 - middleware loads before models

    return user_id is not None and PlatformAdmin.objects.filter(user_id=user_id).exists()


def _record_visit(tenant_id: UUID, visitor: Actor, reason: str) -> None:
    """One action an hour in the target tenant."""
    from apps.kernel.commands.models import Action  # noqa: PLC0415 - middleware loads before models

    if not reason:
        raise ReasonRequired
    with using_scope(Scope(tenant_id, None, frozenset(), visitor)):
        since = clock.now() - REMEMBERED
        with scoped_transaction():
            visits = Action.objects.filter(command="kernel.tenant.enter", actor_id=visitor.id, created_at__gte=since)
            known = visits.filter(reason=reason).exists()
        if not known:
            with invoked(reason=reason):
                enter_tenant()
