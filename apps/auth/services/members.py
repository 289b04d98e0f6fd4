"""Users and keys that have a role, and what each may do: loaded for all of them at once, and judged by kinds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import models

from apps.auth.calculations import GrantList, Organizations, merged
from apps.auth.models import ApiKey, ApiKeyRole, Role, User, UserAcl, UserRole
from apps.auth.selectors import ACL_COLUMNS, OWN_LIST, grant_list, organization_set
from apps.auth.services.key_access import key_access, spread
from apps.kernel.access.grants import Access

RoleGrants = Mapping[UUID, GrantList]
NO_ROLES: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class UserHolding:
    """Roles and own list of a user; many users have the same."""

    roles: frozenset[UUID]
    own: GrantList | None

    def access(self, grants: RoleGrants) -> Access:
        """What they may do where the roles grant this; also those who cannot log in."""
        return merged([grants[role_id] for role_id in sorted(self.roles)], self.own)


@dataclass(frozen=True, slots=True)
class KeyHolding:
    """Roles, own features and list of organizations of an API key."""

    roles: frozenset[UUID]
    features: frozenset[str]
    organizations: Organizations

    def access(self, grants: RoleGrants) -> Access:
        """What the key may do where the roles grant this; also one that has expired."""
        held = [grants[role_id] for role_id in sorted(self.roles)]
        return spread(key_access(held, self.features, self.organizations))


def user_holdings(users: models.QuerySet[User]) -> dict[UUID, UserHolding]:
    """What each of the users has, by id; three queries however many there are."""
    ids = list(users.values_list("pk", flat=True))
    own = {row["user_id"]: row for row in _rows(UserAcl, users, "user_id", *ACL_COLUMNS, "denied_features")}
    roles = _grouped(UserRole.objects.filter(user__in=users).values_list("user_id", "role_id"))
    return {
        user_id: UserHolding(roles.get(user_id, NO_ROLES), _own_list(own[user_id]) if user_id in own else None)
        for user_id in ids
    }


def key_holdings(keys: models.QuerySet[ApiKey]) -> dict[UUID, KeyHolding]:
    """What each of the keys has, by id; two queries."""
    roles = _grouped(ApiKeyRole.objects.filter(api_key__in=keys).values_list("api_key_id", "role_id"))
    return {
        key_id: KeyHolding(roles.get(key_id, NO_ROLES), frozenset(features), organization_set(organizations))
        for key_id, features, organizations in keys.values_list("pk", "features", "organization_ids")
    }


def grants_of_roles() -> dict[UUID, GrantList]:
    """What each role of the tenant grants, by id; one query."""
    names = {f"acls__{name}": name for name in ACL_COLUMNS}
    rows = Role.objects.order_by("pk").values("pk", "name", "system_key", *names)
    return {
        row["pk"]: grant_list(
            {short: row[name] for name, short in names.items()},
            source=f"role {row['name']}",
            system_key=row["system_key"] or "",
        )
        for row in rows
    }


def changes_by_role(role_id: UUID, *, before: GrantList, after: GrantList) -> list[tuple[Access, Access]]:
    """What becomes of everybody with the role when its list changes: access before and after, each pair once.

    Deleted users are left out, because coming back they are judged anew; so are revoked keys, which never do.
    """
    users = User.objects.filter(memberships__role_id=role_id, deleted_at__isnull=True)
    keys = ApiKey.objects.filter(memberships__role_id=role_id, revoked_at__isnull=True)
    found: set[UserHolding | KeyHolding] = {*user_holdings(users).values(), *key_holdings(keys).values()}
    if not found:
        return []
    grants = grants_of_roles()
    former, later = ({**grants, role_id: _named(item, grants.get(role_id))} for item in (before, after))
    return [(holding.access(former), holding.access(later)) for holding in found]


def _named(item: GrantList, known: GrantList | None) -> GrantList:
    return replace(item, source=known.source, system_key=known.system_key) if known else item


def _own_list(row: Mapping[str, Any]) -> GrantList:
    return grant_list(row, source=OWN_LIST)


def _rows(model: Any, users: models.QuerySet[User], *columns: str) -> Iterable[dict[str, Any]]:
    rows: Iterable[dict[str, Any]] = model.objects.filter(user__in=users).values(*columns)
    return rows


def _grouped(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID, frozenset[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for holder, role_id in pairs:
        found[holder].add(role_id)
    return {holder: frozenset(roles) for holder, roles in found.items()}
