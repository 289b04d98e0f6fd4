"""Filters of lists beside those of their columns."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from apps.customers.models import Labelling
from apps.customers.selectors.talking import seen_customers
from apps.kernel.api.filters import FilterSet, UUIDFilter


class LabelFilter(FilterSet):
    """`customer_id`: labels that the customer has; none of one whom the reader does not see."""

    customer_id = UUIDFilter(method="held_by")

    def held_by(self, rows: QuerySet[Any], name: str, customer_id: UUID) -> QuerySet[Any]:
        """Labels that the customer has."""
        held = Labelling.objects.filter(label_id=OuterRef("pk"), customer__in=seen_customers().filter(pk=customer_id))
        return rows.filter(Exists(held))
