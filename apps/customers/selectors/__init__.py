from apps.customers.selectors.consents import consents_of, current_consents, current_of
from apps.customers.selectors.records import (
    addresses_of,
    ancestors,
    customers_reached_by,
    groups_of,
    points_of,
    tags_of,
)

__all__ = [
    "addresses_of",
    "ancestors",
    "consents_of",
    "current_consents",
    "current_of",
    "customers_reached_by",
    "groups_of",
    "points_of",
    "tags_of",
]
