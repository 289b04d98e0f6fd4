"""Writes of grants and memberships, inside the commands that own them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from apps.auth.calculations import GrantList
from apps.auth.models import Role, RoleAcl, User, UserAcl, UserRole
from apps.auth.selectors import grants_of_role, own_grants
from apps.auth.services.boundary import demand_valid_grants
from apps.auth.services.object_boundary import demand_reached_roles
from apps.kernel.commands.running import running
from apps.kernel.errors import InvalidInput
from apps.kernel.references.validation import no_such_record
from apps.kernel.tenancy.scope import current_scope


def write_roles(user: User, role_ids: Iterable[UUID]) -> None:
    """Make these the user's roles, no others. Raises InvalidInput for a role that is not there, GrantBeyondOwn."""
    wanted = set(role_ids)
    held = set(UserRole.objects.filter(user_id=user.pk).values_list("role_id", flat=True))
    fresh = wanted - held
    demand_roles(fresh)
    demand_reached_roles(current_scope().actor, fresh)
    UserRole.objects.filter(user_id=user.pk, role_id__in=held - wanted).delete()
    UserRole.objects.bulk_create([UserRole(user_id=user.pk, role_id=role_id) for role_id in sorted(fresh)])
    _bump(user)


def demand_roles(role_ids: Iterable[UUID]) -> None:
    """Refuse roles that are not there. Raises InvalidInput."""
    wanted = set(role_ids)
    if wanted and Role.objects.filter(pk__in=wanted).count() != len(wanted):
        raise InvalidInput(errors=(no_such_record("roles"),))


def write_role_acl(role: Role, wanted: GrantList) -> None:
    """Make this the role's list. Raises InvalidGrant."""
    demand_valid_grants(wanted, former=grants_of_role(role.pk))
    RoleAcl.objects.update_or_create(role_id=role.pk, defaults=_columns(wanted))
    _bump(role)


def write_user_acl(user: User, wanted: GrantList) -> None:
    """Make this the user's own list; an empty one is taken away. Raises InvalidGrant."""
    demand_valid_grants(wanted, former=own_grants(user.pk) or GrantList())
    if wanted == GrantList():
        UserAcl.objects.filter(user_id=user.pk).delete()
    else:
        columns = {**_columns(wanted), "denied_features": sorted(wanted.denied)}
        UserAcl.objects.update_or_create(user_id=user.pk, defaults=columns)
    _bump(user)


def wanted_list(
    features: Collection[str],
    *,
    denied: Collection[str] = (),
    is_super_admin: bool = False,
    organization_ids: Collection[UUID] | None = None,
) -> GrantList:
    """A list as a command was given it."""
    organizations = None if organization_ids is None else frozenset(organization_ids)
    return GrantList(frozenset(features), frozenset(denied), is_super_admin, organizations)


def _bump(root: Role | User) -> None:
    """Bump the version of the record whose grants changed, once in a command; the one in hand knows its version."""
    if (type(root), root.pk) not in running().outermost.bumped:
        root.save(update_fields=["updated_at"])


def _columns(wanted: GrantList) -> dict[str, object]:
    organizations = wanted.organization_ids
    return {
        "features": sorted(wanted.features),
        "is_super_admin": wanted.is_super_admin,
        "organization_ids": None if organizations is None else sorted(organizations),
    }
