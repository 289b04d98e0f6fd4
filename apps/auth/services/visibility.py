"""Which users and roles somebody is shown: super admins are shown to each other, users to who sees their home."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.auth.models import Role, RoleAcl, User
from apps.auth.selectors import passes_every_check, visible_organizations
from apps.auth.services.boundary import is_exempt
from apps.kernel.tenancy.scope import Actor, current_scope


def only_visible_users(rows: QuerySet[User], actor: Actor | None = None) -> QuerySet[User]:
    """The users whom the actor (None: the scope's) may see; everybody sees themselves. One condition, no query more.

    Who is held to organizations sees users at home there, as those are the ones within reach.
    """
    acting = actor or current_scope().actor
    shown = Q()
    if not (is_exempt(acting) or acting.access.is_super_admin):
        shown &= ~passes_every_check()
    if not is_exempt(acting) and acting.access.organization_ids is not None:
        shown &= Q(home_organization_id__in=sorted(visible_organizations(acting.access)))
    return rows.filter(shown | Q(pk=acting.id)) if shown else rows


def only_visible_roles(rows: QuerySet[Role], actor: Actor | None = None) -> QuerySet[Role]:
    """The roles that the actor (None: the scope's) may see: those of super admins are shown to super admins."""
    acting = actor or current_scope().actor
    if is_exempt(acting) or acting.access.is_super_admin:
        return rows
    return rows.filter(~Exists(RoleAcl.objects.filter(role_id=OuterRef("pk"), is_super_admin=True)))
