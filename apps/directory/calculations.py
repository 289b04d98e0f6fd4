"""Handles, tree order and currency codes: pure functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from babel.core import get_global

from apps.kernel.words import slug_of


def organization_slug(tenant_slug: str, name: str, *, longest: int) -> str:
    """The first suggestion for an organization: the tenant's handle and the name, once each."""
    own = slug_of(name, longest=longest)
    if not own or own == tenant_slug or own.startswith(f"{tenant_slug}-"):
        return own or tenant_slug
    return f"{tenant_slug}-{own}"[:longest].rstrip("-")


def is_tender(code: str) -> bool:
    """Say whether a currency (ISO 4217) is legal tender somewhere today, as CLDR has it."""
    return any(
        tender and end is None and code == found
        for currencies in get_global("territory_currencies").values()
        for found, _start, end, tender in currencies
    )


@dataclass(frozen=True, slots=True)
class Node:
    """One organization of a tree that is to be put in order."""

    id: UUID
    parent_id: UUID | None
    name: str
    depth: int


def in_tree_order(nodes: Iterable[Node]) -> list[Node]:
    """Parents before children, brothers and sisters by name; who has no parent in the list counts as a root."""
    listed = list(nodes)
    present = {node.id for node in listed}
    below: dict[UUID | None, list[Node]] = defaultdict(list)
    for node in sorted(listed, key=lambda node: (node.name.casefold(), node.id), reverse=True):
        below[node.parent_id if node.parent_id in present else None].append(node)
    ordered: list[Node] = []
    pending = below[None]
    while pending:
        node = pending.pop()
        ordered.append(node)
        pending = [*pending, *below[node.id]]
    return ordered


@dataclass(frozen=True)
class Forest:
    """Living organizations of a tenant, as they stood at one version: paths and names by id, who is switched on.

    `all_ever` are the ids of the deleted ones, too.
    """

    paths: Mapping[UUID, str]
    active: frozenset[UUID]
    names: Mapping[UUID, str]
    all_ever: frozenset[UUID]

    @cached_property
    def all_living(self) -> frozenset[UUID]:
        """Every id."""
        return frozenset(self.paths)

    @cached_property
    def _below(self) -> Mapping[str, frozenset[UUID]]:
        found: dict[str, set[UUID]] = {}
        for node, path in self.paths.items():
            for above in path.rstrip("/").split("/"):
                found.setdefault(above, set()).add(node)
        return {above: frozenset(nodes) for above, nodes in found.items()}

    def subtree(self, organization_id: UUID) -> frozenset[UUID]:
        """The organization and everything below it; empty for one that does not live."""
        return self._below.get(str(organization_id), frozenset()) if organization_id in self.paths else frozenset()

    def node(self, organization_id: UUID) -> Node:
        """The living organization with its place in the tree. Raises KeyError for one that is dead."""
        *above, own = self.path_to(organization_id)
        return Node(own, above[-1] if above else None, self.names[own], len(above))

    def path_to(self, organization_id: UUID) -> tuple[UUID, ...]:
        """The living organization and everything above it, the topmost first. Raises KeyError for one that is dead."""
        return tuple(UUID(above) for above in self.paths[organization_id].rstrip("/").split("/"))
