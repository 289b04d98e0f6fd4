"""What an import is asked to do, what came of it, and what stands in the way of single rows: plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

Key = tuple[str, ...]
LONGEST_VALUE: Final = 200


class Mode(StrEnum):
    """What rows may do: `create` refuses those that are there, `update` those that are not."""

    CREATE = "create"
    UPDATE = "update"
    BOTH = "create_or_update"
    SKIP = "skip_existing"

    @property
    def creates(self) -> bool:
        """Say whether records may be added."""
        return self is not Mode.UPDATE

    @property
    def updates(self) -> bool:
        """Say whether records may be changed."""
        return self in {Mode.UPDATE, Mode.BOTH}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row does not go in: `field` is the field (or "" for the row), `value` what stood in the cell."""

    field: str
    code: str
    message: str
    value: str = ""

    def as_json(self) -> dict[str, str]:
        """Plain values for storage."""
        return {**asdict(self), "value": self.value[:LONGEST_VALUE]}


@dataclass(frozen=True, slots=True)
class Line:
    """A row that could be read: values by field; blank cells are left out. `record_id` is the record that it meets."""

    number: int
    values: Mapping[str, Any]
    record_id: UUID | None = None


class Fate(StrEnum):
    """What becomes of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    DUPLICATE = "duplicate"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row. `before` and `after` hold the values that differ, as text."""

    number: int
    fate: Fate
    label: str = ""
    problems: tuple[Problem, ...] = ()
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain values for a preview."""
        shown = {"number": self.number, "fate": str(self.fate), "label": self.label}
        return {**shown, "before": dict(self.before), "after": dict(self.after)}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows had which fate."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    duplicate: int = 0
    error: int = 0

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(getattr(self, item.name) for item in fields(self))

    @property
    def failed(self) -> int:
        """Rows that did not go in and should have."""
        return self.duplicate + self.error

    def plus(self, outcomes: Iterable[Outcome]) -> Counts:
        """These and the outcomes."""
        found = self.as_json()
        for item in outcomes:
            found[str(item.fate)] += 1
        return Counts(**found)

    def as_json(self) -> dict[str, int]:
        """Plain values for storage."""
        return asdict(self)
