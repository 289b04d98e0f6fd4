"""What roles get by default, and the roles of a new tenant."""

from __future__ import annotations

from dataclasses import replace

from apps.auth.services.defaults import ADMIN, EMPLOYEE, SUPERADMIN, sync_role_defaults
from apps.kernel.access.grants import EVERYTHING
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, using_scope

default_role_features: dict[str, list[str]] = {
    SUPERADMIN: ["auth.*"],
    ADMIN: ["auth.*"],
    EMPLOYEE: [],
}


def on_tenant_created(scope: Scope) -> None:
    """Create the system roles with every module's defaults, as the system itself; safe to run again."""
    actor = Actor(ActorKind.SYSTEM, None, "system: set-up of roles", EVERYTHING, on_behalf_of=scope.actor.id)
    with using_scope(replace(scope, actor=actor)):
        sync_role_defaults()
