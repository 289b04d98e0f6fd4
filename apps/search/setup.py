"""What roles get from the search module, and the index of a new tenant."""

from __future__ import annotations

from collections.abc import Mapping

from apps.kernel.tenancy.scope import Scope
from apps.search.selectors.kinds import installed_kinds
from apps.search.services.drift import schedule_check
from apps.search.services.rebuilding import begin_rebuild, index_of

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("search.*",),
    "admin": ("search.*",),
    "employee": ("search.view",),
}


def seed_defaults(scope: Scope) -> None:
    """Have the index made of what is there already, and compared every night."""
    for entity in installed_kinds():
        if not index_of(entity).is_built:
            begin_rebuild(entity)
    schedule_check(scope.tenant_id)
