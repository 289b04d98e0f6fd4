"""How close products are to what somebody searches for."""

from __future__ import annotations

from typing import Final

from django.db.models import Case, IntegerField, Q, Value, When

# From the closest: the whole of it, its beginning, some of it; of each the title before the SKU.
TESTS: Final = tuple(
    f"{column}__{lookup}" for lookup in ("iexact", "istartswith", "icontains") for column in ("title", "sku")
)


def closeness(text: str) -> Case:
    """Say by a number how close a product is, 0 for one of exactly this title; capitals make no difference."""
    steps = (When(Q(**{test: text}), then=Value(place)) for place, test in enumerate(TESTS))
    return Case(*steps, default=Value(len(TESTS)), output_field=IntegerField())
