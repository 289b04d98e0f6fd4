"""Case-blind text look-ups as escaped ILIKE, the form that a trigram index serves under row-level security.

Django writes `UPPER(column::text) LIKE UPPER(value)`, which no index on the column serves.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.lookups import IContains, IEndsWith, IExact, IStartsWith


class _ILike:
    """`%` and `_` in the value are literal; an expression as value is left to Django."""

    pattern = "%s"
    rhs: Any
    lhs: Any

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """Render `column ILIKE pattern`."""
        if not isinstance(self.rhs, str):
            return super().as_sql(compiler, connection)  # type: ignore[misc]
        left, params = compiler.compile(self.lhs)
        return f"{left} ILIKE %s", [*params, self.pattern % connection.ops.prep_for_like_query(self.rhs)]


class ILikeContains(_ILike, IContains):
    """`name__icontains`."""

    pattern = "%%%s%%"


class ILikeStartsWith(_ILike, IStartsWith):
    """`name__istartswith`."""

    pattern = "%s%%"


class ILikeEndsWith(_ILike, IEndsWith):
    """`name__iendswith`."""

    pattern = "%%%s"


class ILikeExact(_ILike, IExact):
    """`name__iexact`."""


def register_lookups() -> None:
    """Give text columns these look-ups in place of Django's."""
    for lookup in (ILikeContains, ILikeStartsWith, ILikeEndsWith, ILikeExact):
        models.CharField.register_lookup(lookup)
        models.TextField.register_lookup(lookup)
