"""Managers and query sets that refuse to run outside a scope: the first of the two walls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.models import sql
from django.db.models.sql.compiler import SQLCompiler

from apps.kernel.bases.customs import demand_judged, give_claimed
from apps.kernel.tenancy.errors import ScopeMissing, ScopeNotApplied
from apps.kernel.tenancy.scope import Scope, scope_or_none
from apps.kernel.tenancy.transactions import applied_to

RowT = TypeVar("RowT", bound=models.Model)


def _demand_applied(model: type[models.Model], using: str) -> None:
    """Raise unless the database has been told the open scope; a silent empty answer would hide the fault."""
    scope = _demand_scope(model)
    if not applied_to(connections[using]).covers(scope):
        raise ScopeNotApplied(model=model._meta.label)


def _demand_scope(model: type[models.Model] | None) -> Scope:
    scope = scope_or_none()
    if scope is None:
        raise ScopeMissing(model=model._meta.label if model else "this query")
    return scope


class ScopedQuery(sql.Query):
    """A query that compiles only where the database sees the open scope."""

    def get_compiler(self, using: str | None = None, connection: Any = None, elide_empty: bool = True) -> SQLCompiler:
        """Hand out the compiler after the check."""
        alias = using or connection.alias
        if self.model is not None and not self.is_empty():
            _demand_applied(self.model, alias)
        compiler: SQLCompiler = super().get_compiler(using, connection, elide_empty)
        return compiler


class ScopedQuerySet(models.QuerySet[RowT], Generic[RowT]):
    """A query set whose writes make the same check as its reads."""

    def bulk_create(self, objs: Iterable[RowT], *args: Any, **kwargs: Any) -> list[RowT]:
        """Insert rows whose custom values are right. Raises InvalidInput."""
        rows = list(objs)
        demand_judged(rows)
        made: list[RowT] = super().bulk_create(rows, *args, **kwargs)
        give_claimed(rows)
        return made

    def bulk_update(self, objs: Iterable[RowT], fields: Iterable[str], *args: Any, **kwargs: Any) -> int:
        """Update rows whose custom values are right. Raises InvalidInput."""
        rows = list(objs)
        demand_judged(rows)
        changed: int = super().bulk_update(rows, fields, *args, **kwargs)
        give_claimed(rows)
        return changed

    def update(self, **kwargs: Any) -> int:
        """Update inside the scope only; custom values may be moved about by the database, not set past their rules."""
        _demand_applied(self.model, self.db)
        if "custom" in kwargs and not hasattr(kwargs["custom"], "resolve_expression"):
            raise TypeError("custom values are given to take(), which has them judged")
        return super().update(**kwargs)

    def _update(self, values: Any, *args: Any) -> int:
        _demand_applied(self.model, self.db)
        return super()._update(values, *args)  # type: ignore[misc,no-any-return]

    def _raw_delete(self, using: str | None) -> int:
        _demand_applied(self.model, using or self.db)
        return super()._raw_delete(using)

    def _insert(self, objs: Any, fields: Any, **kwargs: Any) -> Any:
        _demand_applied(self.model, kwargs.get("using") or self.db)
        return super()._insert(objs, fields, **kwargs)  # type: ignore[misc]


class TenantManager(models.Manager[RowT], Generic[RowT]):
    """Default manager of every tenant-owned model; refuses to run outside a scope."""

    use_in_migrations = False

    def get_queryset(self) -> ScopedQuerySet[RowT]:
        """Rows of the open scope's tenant. Raises ScopeMissing without a scope."""
        query = ScopedQuery(self.model)
        query.add_q(self._seen(_demand_scope(self.model)))  # as filter() does, without copies of what is new
        return ScopedQuerySet(self.model, query=query, using=self._db)

    def _seen(self, scope: Scope) -> models.Q:
        return models.Q(tenant_id=scope.tenant_id)


class OrganizationManager(TenantManager[RowT], Generic[RowT]):
    """Default manager of every organization-owned model: the tenant, and only the organizations seen."""

    def _seen(self, scope: Scope) -> models.Q:
        return models.Q(("tenant_id", scope.tenant_id), ("organization_id__any", sorted(scope.organization_ids)))
