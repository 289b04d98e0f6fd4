"""Filters of people and companies beside those of their columns."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from apps.customers.models import Membership, Tagging
from apps.customers.selectors import living_marks
from apps.kernel.api.filters import FewIds, FilterSet, UUIDFilter


class CustomerFilters(FilterSet):
    """`tag_id`, `group_id` (`__in` for several): who has the tag or one of them, who is in the group.

    Nobody has a tag that the reader does not see, as if there were none.
    """

    tag_id = UUIDFilter(method="marked")
    tag_id__in = FewIds(method="marked")
    group_id = UUIDFilter(method="marked")
    group_id__in = FewIds(method="marked")

    def marked(self, rows: QuerySet[Any], name: str, value: UUID | list[UUID]) -> QuerySet[Any]:
        """Customers with one of the marks."""
        held = living_marks(Tagging if name.startswith("tag_id") else Membership)
        ids = value if isinstance(value, list) else [value]
        return rows.filter(Exists(held.filter(customer=OuterRef("pk"), **{f"{name.removesuffix('__in')}__in": ids})))
