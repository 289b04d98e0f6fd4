"""Filters of offers beside those of their columns."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from apps.catalog.calculations.offers import OfferState
from apps.catalog.models import Offer
from apps.catalog.selectors import in_state
from apps.kernel import clock
from apps.kernel.api.filters import ChoiceFilter, FewChoices, FilterSet

STATES = [(state.value, state.value) for state in OfferState]


class OfferFilters(FilterSet):
    """`state`: offers that are yet to come, that hold now, or that are over."""

    state = ChoiceFilter(choices=STATES, method="standing")
    state__in = FewChoices(choices=STATES, method="standing_one_of")

    class Meta:
        model = Offer
        fields: tuple[str, ...] = ()

    def standing(self, rows: QuerySet[Any], name: str, state: str) -> QuerySet[Any]:
        """Offers in the state."""
        return self.standing_one_of(rows, name, [state])

    def standing_one_of(self, rows: QuerySet[Any], name: str, states: list[str]) -> QuerySet[Any]:
        """Offers in one of the states."""
        found, at = Q(pk__in=()), clock.now()
        for state in states:
            found |= in_state(OfferState(state), at)
        return rows.filter(found)
