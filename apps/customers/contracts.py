"""What other modules may know about customers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CustomerMerged:
    """`resource_id` is gone, and `into_id` took its place wherever it stood: in `moved` rows."""

    resource_id: UUID
    into_id: UUID
    moved: int
