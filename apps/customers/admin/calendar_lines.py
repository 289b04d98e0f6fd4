"""One entry of the calendar, as a line of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from apps.customers.admin.calendar_moves import move_address
from apps.customers.admin.occurrence import address_of
from apps.customers.models import InteractionStatus, InteractionType
from apps.customers.selectors import Entry

ICONS: Final = {
    InteractionType.CALL: "call",
    InteractionType.MEETING: "groups",
    InteractionType.EMAIL: "mail",
    InteractionType.NOTE: "sticky_note_2",
    InteractionType.TASK: "task_alt",
    InteractionType.EVENT: "event",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a day. `move` is where it is moved, "" where it is not."""

    title: str
    time: str
    icon: str
    kind: str
    url: str
    state: str
    words: str
    move: str
    version: int
    starts: str


def line_of(entry: Entry, day: date, *, back: str) -> Line:
    """The entry on one of the days that it touches; `back` is the query of the page."""
    row, occurrence = entry.interaction, entry.occurrence
    start = timezone.localtime(occurrence.starts_at)
    is_timed = not occurrence.is_all_day and start.date() == day
    status = InteractionStatus(occurrence.status)
    words = [str(row.get_type_display()), "" if status == InteractionStatus.PLANNED else str(status.label)]
    return Line(
        title=row.title,
        time=date_format(start, "TIME_FORMAT") if is_timed else "",
        icon=ICONS[InteractionType(row.type)],
        kind=row.type,
        url=address_of(occurrence) if row.is_series else reverse("admin:customers_interaction_change", args=[row.pk]),
        state=status.value,
        words=", ".join(word for word in words if word),
        move=move_address(entry, back=back),
        version=row.version,
        starts=occurrence.starts_at.isoformat(),
    )
