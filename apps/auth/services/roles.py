"""Roles and what they grant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from apps.auth.calculations import GrantList
from apps.auth.errors import RoleInUse, RoleInUseByKeys, SystemRoleFixed
from apps.auth.features import MANAGE_ACL, MANAGE_ROLES
from apps.auth.models import ApiKeyRole, Role, UserRole
from apps.auth.selectors import grants_of_role
from apps.auth.services.boundary import guarding_role, in_turn
from apps.auth.services.checks import demand_valid_name
from apps.auth.services.grants import wanted_list, write_role_acl
from apps.kernel.commands.declarations import command
from apps.kernel.commands.executor import demand_feature
from apps.kernel.commands.loading import keep_pointers_out, load_for_update
from apps.kernel.commands.running import note_bump
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged
from apps.kernel.commands.widening import across_organizations
from apps.kernel.ids import uuid7
from apps.kernel.references.usages import release
from apps.kernel.tenancy.scope import Scope, current_scope


def _new_role(scope: Scope) -> dict[str, Any]:
    return {"name": f"Example {uuid7().hex}"}


def _some_role(scope: Scope) -> dict[str, Any]:
    return {"role_id": create_role(**_new_role(scope)).pk}


def _renamed_role(scope: Scope) -> dict[str, Any]:
    return {**_some_role(scope), **_new_role(scope)}


def _role_with_grants(scope: Scope) -> dict[str, Any]:
    return {**_some_role(scope), "features": ["auth.users.view"]}


@command("auth.role.create", feature=MANAGE_ROLES, example=_new_role)
def create_role(
    *,
    name: str,
    features: Sequence[str] = (),
    is_super_admin: bool = False,
    organization_ids: Sequence[UUID] | Unchanged | None = UNCHANGED,
) -> Role:
    """Create a role; granting something with it needs the feature of `auth.role.set_acl` as well.

    Without `organization_ids` the role reaches as far as the actor does; None is every organization.
    Raises Duplicate for a name that is taken, GrantBeyondOwn, InvalidGrant.
    """
    in_turn()
    role = Role(name=name)
    demand_valid_name(role)
    own = current_scope().actor.access.organization_ids
    reach = own if isinstance(organization_ids, Unchanged) else organization_ids
    wanted = wanted_list(features, is_super_admin=is_super_admin, organization_ids=reach)
    if features or is_super_admin:
        demand_feature(current_scope(), MANAGE_ACL)
    with guarding_role(role.pk):
        role.save(force_insert=True)
        note_bump(role)  # its first version holds its grants
        write_role_acl(role, wanted)
    return role


@command("auth.role.update", feature=MANAGE_ROLES, example=_renamed_role)
def update_role(
    role_id: UUID,
    *,
    name: str | None = None,
    features: Sequence[str] | None = None,
    is_super_admin: bool | None = None,
    organization_ids: Sequence[UUID] | Unchanged | None = UNCHANGED,
) -> Role:
    """Change what is given; other grants need the feature of `auth.role.set_acl` as well.

    Raises Duplicate, GrantBeyondOwn, InvalidGrant, SuperAdminProtected.
    """
    in_turn()
    role = load_for_update(Role, role_id)
    former = grants_of_role(role.pk)
    wanted = _wanted(former, features, is_super_admin, organization_ids)
    with guarding_role(role.pk):
        if name is not None and name != role.name:
            role.name = name
            demand_valid_name(role)
            role.save(update_fields=["name"])
        if wanted != former:
            demand_feature(current_scope(), MANAGE_ACL)
            write_role_acl(role, wanted)
    return role


@command("auth.role.set_acl", feature=MANAGE_ACL, example=_role_with_grants)
def set_role_acl(
    role_id: UUID,
    *,
    features: Sequence[str] | None = None,
    is_super_admin: bool | None = None,
    organization_ids: Sequence[UUID] | Unchanged | None = UNCHANGED,
) -> Role:
    """Change what is given of the role's grants: `organization_ids` None is every organization, [] is none.

    Raises GrantBeyondOwn, InvalidGrant, SuperAdminProtected.
    """
    in_turn()
    role = load_for_update(Role, role_id)
    wanted = _wanted(grants_of_role(role.pk), features, is_super_admin, organization_ids)
    with guarding_role(role.pk):
        write_role_acl(role, wanted)
    return role


@command("auth.role.delete", feature=MANAGE_ROLES, example=_some_role)
def delete_role(role_id: UUID) -> None:
    """Delete a role that no living user and no working key has.

    Raises SystemRoleFixed, RoleInUse, RoleInUseByKeys, SuperAdminProtected, InUse with counts.
    """
    in_turn()
    role = load_for_update(Role, role_id)
    if role.system_key is not None:
        raise SystemRoleFixed
    keep_pointers_out(role)
    members = UserRole.objects.filter(role_id=role.pk)
    if count := members.filter(user__deleted_at__isnull=True).count():
        raise RoleInUse(count=count)
    keys = ApiKeyRole.objects.filter(role_id=role.pk)
    if count := keys.filter(api_key__revoked_at__isnull=True).count():
        raise RoleInUseByKeys(count=count)
    with guarding_role(role.pk):
        with across_organizations():  # prices of the role stand anywhere in the tenant
            release(Role.entity_id, [role.pk])
        members.delete()
        keys.delete()
        role.delete()


def _wanted(
    former: GrantList,
    features: Sequence[str] | None,
    is_super_admin: bool | None,
    organization_ids: Sequence[UUID] | Unchanged | None,
) -> GrantList:
    """The former list with what was given."""
    return wanted_list(
        former.features if features is None else features,
        is_super_admin=former.is_super_admin if is_super_admin is None else is_super_admin,
        organization_ids=former.organization_ids if isinstance(organization_ids, Unchanged) else organization_ids,
    )
