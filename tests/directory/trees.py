"""The organization tree as tests look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from apps.directory.models import Organization
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.support.scopes import House

Tree = Mapping[UUID, tuple[UUID | None, str, int, bool]]


def tree() -> Tree:
    """Parent, path, depth and life of every organization of the open scope's tenant, dead ones included."""
    with scoped_transaction():
        rows = Organization.objects.values_list("pk", "parent_id", "path", "depth", "deleted_at")
        return {pk: (parent, path, depth, gone is None) for pk, parent, path, depth, gone in rows}


def next_request(house: House) -> Scope:
    """The scope of the actor's next request: organizations may have come or gone."""
    with using_scope(house.scope()), scoped_transaction():
        return replace(house.scope(), organization_ids=service(OrganizationTree).all_living())


def faults(found: Tree) -> list[str]:
    """What is wrong with the tree, worked out from the parents alone."""
    wrong = []
    for pk, (parent, path, depth, alive) in found.items():
        above: list[UUID] = []
        step = parent
        while step is not None and len(above) <= len(found):
            above.append(step)
            step = found[step][0]
        if path != "".join(f"{item}/" for item in [*reversed(above), pk]) or depth != len(above):
            wrong.append(f"{pk} has path {path} and depth {depth} below {above}")
        if alive and parent is not None and not found[parent][3]:
            wrong.append(f"{pk} lives below the dead {parent}")
    return wrong
