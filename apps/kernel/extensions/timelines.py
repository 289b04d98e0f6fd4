"""Sources of a record's timeline: what modules know to have happened to it, merged by time on one page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise

from apps.kernel.extensions.rooms import Room, room
from apps.kernel.registry.points import ExtensionPoint

logger = logging.getLogger(__name__)

SECONDS: Final = 2.0
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened. `key` tells those of a source apart that happened at the same time.

    `title` says what it was, `text` more about it, `url` leads to it. With a `template` the page shows that in their
    place, with `values`. `facts` are plain JSON values for programs, beside the words.
    """

    when: datetime
    key: str
    title: Text = ""
    who: str = ""
    text: str = ""
    url: str = ""
    template: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asking:
    """What a source is asked for: the latest `limit` moments of the records, none of them later than `until`."""

    entity: str
    ids: tuple[UUID, ...]
    limit: int
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TimelineSource:
    """Moments of records of the kinds that `entity` (a pattern) and `offered(entity id)` name.

    `fetch(asking)` gives the latest first. It reads only, in a fixed number of queries, and only what the actor may
    see.
    """

    id: str
    label: Text
    entity: str
    fetch: Callable[[Asking], Sequence[Moment]]
    icon: str = "circle"
    offered: Callable[[str], bool] | None = None
    priority: int = 0
    features: tuple[str, ...] = ()
    seconds: float = SECONDS


TIMELINES: ExtensionPoint[TimelineSource] = ExtensionPoint("timeline source")


def timeline_source(declared: TimelineSource) -> TimelineSource:
    """Register a source."""
    return TIMELINES.add(declared.id, declared)


def sources_for(entity: str) -> list[TimelineSource]:
    """Sources of a kind of record that are for the open scope's actor, in their order."""
    fitting = (item for item in TIMELINES.open() if entity and fnmatchcase(entity, item.entity))
    return [item for item in fitting if item.offered is None or item.offered(entity)]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page of the timeline ends: its last moment, and how many of the same time stood before the page's end."""

    when: datetime
    source: str
    key: str
    ties: int


@dataclass(slots=True)
class Timeline:
    """One page: moments with their sources, latest first; where the next page begins; sources that failed."""

    moments: list[tuple[TimelineSource, Moment]] = field(default_factory=list)
    next: Mark | None = None
    failed: list[TimelineSource] = field(default_factory=list)


def timeline(
    sources: Sequence[TimelineSource], entity: str, record_id: UUID, *, limit: int, after: Mark | None = None
) -> Timeline:
    """The page behind a mark, None for the first one; each source is asked once, in a room of its own time."""
    ties = after.ties if after is not None else 0
    asking = Asking(entity, (record_id,), limit + 1 + ties, after.when if after is not None else None)
    page, found = Timeline(), list[tuple[TimelineSource, Moment]]()
    with room() as inner:
        for source in sources:
            moments = _fetched(inner, source, asking)
            if moments is None:
                page.failed.append(source)
            else:
                found += [(source, moment) for moment in moments]
    found.sort(key=_place, reverse=True)
    if after is not None:
        found = [item for item in found if _place(item) < (after.when, after.source, after.key)]
    page.moments = found[:limit]
    if len(found) > limit:
        page.next = _mark(page.moments, after)
    return page


def _fetched(inner: Room, source: TimelineSource, asking: Asking) -> Sequence[Moment] | None:
    try:
        return inner.run(source.id, lambda: _told(source, asking), seconds=source.seconds)
    except Exception:
        logger.exception("timeline source failed", extra={"extension": source.id})
        return None


def _told(source: TimelineSource, asking: Asking) -> list[Moment]:
    """Its moments. Raises TypeError for what has no place in time beside those of others."""
    found = list(source.fetch(asking))
    for moment in found:
        if not isinstance(moment, Moment) or not isinstance(moment.when, datetime) or moment.when.tzinfo is None:
            raise TypeError(f"{source.id} gives {moment!r}, which is no moment with a time zone")
    return found


def _place(item: tuple[TimelineSource, Moment]) -> tuple[datetime, str, str]:
    source, moment = item
    return (moment.when, source.id, moment.key)


def _mark(moments: Sequence[tuple[TimelineSource, Moment]], after: Mark | None) -> Mark:
    source, last = moments[-1]
    ties = sum(moment.when == last.when for _, moment in moments)
    former = after.ties if after is not None and after.when == last.when else 0
    return Mark(last.when, source.id, last.key, ties + former)
