"""Choices of currencies in forms and filters, looked up once for a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from apps.currencies.selectors import living_currencies
from apps.kernel.tenancy.scope import current_scope


@dataclass(frozen=True, slots=True)
class Held:
    """Currencies that an organization has: their choices by code, the base ("" for none), those in use."""

    choices: tuple[tuple[str, str], ...]
    base: str
    active: tuple[str, ...]
    places: dict[str, int]

    @property
    def pair(self) -> tuple[str, str]:
        """The pair that is proposed: another currency in the base."""
        other = next((code for code in self.active if code != self.base), "")
        return other, self.base


def held_currencies() -> Held:
    """What the organization that the scope writes to has, in one query. Raises OrganizationRequired."""
    rows = list(living_currencies(current_scope().writing_organization()).order_by("code"))
    return Held(
        choices=tuple((row.code, str(row)) for row in rows),
        base=next((row.code for row in rows if row.is_base), ""),
        active=tuple(row.code for row in rows if row.is_active),
        places={row.code: row.decimal_places for row in rows},
    )


def seen_codes() -> list[str]:
    """Codes of the currencies of every organization that is looked at."""
    return sorted(set(living_currencies().values_list("code", flat=True)))


def iso_day(text: str) -> date | None:
    """A day as browsers send it; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
