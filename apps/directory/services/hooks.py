"""The set-up hooks of all modules: functions of `(scope)` in their `setup.py`, safe to run twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from apps.kernel.access.grants import EVERYTHING
from apps.kernel.ports import OrganizationTree
from apps.kernel.registry.modules import declared_file, modules
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, current_scope, in_organization, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction


def equip_tenant(reason: str) -> None:
    """Run `on_tenant_created`, then `seed_defaults`, of every module, in the order in which they require each other.

    Each hook sees every organization that exists by then and writes to none of them by default.
    """
    for name in ("on_tenant_created", "seed_defaults"):
        for hook in _declared(name):
            seen = service(OrganizationTree).all_living()
            _run(hook, replace(_system(reason), organization_id=None, organization_ids=seen))


def equip_organization(organization_id: UUID, reason: str) -> None:
    """Run `on_organization_created` of every module, in a scope that writes to the new organization."""
    scope = replace(_system(reason), organization_ids=frozenset())
    for hook in _declared("on_organization_created"):
        _run(hook, in_organization(scope, organization_id))


def furnish_examples(reason: str) -> None:
    """Run `seed_examples` of every module, for a demonstration; each hook's commands commit one by one."""
    seen = current_scope().organization_ids
    for hook in _declared("seed_examples"):
        with using_scope(replace(_system(reason), organization_id=None, organization_ids=seen)):
            hook(current_scope())


def equipment() -> frozenset[str]:
    """Entity ids that modules name in `organization_equipment`: rows that go with their organization."""
    return frozenset(entity for listed in _declared("organization_equipment") for entity in listed)


def _declared(name: str) -> list[Any]:
    files = [declared_file(config, "setup") for config in modules()]
    found = [getattr(file, name, None) for file in files if file is not None]
    return [item for item in found if item is not None]


def _run(hook: Any, scope: Scope) -> None:
    with using_scope(scope), scoped_transaction():
        hook(scope)


def _system(reason: str) -> Scope:
    """The open scope with the house itself as actor: who may create an organization need not manage currencies."""
    scope = current_scope()
    actor = Actor(ActorKind.SYSTEM, None, f"system: {reason}", EVERYTHING, on_behalf_of=scope.actor.id)
    return replace(scope, actor=actor)
