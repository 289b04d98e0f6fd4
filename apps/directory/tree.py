"""The kernel's port `OrganizationTree`, answered from the table, or from memory for a version that still holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from apps.directory.calculations import Forest, in_tree_order
from apps.directory.models import Organization, Tenant, TenantStatus
from apps.kernel.commands.running import running_or_none
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.standings import Kept, Standing, standing_of

KEPT: Final = 1000


_kept: Kept[Forest] = Kept(KEPT)
_names: Kept[str] = Kept(KEPT)


class TreeAt:
    """The tree at the version that was read when it was asked for; the forest itself is loaded when needed."""

    def __init__(self, tenant_id: UUID, version: int | None, *, is_open: bool) -> None:
        self.tenant_id, self.version, self.is_open = tenant_id, version, is_open
        self._forest: Forest | None = None

    @property
    def forest(self) -> Forest:
        """The living organizations; inside the tenant's scope and a transaction when they are not known yet."""
        if self._forest is None:
            key = (self.tenant_id, self.version or 0)
            found = _kept.get(key) if self.version is not None else None
            self._forest = found or _loaded()
            if self.version is not None and found is None:
                _kept.put(key, self._forest)
        return self._forest

    @property
    def is_known(self) -> bool:
        """Say whether the forest is in memory."""
        return self._forest is not None or (self.version is not None and (self.tenant_id, self.version) in _kept)

    def subtree(self, organization_id: UUID) -> frozenset[UUID]:
        """A living organization and the living ones below it; empty for a dead or unknown one."""
        return self.forest.subtree(organization_id)

    def all_living(self) -> frozenset[UUID]:
        """Every living organization of the tenant."""
        return self.forest.all_living

    def is_active(self, organization_id: UUID) -> bool:
        """Say whether the organization lives and is switched on."""
        return organization_id in self.forest.active


class LivingTree:
    """Organizations of the open scope's tenant, whatever the scope itself sees."""

    def state(self, tenant_id: UUID, *, standing: Standing | None = None) -> TreeAt:
        """The tenant's tree as it stands now; at most one query, of the standing. Uncommitted changes count."""
        now = standing or standing_of(tenant_id)
        return TreeAt(tenant_id, None if running_or_none() else now.version, is_open=now.is_open)

    def subtree(self, organization_id: UUID) -> frozenset[UUID]:
        """A living organization and the living ones below it; empty for a dead or unknown one."""
        return self._now().subtree(organization_id)

    def all_living(self) -> frozenset[UUID]:
        """Every living organization of the tenant."""
        return self._now().all_living()

    def all_ever(self) -> frozenset[UUID]:
        """Every organization of the tenant, deleted ones too."""
        return self._now().forest.all_ever

    def paths(self, organization_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, ...]]:
        """Each of the living organizations with what lies above it: the topmost first, itself last."""
        forest = self._now().forest
        return {node: forest.path_to(node) for node in organization_ids if node in forest.paths}

    def is_active(self, organization_id: UUID) -> bool:
        """Say whether the organization lives and is switched on."""
        return self._now().is_active(organization_id)

    def tenant_is_open(self, tenant_id: UUID) -> bool:
        """Say whether the tenant may be worked in."""
        return self.state(tenant_id).is_open

    def tenant_exists(self, tenant_id: UUID) -> bool:
        """Say whether there is such a tenant, open or suspended; a deleted one is gone."""
        return Tenant.objects.filter(pk=tenant_id).exclude(status=TenantStatus.DELETED).exists()

    def tenant_name(self, tenant_id: UUID) -> str:
        """The tenant's name, remembered for as long as neither the tenant nor its tree changes."""
        key = (tenant_id, self.state(tenant_id).version)
        found = _names.get(key) if key[1] is not None else None
        if found is None:
            found = Tenant.objects.filter(pk=tenant_id).values_list("name", flat=True).first() or ""
            if key[1] is not None:
                _names.put(key, found)
        return found

    def known_names(self) -> Mapping[UUID, str]:
        """Names of the living organizations; nothing inside a command, which would read all of them for a few."""
        return {} if running_or_none() else self._now().forest.names

    def choices(self, allowed: frozenset[UUID]) -> list[tuple[UUID, str, int]]:
        """Id, name and depth of the allowed organizations that are switched on, in tree order.

        Depths begin at 0 with the topmost that is allowed.
        """
        forest = self._now().forest
        nodes = [forest.node(item) for item in allowed & forest.active]
        top = min((node.depth for node in nodes), default=0)
        return [(node.id, node.name, node.depth - top) for node in in_tree_order(nodes)]

    def _now(self) -> TreeAt:
        return self.state(current_scope().tenant_id)


def _loaded() -> Forest:
    rows = list(Organization.objects.values_list("pk", "name", "path", "is_active", "deleted_at"))
    living = {pk: (name, path, on) for pk, name, path, on, gone in rows if gone is None}
    return Forest(
        {pk: path for pk, (_name, path, _on) in living.items()},
        frozenset(pk for pk, (_name, _path, on) in living.items() if on),
        {pk: name for pk, (name, _path, _on) in living.items()},
        frozenset(row[0] for row in rows),
    )
