"""Calendar files (RFC 5545): lines of at most 75 octets, and texts with their signs escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

LONGEST: Final = 75
ESCAPED: Final = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One entry. `uid` stays the same from file to file; of what lasts all day only the days count, in its `zone`."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    is_all_day: bool
    zone: ZoneInfo
    title: str
    text: str = ""
    location: str = ""
    is_cancelled: bool = False
    changed_at: datetime | None = None


def uid_of(interaction_id: UUID, original_at: datetime | None) -> str:
    """An id of the entry that no other one has, also elsewhere."""
    suffix = f"-{_moment(original_at)}" if original_at is not None else ""
    return f"{interaction_id}{suffix}@agora"


def calendar_file(entries: Iterable[CalendarEntry], *, name: str, made_at: datetime) -> str:
    """The whole file."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Agora//Customers//EN", "CALSCALE:GREGORIAN"]
    lines.append(f"X-WR-CALNAME:{escaped(name)}")
    for entry in entries:
        lines += _lines(entry, made_at)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _lines(entry: CalendarEntry, made_at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}"
    yield f"DTSTAMP:{_moment(entry.changed_at or made_at)}"
    if entry.is_all_day:
        yield f"DTSTART;VALUE=DATE:{entry.starts_at.astimezone(entry.zone):%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{entry.ends_at.astimezone(entry.zone):%Y%m%d}"
    else:
        yield f"DTSTART:{_moment(entry.starts_at)}"
        # Without an end it takes no time, which a file says by leaving the end out.
        if entry.ends_at > entry.starts_at:
            yield f"DTEND:{_moment(entry.ends_at)}"
    yield f"SUMMARY:{escaped(entry.title)}"
    if entry.text:
        yield f"DESCRIPTION:{escaped(entry.text)}"
    if entry.location:
        yield f"LOCATION:{escaped(entry.location)}"
    yield f"STATUS:{'CANCELLED' if entry.is_cancelled else 'CONFIRMED'}"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """A text as a value: its signs that mean something escaped, control characters left out."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(ESCAPED.get(sign, sign) for sign in plain if sign >= " " or sign in "\n\t")


def folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, none parting a character; all but the first begin with a blank."""
    piece, room = "", LONGEST
    for sign in line:
        size = len(sign.encode())
        if size > room:
            yield piece
            piece, room = " ", LONGEST - 1
        piece += sign
        room -= size
    yield piece


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
