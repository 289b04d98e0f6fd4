"""Which groups customers are in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from apps.customers.models import Membership
from apps.kernel.bases.arrays import Among
from apps.kernel.bases.former import Version, history


class StoredCustomerGroups:
    """`CustomerGroups` from the table."""

    def groups_of(self, customer_ids: Collection[UUID]) -> Mapping[UUID, frozenset[UUID]]:
        """Ids of the living groups of each customer that is in any; one query."""
        rows = Membership.objects.filter(customer_id__in=customer_ids, group__deleted_at__isnull=True)
        return _sets(rows.values_list("customer_id", "group_id"))

    def groups_known(
        self, customer_ids: Collection[UUID], moments: Collection[datetime | None]
    ) -> Mapping[datetime | None, Mapping[UUID, frozenset[UUID]]]:
        """The same as each moment knew them, None being today; one query as well.

        Memberships go with their group, so those that were there were in living groups.
        """
        if set(moments) == {None}:
            return {None: self.groups_of(customer_ids)}
        found = history([Membership.objects.filter(Among("customer_id", customer_ids))], customer_ids, moments)
        return {moment: _sets(_members(found.at(moment, customer_ids), moment)) for moment in moments}


def _members(versions: Iterable[Version], moment: datetime | None) -> Iterator[tuple[UUID, UUID]]:
    for version in versions:
        if version.gone_at is None and version.existed_by(moment):
            yield version.key_id, UUID(version.facts["group_id"])


def _sets(pairs: Iterable[tuple[UUID, UUID]]) -> Mapping[UUID, frozenset[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for customer_id, group_id in pairs:
        found[customer_id].add(group_id)
    return {customer_id: frozenset(groups) for customer_id, groups in found.items()}
