"""How tenants' fields of one key are read: an index serves those that are read in the same way."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.apps import apps

from apps.entities.contracts import FieldBook, FieldDefinition
from apps.entities.selectors.columns import reader_of
from apps.kernel.services import service
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import scoped_transaction

REASON = "indexes of custom fields"


def readers_in_use(entity: str, key: str) -> set[str]:
    """Functions that read this key for some tenant; those that no index serves are left out."""
    return {reader for field in _fields(entity, key) if (reader := reader_of(field))}


def _fields(entity: str, key: str) -> Iterator[FieldDefinition]:
    for tenant_id in _tenants():
        with system_scope(tenant_id, REASON), scoped_transaction():
            yield from (item for item in service(FieldBook).fields_of(entity) if item.key == key)


def _tenants() -> list[UUID]:
    model = apps.get_model("directory.Tenant")
    return list(model._default_manager.order_by("pk").values_list("pk", flat=True))
