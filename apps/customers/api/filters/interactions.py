"""Filters of interactions beside those of their columns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from apps.kernel.api.filters import ClaimFilter, FilterSet, MomentFilter


def since(rows: QuerySet[Any], name: str, at: datetime) -> QuerySet[Any]:
    """What is planned for the moment or later, or was done then where nothing was planned."""
    return rows.filter(Q(scheduled_at__gte=at) | Q(scheduled_at__isnull=True, occurred_at__gte=at))


def until(rows: QuerySet[Any], name: str, at: datetime) -> QuerySet[Any]:
    """What is planned for a time before the moment, or was done before it where nothing was planned."""
    return rows.filter(Q(scheduled_at__lt=at) | Q(scheduled_at__isnull=True, occurred_at__lt=at))


class PinnedFilter(FilterSet):
    """`pinned`: what is kept in sight, or the rest."""

    pinned = ClaimFilter(field_name="is_pinned")


# `from` is a word of the language, so that no class can have it as a name.
InteractionFilter: Any = type(
    "InteractionFilter",
    (PinnedFilter,),
    {
        "__doc__": "`from` and `to`: when it is or was; of a series the first one counts.",
        "__module__": __name__,
        "from": MomentFilter(method=since),
        "to": MomentFilter(method=until),
    },
)
