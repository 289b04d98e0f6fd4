"""A tenant keeps somebody who may do everything: nobody else could make a super admin again."""

from __future__ import annotations

from uuid import UUID

from apps.auth.errors import LastSuperAdmin
from apps.auth.models import User
from apps.auth.selectors import passes_every_check
from apps.kernel.access.grants import Access
from apps.kernel.tenancy.scope import ActorKind, current_scope


def demand_super_admin(*, but_for: UUID | None = None, by_other_roles_than: UUID | None = None) -> None:
    """Refuse a state in which no super admin can log in. The system itself is exempt: it makes the first one.

    Undo, which asks beforehand, leaves out the user or the role that it is about to change. Raises LastSuperAdmin.
    """
    if current_scope().actor.kind is ActorKind.SYSTEM:
        return
    users = User.objects.filter(is_active=True, is_confirmed=True, deleted_at__isnull=True).exclude(pk=but_for)
    if not users.filter(passes_every_check(except_by=by_other_roles_than)).exists():
        raise LastSuperAdmin


def demand_super_admin_after(before: Access, after: Access) -> None:
    """The same for a change that took the right away from somebody; any other one asks nothing."""
    if before.is_super_admin and not after.is_super_admin:
        demand_super_admin()
