"""Grants on single records: how far they reach, and the decision about one record."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How far a grant on a record reaches; `change` includes `view`. Both are names of Django's permissions."""

    VIEW = "view"
    CHANGE = "change"

    @property
    def admitting(self) -> tuple[Level, ...]:
        """Levels of grants that are enough for this one."""
        return (Level.CHANGE,) if self is Level.CHANGE else (Level.VIEW, Level.CHANGE)


class ObjectRule(StrEnum):
    """What decided about a record."""

    OPEN = "open"
    SUPER_ADMIN = "super_admin"
    SYSTEM = "system"
    OWN = "own"
    SEES_ALL = "sees_all"
    GRANTED = "granted"
    NOT_GRANTED = "not_granted"


@dataclass(frozen=True, slots=True)
class ObjectGrant:
    """A grant on one record that reaches an actor; `source` says through whom (`role Clerk`, `Bob`)."""

    level: Level
    source: str


@dataclass(frozen=True, slots=True)
class ObjectDecision:
    """How far an actor reaches on one record, and why. `level` None: the record is not there for them."""

    rule: ObjectRule
    level: Level | None
    grants: tuple[ObjectGrant, ...] = ()

    def allows(self, level: Level) -> bool:
        """Say whether the actor reaches that far."""
        return self.level in level.admitting


def decided_by(grants: tuple[ObjectGrant, ...]) -> ObjectDecision:
    """The decision about a restricted record, from all grants that reach the actor."""
    if not grants:
        return ObjectDecision(ObjectRule.NOT_GRANTED, None)
    changes = any(grant.level is Level.CHANGE for grant in grants)
    return ObjectDecision(ObjectRule.GRANTED, Level.CHANGE if changes else Level.VIEW, grants)
