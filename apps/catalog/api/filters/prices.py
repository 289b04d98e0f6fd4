"""Filters of prices beside those of their columns."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from apps.catalog.selectors import valid_at
from apps.catalog.selectors.quantities import for_quantity
from apps.kernel.api.filters import AmountFilter, CharFilter, FilterSet, MomentFilter
from apps.kernel.bases.bitemporal import known_at


class PriceFilter(FilterSet):
    """`known_at`: prices as they were known at a moment, in place of those that count today.

    `valid_at`: those that are valid at a moment. `quantity`: those for so many of `quantity_unit`, or of the base unit.
    `kind` is the code of a kind.
    """

    known_at = MomentFilter(method="as_known")
    valid_at = MomentFilter(method="as_valid")
    quantity = AmountFilter(method="as_bought")
    quantity_unit = CharFilter(method="as_counted")
    kind = CharFilter(field_name="kind__code")

    def as_known(self, rows: QuerySet[Any], name: str, at: datetime) -> QuerySet[Any]:
        """Prices that were known at the moment."""
        return known_at(rows, at)

    def as_valid(self, rows: QuerySet[Any], name: str, at: datetime) -> QuerySet[Any]:
        """Prices that are valid at the moment."""
        return valid_at(rows, at)

    def as_bought(self, rows: QuerySet[Any], name: str, quantity: Decimal) -> QuerySet[Any]:
        """Prices for the quantity, in the unit that stands beside it."""
        unit = self.form.cleaned_data.get("quantity_unit") if "quantity_unit" in self.base_filters else ""
        return for_quantity(rows, quantity, unit=unit or "")

    def as_counted(self, rows: QuerySet[Any], name: str, unit: str) -> QuerySet[Any]:
        """A unit says what a quantity is of, and without one it chooses nothing out."""
        return rows
