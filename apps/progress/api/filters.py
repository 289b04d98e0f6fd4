"""Filters of the list of long jobs beside those of its columns."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from apps.kernel.api.filters import ClaimFilter, FilterSet
from apps.progress.selectors import owned


class JobFilter(FilterSet):
    """`is_own`: jobs of the caller, or those of others."""

    is_own = ClaimFilter(method="narrow")

    def narrow(self, rows: QuerySet[Any], name: str, wanted: bool) -> QuerySet[Any]:
        """Rows that the caller asked for, or the others."""
        return rows.filter(owned()) if wanted else rows.exclude(owned())
