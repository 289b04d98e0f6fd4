"""Users, roles, memberships and grants as kinds of record; undo of them passes the grant boundary."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.models import Permission

from apps.auth.calculations import GrantList, gain, merged, role_access
from apps.auth.features import MANAGE_ACL, MANAGE_USERS
from apps.auth.models import ApiKey, ApiKeyRole, Role, RoleAcl, RoleGrant, User, UserAcl, UserGrant, UserRole
from apps.auth.models.grants import level_of
from apps.auth.selectors import access_of, grant_list, grants_of_role, own_grants, role_grants
from apps.auth.services.boundary import (
    demand_grantable,
    demand_members_grantable,
    demand_reachable,
    demand_touchable,
    demand_visible_home,
    is_unbounded,
)
from apps.auth.services.key_restoring import judge_api_key, judge_api_key_role
from apps.auth.services.last_super_admin import demand_super_admin
from apps.auth.services.object_access import record_of
from apps.auth.services.object_boundary import demand_own_reach, demand_reached_roles, demand_reached_user
from apps.kernel.access.grants import NOTHING, Access
from apps.kernel.access.visible import demand_changeable
from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.errors import FeatureRequired, RowNotFound
from apps.kernel.registry.entities import Image, entity
from apps.kernel.tenancy.scope import Actor, current_scope

EMPTY = GrantList(organization_ids=frozenset())
# Columns that may differ where a user only moved: a saved address has another ciphertext and the same digest.
NO_CHANGE = frozenset({"home_organization_id", "version", "updated_at", "email"})


def judge_user(before: Image | None, after: Image | None, actor: Actor) -> None:
    """A user who could log in again gets all their grants; another address hands the account over.

    A home alone is no grant: it comes back with its organization, whoever lives there.
    """
    image = before or after or {}
    user_id = UUID(image["id"])
    if _is_usable(before) and not _is_usable(after) and access_of(user_id).is_super_admin:
        demand_super_admin(but_for=user_id)
    if is_unbounded(actor):
        return
    if before and after and _only_moves(before, after):
        demand_visible_home(actor, _id(after["home_organization_id"]))
        return
    access = access_of(user_id, even_inactive=True)
    demand_reachable(actor, user_id=user_id, home=_id(image["home_organization_id"]))
    demand_touchable(actor, access)
    if after is None:
        return
    if before is None or before["home_organization_id"] != after["home_organization_id"]:
        demand_visible_home(actor, _id(after["home_organization_id"]))
    becomes_usable = _is_usable(after) and not _is_usable(before)
    changes_hands = before is not None and before["email_digest"] != after["email_digest"] and user_id != actor.id
    if becomes_usable or changes_hands:
        demand_reached_user(actor, user_id)
        demand_grantable(actor, before=NOTHING, after=access)


def judge_role(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Roles of super admins are theirs to change; the grants have images of their own."""
    if is_unbounded(actor):
        return
    image = before or after or {}
    demand_touchable(actor, role_access(grants_of_role(UUID(image["id"]))))


def judge_role_acl(before: Image | None, after: Image | None, actor: Actor) -> None:
    """The restored list may hold no more than the actor, nor bring anybody who has the role to hold more."""
    former, restored = _list(before), _list(after)
    role_id = UUID((before or after or {})["role_id"])
    if former.is_super_admin and not restored.is_super_admin:
        demand_super_admin(by_other_roles_than=role_id)
    if is_unbounded(actor):
        return
    demand_touchable(actor, role_access(former))
    _demand_restorable(actor, MANAGE_ACL, before=role_access(former), after=role_access(restored))
    demand_members_grantable(actor, role_id, before=former, after=restored)


