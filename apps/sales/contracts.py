"""What other modules may ask of sales."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RatesOfTax:
    """Rates in percent: of classes by their ids, and of the usual class of organizations by theirs."""

    by_class: Mapping[UUID, Decimal] = field(default_factory=dict)
    usual: Mapping[UUID, Decimal] = field(default_factory=dict)

    def rate(self, class_id: UUID | None, organization_id: UUID) -> Decimal:
        """The rate of a class, else the usual one of an organization; 0 where it has none."""
        found = None if class_id is None else self.by_class.get(class_id)
        return self.usual.get(organization_id, Decimal(0)) if found is None else found


class TaxRates(Protocol):
    """Rates of tax classes of the organizations that the open scope sees."""

    def rates_of(self, class_ids: Collection[UUID]) -> RatesOfTax:
        """The rates of the classes that are there, and the usual ones; one query."""
        ...

    def rates_known(
        self, class_ids: Collection[UUID], moments: Collection[datetime | None]
    ) -> Mapping[datetime | None, RatesOfTax]:
        """The same as each moment knew them, None being today; one query as well."""
        ...
