"""What API keys may do: their roles and own features together, in the organizations that the key's list leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from uuid import UUID

from apps.auth.calculations import GrantList, Organizations, merged
from apps.auth.models import ApiKey, ApiKeyRole, Role
from apps.auth.selectors import ACL_COLUMNS, grant_list, organization_set, visible_organizations
from apps.kernel.access.grants import NOTHING, Access
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service

OWN_FEATURES = "the key's own features"
CACHED_KEYS = 10_000


def key_grants(key_id: UUID) -> list[GrantList]:
    """Grants of the key's roles, one query."""
    columns = ("name", "system_key", *(f"acls__{name}" for name in ACL_COLUMNS))
    rows = Role.objects.filter(key_memberships__api_key_id=key_id).order_by("name").values(*columns)
    return [
        grant_list(
            {name: row[f"acls__{name}"] for name in ACL_COLUMNS},
            source=f"role {row['name']}",
            system_key=row["system_key"] or "",
        )
        for row in rows
    ]


def roles_of_key(key_id: UUID) -> list[UUID]:
    """Ids of the key's roles."""
    return list(ApiKeyRole.objects.filter(api_key_id=key_id).values_list("role_id", flat=True))


def key_access(roles: Sequence[GrantList], features: Iterable[str], organizations: Organizations) -> Access:
    """Access of a key with these roles, own features and list of organizations.

    Roles bring their organizations, own features bring none. The list cuts what the roles reach and adds nothing;
    without roles it says alone where the own features hold, None everywhere.
    """
    own = GrantList(frozenset(features), organization_ids=frozenset(), source=OWN_FEATURES)
    opened = merged([*roles, own], None)
    reach = opened.organization_ids if roles else None
    return replace(opened, organization_ids=overlap(organizations, reach))


def overlap(one: Organizations, other: Organizations) -> Organizations:
    """Organizations that both lists reach; each reaches what lies below its own, None reaches all."""
    if one is None:
        return other
    if other is None or one <= other:
        return one
    if other <= one:
        return other
    return one & _below(other) | other & _below(one)


def _below(organizations: Iterable[UUID]) -> frozenset[UUID]:
    tree = service(OrganizationTree)
    return frozenset[UUID]().union(*(tree.subtree(item) for item in organizations))


def access_of_key(key_id: UUID) -> Access:
    """What the key may do by its roles and lists of now, whether or not it can be used; two queries."""
    row = ApiKey.objects.filter(pk=key_id).values("features", "organization_ids").first()
    if row is None:
        return NOTHING
    return key_access(key_grants(key_id), row["features"], organization_set(row["organization_ids"]))


@lru_cache(maxsize=CACHED_KEYS)
def key_grants_at(tenant_id: UUID, key_id: UUID, version: int) -> tuple[GrantList, ...]:
    """The grants of the key's roles at a version of the tenant's access that was read before, in a committed state."""
    return tuple(key_grants(key_id))


def spread(access: Access) -> Access:
    """The same access with its organizations spelled out, so that a smaller one is not taken for another one."""
    if access.organization_ids is None:
        return access
    return replace(access, organization_ids=visible_organizations(access))
