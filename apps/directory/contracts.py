"""What other modules may ask the directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TenantProfile:
    """Settings of a tenant that other modules start from.

    `locale` is one of the house's languages (`pl`), `time_zone` an IANA name, `base_currency` an ISO 4217 code.
    """

    id: UUID
    name: str
    slug: str
    locale: str
    time_zone: str
    base_currency: str


class TenantBook(Protocol):
    """Settings of the tenant in whose scope the question is asked."""

    def profile(self) -> TenantProfile:
        """The tenant of the open scope. Raises RowNotFound when there is none yet."""
        ...


class Demonstration(Protocol):
    """What the companies of a demonstration are about; modules give them examples that fit."""

    def trades(self) -> Mapping[UUID, str]:
        """What organizations of the open tenant sell: `clothing`, `parts`, `food`; empty in any other tenant."""
        ...
