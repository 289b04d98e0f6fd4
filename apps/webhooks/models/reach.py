"""Rows of one organization or of the whole tenant: the column, and the manager that shows both."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db import models

from apps.kernel.tenancy.columns import OrganizationColumn
from apps.kernel.tenancy.managers import TenantManager
from apps.kernel.tenancy.scope import Scope

RowT = TypeVar("RowT", bound=models.Model)


class ReachColumn(OrganizationColumn):
    """The organization that a row is of; None is the whole tenant's. To migrations it is the kernel's column."""

    def pre_save(self, model_instance: models.Model, add: bool) -> UUID:
        """Refuse an organization that the scope does not see; None is said on purpose and stays."""
        if getattr(model_instance, self.attname) is None:
            return None  # type: ignore[return-value]
        return super().pre_save(model_instance, add)

    def deconstruct(self) -> Any:
        """Give the kernel's column, whose values it shares."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "apps.kernel.tenancy.columns.OrganizationColumn", args, kwargs


class ReachManager(TenantManager[RowT]):
    """Rows of the tenant itself, and of the organizations that the scope sees."""

    def _seen(self, scope: Scope) -> models.Q:
        seen = models.Q(organization_id__isnull=True) | models.Q(organization_id__any=sorted(scope.organization_ids))
        return super()._seen(scope) & seen
