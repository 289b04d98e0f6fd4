"""Filters of deliveries beside those of their own columns."""

from __future__ import annotations

from apps.kernel.api.filters import CharFilter, FewTexts, FilterSet, UUIDFilter


class DeliveryFilter(FilterSet):
    """By what the event is called, which record it is about, and which event it is."""

    name = CharFilter(field_name="event__name")
    name__in = FewTexts(field_name="event__name", lookup_expr="in")
    name__istartswith = CharFilter(field_name="event__name", lookup_expr="istartswith")
    entity = CharFilter(field_name="event__entity")
    record_id = UUIDFilter(field_name="event__record_id")
