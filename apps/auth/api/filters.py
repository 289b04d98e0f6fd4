"""Filters of the module's lists, beside those of plain columns."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from apps.auth.models import ApiKey
from apps.auth.services.key_facts import KeyState, in_state, with_prefix
from apps.kernel.api.filters import CharFilter, ChoiceFilter, ClaimFilter, FilterSet, UUIDFilter


class ApiKeyFilters(FilterSet):
    """`is_active`, `state`, `prefix` of any secret, and `role` (an id) of keys."""

    is_active = ClaimFilter(method="whether_active")
    state = ChoiceFilter(choices=KeyState.choices, method="by_state")
    prefix = CharFilter(method="by_prefix")
    role = UUIDFilter(field_name="memberships__role_id")

    class Meta:
        model = ApiKey
        fields: tuple[str, ...] = ()

    def whether_active(self, rows: QuerySet[Any], name: str, claim: bool) -> QuerySet[Any]:
        """Keys that work, or the others."""
        test = in_state(KeyState.ACTIVE)
        return rows.filter(test if claim else ~test)

    def by_state(self, rows: QuerySet[Any], name: str, state: str) -> QuerySet[Any]:
        """Keys in the state."""
        return rows.filter(in_state(state))

    def by_prefix(self, rows: QuerySet[Any], name: str, prefix: str) -> QuerySet[Any]:
        """Keys with a secret of this prefix."""
        return rows.filter(with_prefix(prefix))
