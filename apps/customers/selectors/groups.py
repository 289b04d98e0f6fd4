"""Which groups customers are in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from apps.customers.models import Membership


class StoredCustomerGroups:
    """`CustomerGroups` from the table."""

    def groups_of(self, customer_ids: Collection[UUID]) -> Mapping[UUID, frozenset[UUID]]:
        """Ids of the living groups of each customer that is in any; one query."""
        rows = Membership.objects.filter(customer_id__in=customer_ids, group__deleted_at__isnull=True)
        found: dict[UUID, set[UUID]] = defaultdict(set)
        for customer_id, group_id in rows.values_list("customer_id", "group_id"):
            found[customer_id].add(group_id)
        return {customer_id: frozenset(groups) for customer_id, groups in found.items()}
