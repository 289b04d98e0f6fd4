"""Filters of e-mails, phones and addresses beside those of their columns."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from apps.customers.models import CustomerKind
from apps.customers.selectors.records import normal_value
from apps.kernel.api.filters import CharFilter, ChoiceFilter, FilterSet


class AddressFilter(FilterSet):
    """`customer_kind`: those of people, or those of companies."""

    customer_kind = ChoiceFilter(field_name="customer__kind", choices=CustomerKind.choices)


class ContactPointFilter(AddressFilter):
    """`value`: the whole e-mail or phone, however it is written; nobody finds a part of one."""

    value = CharFilter(method="that_is")

    def that_is(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Rows with this e-mail or phone, found by its blind index; none for what is neither."""
        found = normal_value(value)
        return rows.none() if found is None else rows.filter(value=found)
