"""Filters of exchange rates beside those of their columns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from apps.kernel.api.filters import FilterSet, MomentFilter
from apps.kernel.bases.bitemporal import known_at


class RateFilter(FilterSet):
    """`known_at`: the rates as they were known at a moment, in place of those that count today."""

    known_at = MomentFilter(method="as_known")

    def as_known(self, rows: QuerySet[Any], name: str, at: datetime) -> QuerySet[Any]:
        """Rates that were known at the moment."""
        return known_at(rows, at)
