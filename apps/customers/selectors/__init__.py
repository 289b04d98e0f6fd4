from apps.customers.selectors.interactions import (
    AHEAD,
    HALF_AN_HOUR,
    Agenda,
    Changes,
    Entry,
    Task,
    agenda,
    changes_of,
    conflicts_of,
    living_interactions,
    nearest_open,
    next_interactions,
    of_person,
    open_tasks,
    participants_of,
    series_of,
    tenant_zone,
)
from apps.customers.selectors.records import (
    addresses_of,
    ancestors,
    customers_reached_by,
    groups_of,
    points_of,
    tags_of,
)

__all__ = ["addresses_of", "ancestors", "customers_reached_by", "groups_of", "points_of", "tags_of"]
__all__ += ["Agenda", "Entry", "Task", "agenda", "changes_of", "conflicts_of", "living_interactions", "nearest_open"]
__all__ += [
    "AHEAD",
    "HALF_AN_HOUR",
    "Changes",
    "next_interactions",
    "of_person",
    "open_tasks",
    "participants_of",
    "series_of",
    "tenant_zone",
]
