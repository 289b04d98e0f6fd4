"""The timeline of a customer or deal as programs read it: the house's sources of timelines, merged and paged by key.

What happens to customers is told by any module, in its `extensions.py`, by a `TimelineSource` for `customers.person`,
`customers.company`, `customers.deal` or `customers.*`. The pages of the back office draw the same sources.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.extensions.timelines import Mark, Moment, Timeline, TimelineSource, sources_for, timeline

MOST_TIES = 4000
READER = msgspec.json.Decoder(tuple[str, str, str, int])


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """One page, and the sources that there are for the reader."""

    found: Timeline
    sources: Sequence[TimelineSource]

    @property
    def following(self) -> str | None:
        """The cursor of the next page; None after the last."""
        return None if self.found.next is None else written(self.found.next)


def timeline_page(record: Any, *, kind: str, cursor: str, limit: int) -> TimelinePage:
    """A page of what happened to the record, of one kind of source or of all; one call to each source.

    Raises InvalidInput for an unknown kind, and for a cursor that is none.
    """
    entity = str(record.entity_id)
    sources = sources_for(entity)
    chosen = [item for item in sources if not kind or item.id == kind]
    if not chosen and kind:
        known = ", ".join(item.id for item in sources)
        text = _("There is no such kind. There are: {kinds}.").format(kinds=known)
        raise InvalidInput(errors=(FieldError("kind", "kernel.filter.invalid", text),))
    after = read(cursor) if cursor else None
    return TimelinePage(timeline(chosen, entity, record.pk, limit=limit, after=after), sources)


def written(mark: Mark) -> str:
    """The mark as a cursor."""
    raw = msgspec.json.encode((mark.when.isoformat(), mark.source, mark.key, mark.ties))
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read(text: str) -> Mark:
    """The mark of a cursor. Raises InvalidInput for any other text."""
    try:
        when, source, key, ties = READER.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        moment = datetime.fromisoformat(when)
        fits = moment.tzinfo is not None and 0 < ties <= MOST_TIES and "\0" not in source + key
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        fits = False
    if not fits:
        message = _("This cursor does not belong to this list in this order.")
        raise InvalidInput(errors=(FieldError("cursor", "kernel.cursor.invalid", message),))
    return Mark(moment, source, key, ties)


def told(source: TimelineSource, moment: Moment) -> dict[str, Any]:
    """One moment as plain values."""
    return {
        "at": moment.when,
        "kind": source.id,
        "id": moment.key,
        "title": str(moment.title),
        "who": moment.who,
        "text": str(moment.text),
        "url": moment.url,
        "payload": dict(moment.facts),
    }
