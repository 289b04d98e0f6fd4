"""The two owner columns: filled from the scope, and refusing any other owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models.lookups import Lookup

from apps.kernel.tenancy.errors import ForeignRow
from apps.kernel.tenancy.scope import current_scope

if TYPE_CHECKING:
    UUIDColumn = models.UUIDField[Any, Any]
    AnyLookup = Lookup[Any]
else:
    UUIDColumn = models.UUIDField
    AnyLookup = Lookup


class OwnerColumn(UUIDColumn):
    """A UUID without foreign key, never editable."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["editable"] = False
        super().__init__(**kwargs)

    def owner(self) -> UUID:
        """The owner that the open scope writes for."""
        raise NotImplementedError

    def admits(self, owner: UUID) -> bool:
        """Say whether the open scope may write a row of this owner."""
        raise NotImplementedError

    def pre_save(self, model_instance: models.Model, add: bool) -> UUID:
        """Fill the owner of a new row and refuse a foreign one."""
        value: UUID | None = getattr(model_instance, self.attname)
        if value is None:
            value = self.owner()
            setattr(model_instance, self.attname, value)
        elif not self.admits(value):
            raise ForeignRow
        return value


class TenantColumn(OwnerColumn):
    """`tenant_id`: the tenant of the open scope, and no other."""

    def owner(self) -> UUID:
        """The scope's tenant."""
        return current_scope().tenant_id

    def admits(self, owner: UUID) -> bool:
        """Only the scope's tenant."""
        return owner == current_scope().tenant_id


class OrganizationColumn(OwnerColumn):
    """`organization_id`: where the scope writes by default, any organization that it sees on demand."""

    def owner(self) -> UUID:
        """The scope's writing organization. Raises OrganizationRequired without one."""
        return current_scope().writing_organization()

    def admits(self, owner: UUID) -> bool:
        """Any organization that the scope sees."""
        return owner in current_scope().organization_ids


@OrganizationColumn.register_lookup
class AnyOf(AnyLookup):
    """`organization_id__any=[…]`: one array parameter, so the plan does not depend on how many there are."""

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Render `column = ANY(array)`."""
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s::uuid[])", [*params, list(self.rhs)]