def judge_user_acl(before: Image | None, after: Image | None, actor: Actor) -> None:
    """The restored list, together with the user's roles of today, may not add more than the actor holds."""
    user_id = UUID((before or after or {})["user_id"])
    roles = role_grants(user_id)
    former = merged(roles, _list(before) if before else None)
    restored = merged(roles, _list(after) if after else None)
    if former.is_super_admin and not restored.is_super_admin:
        demand_super_admin(but_for=user_id)
    if is_unbounded(actor):
        return
    demand_touchable(actor, access_of(user_id, even_inactive=True))
    _demand_restorable(actor, MANAGE_ACL, before=former, after=restored)


def judge_membership(before: Image | None, after: Image | None, actor: Actor) -> None:
    """A restored membership may give neither the role's grants nor its organizations beyond the actor's own."""
    image = before or after or {}
    user_id, role = UUID(image["user_id"]), grants_of_role(UUID(image["role_id"]))
    if after is None and role.is_super_admin:
        demand_super_admin(but_for=user_id)
    if is_unbounded(actor):
        return
    demand_touchable(actor, access_of(user_id, even_inactive=True))
    if after is None:
        return
    roles, own = role_grants(user_id), own_grants(user_id)
    demand_reached_roles(actor, [UUID(image["role_id"])])
    _demand_restorable(actor, MANAGE_USERS, before=NOTHING, after=role_access(role))
    _demand_restorable(actor, MANAGE_USERS, before=merged(roles, own), after=merged([*roles, role], own))
    if role == EMPTY:  # it may come back with the same undo, and its list is judged without this member
        demand_grantable(actor, before=NOTHING, after=merged(roles, own))


def judge_object_grant(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Whoever takes back a grant on a record, or the taking away of one, must be able to change the record.

    Grants on records that are gone, or whose module is, open nothing.
    """
    if is_unbounded(actor):
        return
    image = after or before or {}
    record = record_of(image["content_type_id"], UUID(image["object_pk"]))
    if record is None:
        return
    if getattr(record, "organization_id", None) not in {None, *current_scope().organization_ids}:
        raise RowNotFound
    demand_changeable(record, actor)
    if after is not None:
        sharing = COMMANDS.get(
            f"{getattr(record, 'entity_id', '')}.share"
        )  # a kind may have a command for it that needs less
        feature = MANAGE_ACL if sharing is None else sharing.feature
        if not actor.access.allows(feature):
            raise FeatureRequired(feature=feature)
        demand_own_reach(actor, record, level_of(Permission.objects.get(pk=image["permission_id"])))


def _demand_restorable(actor: Actor, feature: str, *, before: Access, after: Access) -> None:
    if not gain(before, after):
        return
    if not actor.access.allows(feature):
        raise FeatureRequired(feature=feature)
    demand_grantable(actor, before=before, after=after)


def _only_moves(before: Image, after: Image) -> bool:
    return all(before.get(name) == after.get(name) for name in {*before, *after} - NO_CHANGE)


def _list(image: Any) -> GrantList:
    return grant_list(image) if image else EMPTY


def _is_usable(image: Image | None) -> bool:
    return bool(image and image["is_active"] and image["is_confirmed"] and image["deleted_at"] is None)


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None


entity(User, icon="person", search=("name",), validate_restore=judge_user, is_sensitive=True)
entity(Role, icon="badge", search=("name",), validate_restore=judge_role)
entity(RoleAcl, icon="key", named_by=("role",), validate_restore=judge_role_acl)
entity(UserAcl, icon="key", named_by=("user",), validate_restore=judge_user_acl)
entity(UserRole, icon="group", named_by=("user", "role"), validate_restore=judge_membership)
entity(ApiKey, icon="vpn_key", search=("name",), validate_restore=judge_api_key)
entity(ApiKeyRole, icon="vpn_key", named_by=("api_key", "role"), validate_restore=judge_api_key_role)
entity(UserGrant, icon="lock_person", named_by=("user",), validate_restore=judge_object_grant)
entity(RoleGrant, icon="lock_person", named_by=("role",), validate_restore=judge_object_grant)
