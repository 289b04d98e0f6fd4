"""What users may do: loaded from roles and own lists, and kept per process for one version of the tenant's access."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from threading import Lock
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from apps.auth.calculations import GrantList, merged
from apps.auth.models import AccessVersion, Role, RoleAcl, User, UserAcl
from apps.kernel.access.grants import NOTHING, Access, Decision
from apps.kernel.commands.models import Action
from apps.kernel.extensions.periods import Period
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.models import HandleIndex
from apps.kernel.tenancy.scope import Actor, current_scope
from apps.kernel.tenancy.selection import allowed_organizations

OWN_LIST = "the user's own list"
ACL_COLUMNS = ("features", "is_super_admin", "organization_ids")
OWN_COLUMNS = (*(f"acls__{name}" for name in (*ACL_COLUMNS, "denied_features")), "acls__id", "is_active", "deleted_at")
HANDLE_KIND = "slug"
LOG_IN = "auth.user.log_in"  # the command that writes a log-in down
_CAPACITY = 10_000


class _Cache:
    """Access by tenant, user and version; the least recently loaded goes first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[UUID, UUID, int], Access] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[UUID, UUID, int]) -> Access | None:
        return self._kept.get(key)

    def put(self, key: tuple[UUID, UUID, int], access: Access) -> None:
        with self._lock:
            self._kept[key] = access
            if len(self._kept) > _CAPACITY:
                self._kept.popitem(last=False)


_cache = _Cache()


def access_of(user_id: UUID, *, even_inactive: bool = False) -> Access:
    """What the user may do now, in two queries; nothing for an unknown, deleted or inactive one."""
    own = User.objects.filter(pk=user_id).values(*OWN_COLUMNS).first()
    if own is None or not (even_inactive or _works(own)):
        return NOTHING
    return merged(role_grants(user_id), _own_grants(own))


def access_at(user_id: UUID, version: int) -> Access:
    """The user's access for a version of the tenant's grants that was read before, in a committed state."""
    key = (current_scope().tenant_id, user_id, version)
    found = _cache.get(key)
    if found is None:
        found = access_of(user_id)
        _cache.put(key, found)
    return found


def access_version(tenant_id: UUID) -> int:
    """The counter of the tenant's grants; 0 before the first one."""
    found: int | None = AccessVersion.objects.filter(pk=tenant_id).values_list("version", flat=True).first()
    return found or 0


def role_grants(user_id: UUID) -> list[GrantList]:
    """Grants of the user's roles, one query."""
    columns = ("pk", "name", "system_key", *(f"acls__{name}" for name in ACL_COLUMNS))
    rows = Role.objects.filter(memberships__user_id=user_id).order_by("name").values(*columns)
    return [
        replace(
            grant_list(_without_prefix(row), source=f"role {row['name']}", system_key=row["system_key"] or ""),
            role_id=row["pk"],
        )
        for row in rows
    ]


def own_grants(user_id: UUID) -> GrantList | None:
    """The user's own list, None when they have none."""
    row = UserAcl.objects.filter(user_id=user_id).values(*ACL_COLUMNS, "denied_features").first()
    return grant_list(row) if row else None


def grants_of_role(role_id: UUID) -> GrantList:
    """What the role grants; nothing when it has no list yet."""
    row = RoleAcl.objects.filter(role_id=role_id).values(*ACL_COLUMNS).first()
    return grant_list(row) if row else GrantList(organization_ids=frozenset())


def grant_list(columns: Mapping[str, Any], *, source: str = "", system_key: str = "") -> GrantList:
    """Read a list from the columns of its row or of its row image, where ids are texts; no row grants nothing."""
    if columns["features"] is None:
        return GrantList(organization_ids=frozenset(), source=source, system_key=system_key)
    return GrantList(
        features=frozenset(columns["features"] or ()),
        denied=frozenset(columns.get("denied_features") or ()),
        is_super_admin=bool(columns["is_super_admin"]),
        organization_ids=organization_set(columns["organization_ids"]),
        source=source,
        system_key=system_key,
    )


def passes_every_check(*, except_by: UUID | None = None) -> Q:
    """Users who are super admins by their own list or by a role, other than the role `except_by`."""
    by_list = UserAcl.objects.filter(user_id=OuterRef("pk"), is_super_admin=True)
    by_role = RoleAcl.objects.filter(role__memberships__user_id=OuterRef("pk"), is_super_admin=True)
    return Q(Exists(by_list)) | Q(Exists(by_role.exclude(role_id=except_by) if except_by else by_role))


def organization_set(ids: Iterable[Any] | None) -> frozenset[UUID] | None:
    """The ids as a set of UUIDs; None stays None."""
    return None if ids is None else frozenset(item if isinstance(item, UUID) else UUID(item) for item in ids)


def tenant_named(name: str | UUID) -> UUID | None:
    """The tenant of an id or of an organization's handle; None for neither. Needs no scope."""
    if isinstance(name, UUID):
        return name
    try:
        return UUID(name)
    except ValueError:
        named = HandleIndex.objects.filter(kind=HANDLE_KIND, value=encodable(name).strip().lower())
        tenant_id: UUID | None = named.values_list("tenant_id", flat=True).first()
        return tenant_id


def users_named(name: str) -> list[User]:
    """Living users of the scope with this id or e-mail address: one or none."""
    living = User.objects.filter(deleted_at__isnull=True)
    try:
        return list(living.filter(pk=UUID(name)))
    except ValueError:
        return list(living.filter(email=encodable(name)))


def encodable(text: str) -> str:
    """The text with a question mark for every character that no encoding has."""
    return text.encode(errors="replace").decode()


def explain(user_id: UUID, feature: str) -> Decision:
    """Which grant or rule decides about the feature for the user; the same path as the check."""
    return access_of(user_id).explain(feature)


def sees_organization(access: Access, organization_id: UUID) -> bool:
    """Say whether the organization stands in the list of the access, or below one that does."""
    return access.organization_ids is None or organization_id in visible_organizations(access)


def visible_organizations(access: Access) -> frozenset[UUID]:
    """Organizations of the list and everything living below them; all living ones without a list."""
    actor = Actor(current_scope().actor.kind, None, "", access)
    return allowed_organizations(actor, service(OrganizationTree)) | (access.organization_ids or frozenset())


def users_signing_in(period: Period) -> dict[date, int]:
    """How many different users signed in, by the first days of the period's stretches."""
    rows = Action.objects.filter(period.during("created_at"), command=LOG_IN, parent_id=None).order_by()
    counted = rows.annotate(bucket=period.bucket("created_at")).values_list("bucket")
    return dict(counted.annotate(count=Count("resource_id", distinct=True)))


def _works(row: Mapping[str, Any]) -> bool:
    return bool(row["is_active"]) and row["deleted_at"] is None


def _own_grants(row: Mapping[str, Any]) -> GrantList | None:
    return grant_list(_without_prefix(row), source=OWN_LIST) if row["acls__id"] is not None else None


def _without_prefix(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removeprefix("acls__"): value for name, value in row.items()}
