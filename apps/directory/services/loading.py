"""Organizations as commands take them: under the tree's lock, and only those that the actor may see."""

from __future__ import annotations

from uuid import UUID

from apps.directory.errors import ParentInactive, TopLevelRefused
from apps.directory.models import Organization
from apps.directory.selectors import sees_whole_tenant, visible_organizations
from apps.directory.tree_sql import TREE_LOCK
from apps.kernel.commands.loading import hold_lock, load_for_update
from apps.kernel.errors import InvalidInput, RowNotFound
from apps.kernel.references.validation import no_such_record
from apps.kernel.tenancy.scope import current_scope


def lock_tree() -> None:
    """Wait until no other change of the tenant's tree runs, and keep others out until this one commits."""
    hold_lock(f"{TREE_LOCK}{current_scope().tenant_id}")


def organization_for_update(organization_id: UUID) -> Organization:
    """The living organization, locked. Raises RowNotFound for a missing, deleted, foreign or hidden one."""
    if not visible_organizations().filter(pk=organization_id).exists():
        raise RowNotFound
    return load_for_update(Organization, organization_id)


def parent_for(parent_id: UUID | None) -> Organization | None:
    """What a node is to stand below; None is the top.

    Raises TopLevelRefused, InvalidInput for an organization that is not there, ParentInactive.
    """
    if parent_id is None:
        if not sees_whole_tenant():
            raise TopLevelRefused
        return None
    parent = visible_organizations().select_for_update(no_key=True, of=("self",)).filter(pk=parent_id).first()
    if parent is None:
        raise InvalidInput(errors=(no_such_record("parent_id"),))
    if not parent.is_active:
        raise ParentInactive(name=parent.name)
    return parent
