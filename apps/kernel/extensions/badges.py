"""Status badges: a word or two that other modules say about a record at the top of its page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from django.utils.functional import Promise

from apps.kernel.extensions.rooms import room
from apps.kernel.registry.points import ExtensionPoint

logger = logging.getLogger(__name__)
Text = str | Promise
SECONDS = 2.0


class Tone(StrEnum):
    """How a badge is meant; the words say it too, so that nobody depends on the colour."""

    NEUTRAL = "neutral"
    GOOD = "good"
    CAREFUL = "careful"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Badge:
    """The words, and how they are meant."""

    text: Text
    tone: Tone = Tone.NEUTRAL
    icon: str = ""


@dataclass(frozen=True, slots=True)
class StatusBadge:
    """Says something about records of the kinds that `entity` (a pattern) names; `badge(record)`, None for nothing."""

    id: str
    entity: str
    badge: Callable[[Any], Badge | None]
    priority: int = 0
    features: tuple[str, ...] = ()
    seconds: float = SECONDS


BADGES: ExtensionPoint[StatusBadge] = ExtensionPoint("status badge")


def status_badge(declared: StatusBadge) -> StatusBadge:
    """Register a badge."""
    return BADGES.add(declared.id, declared)


def badges_of(record: Any) -> list[Badge]:
    """Badges of the record for the open scope's actor, in their order. One that fails is logged and left out."""
    entity = str(getattr(record, "entity_id", ""))
    concerned = [item for item in BADGES.open() if entity and fnmatchcase(entity, item.entity)]
    return [found for item in concerned if (found := _asked(item, record)) is not None]


def _asked(item: StatusBadge, record: Any) -> Badge | None:
    try:
        with room() as place:
            return place.run(item.id, lambda: item.badge(record), seconds=item.seconds)
    except Exception:
        logger.exception("status badge failed", extra={"extension": item.id})
        return None
