from apps.customers.selectors.duplicates import (
    Described,
    Lookalike,
    Twins,
    duplicate_pairs,
    lookalikes,
    places_in,
)
from apps.customers.selectors.looking import described
from apps.customers.selectors.merged import successor
from apps.customers.selectors.records import (
    addresses_of,
    ancestors,
    customers_reached_by,
    groups_of,
    points_of,
    tags_of,
)

__all__ = [
    "Described",
    "Lookalike",
    "Twins",
    "addresses_of",
    "ancestors",
    "customers_reached_by",
    "described",
    "duplicate_pairs",
    "groups_of",
    "lookalikes",
    "places_in",
    "points_of",
    "successor",
    "tags_of",
]
