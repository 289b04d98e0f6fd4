"""What other modules may know about customers and deals."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DealMoved:
    """A deal came from one stage to another; both pipelines are named, for they may differ."""

    resource_id: UUID
    from_stage_id: UUID
    from_pipeline_id: UUID
    to_stage_id: UUID
    to_pipeline_id: UUID


@dataclass(frozen=True, slots=True)
class DealWon:
    """A deal was won. Amounts are decimals as text, "" where the deal has no value, or none in base currency."""

    resource_id: UUID
    title: str
    value_amount: str
    value_currency: str
    base_amount: str
    base_currency: str


@dataclass(frozen=True, slots=True)
class DealLost:
    """A deal was lost; None without a reason."""

    resource_id: UUID
    title: str
    loss_reason_id: UUID | None


@dataclass(frozen=True, slots=True)
class DealReopened:
    """A deal that had been won or lost is open again; `outcome` is what it had been."""

    resource_id: UUID
    outcome: str


@dataclass(frozen=True, slots=True)
class PersonConverted:
    """A lead became a customer; None for what was not made with it."""

    resource_id: UUID
    company_id: UUID | None
    deal_id: UUID | None


@dataclass(frozen=True, slots=True)
class CustomerMerged:
    """`resource_id` is gone, and `into_id` took its place wherever it stood: in `moved` rows."""

    resource_id: UUID
    into_id: UUID
    moved: int


class CustomerGroups(Protocol):
    """Which groups customers are in, of the organizations that the open scope sees."""

    def groups_of(self, customer_ids: Collection[UUID]) -> Mapping[UUID, frozenset[UUID]]:
        """Ids of the living groups of each customer that is in any; one query."""
        ...

    def groups_known(
        self, customer_ids: Collection[UUID], moments: Collection[datetime | None]
    ) -> Mapping[datetime | None, Mapping[UUID, frozenset[UUID]]]:
        """The same as each moment knew them, None being today; one query as well."""
        ...
