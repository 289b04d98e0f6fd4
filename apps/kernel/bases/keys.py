"""Foreign keys inside a module: composite in the database, so that they cannot cross tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    ForeignKeyBase = models.ForeignKey[Any, Any]
else:
    ForeignKeyBase = models.ForeignKey


class TenantForeignKey(ForeignKeyBase):
    """A foreign key between tables of one module; the migration's `TenantTable` adds `(tenant_id, key)`.

    A bare key would be checked past row-level security and could point to another tenant's row.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)
