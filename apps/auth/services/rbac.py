"""The services `auth.rbac` and `auth.roles`: the guards' own decision, and roles, for other modules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from apps.auth.calculations import spelled_out
from apps.auth.models import Role
from apps.auth.selectors import access_of, sees_organization
from apps.kernel.access.grants import NOTHING, Access
from apps.kernel.registry.features import demand_declared
from apps.kernel.tenancy.scope import current_scope


class StaffRbac:
    """Answers from today's roles and lists, in the scope's transaction."""

    def user_has_all_features(
        self, user_id: UUID, features: Iterable[str], *, tenant_id: UUID, organization_id: UUID | None = None
    ) -> bool:
        """Say whether the user holds every feature there; see the contract."""
        wanted = list(features)
        for feature in wanted:
            demand_declared(feature)
        access = _access_there(user_id, tenant_id, organization_id)
        return access is not None and all(access.allows(feature) for feature in wanted)

    def granted_features(
        self, user_id: UUID, *, tenant_id: UUID, organization_id: UUID | None = None
    ) -> frozenset[str]:
        """The user's grants there, good for the matcher; see the contract."""
        return spelled_out(_access_there(user_id, tenant_id, organization_id) or NOTHING)


class StoredRoles:
    """The service `auth.roles`."""

    def system_roles(self) -> Mapping[str, UUID]:
        """Ids of the system roles by key."""
        return dict(Role.objects.filter(system_key__isnull=False).values_list("system_key", "pk"))


def _access_there(user_id: UUID, tenant_id: UUID, organization_id: UUID | None) -> Access | None:
    """The user's access, None in another tenant and in an organization outside their list."""
    if tenant_id != current_scope().tenant_id:
        return None
    access = access_of(user_id)
    outside = organization_id is not None and not sees_organization(access, organization_id)
    return None if outside else access
