"""Filters of lists beside those of their columns."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from apps.customers.models import Labelling
from apps.kernel.api.filters import FilterSet, UUIDFilter


class LabelFilter(FilterSet):
    """`customer_id`: labels that the customer has."""

    customer_id = UUIDFilter(method="held_by")

    def held_by(self, rows: QuerySet[Any], name: str, customer_id: UUID) -> QuerySet[Any]:
        """Labels that the customer has."""
        return rows.filter(Exists(Labelling.objects.filter(label_id=OuterRef("pk"), customer_id=customer_id)))
