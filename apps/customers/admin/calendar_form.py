"""What a calendar is asked for: month, week or day, the day, whose, and which kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format

from apps.customers.models import InteractionType
from apps.kernel.ids import as_id

MONTH, WEEK, DAY = "month", "week", "day"
STEPS: Final = {WEEK: 7, DAY: 1}  # days that a page further is
ME: Final = "me"
EARLIEST, LATEST = date(1970, 1, 1), date(2150, 12, 31)


@dataclass(frozen=True, slots=True)
class Wish:
    """A checked question. `owner` is "" for everybody, `me`, or a user's id; no `types` are all of them."""

    view: str
    day: date
    owner: str
    types: tuple[str, ...]

    @property
    def days(self) -> list[date]:
        """The days that are shown: whole weeks from Monday, or the one day."""
        if self.view == DAY:
            return [self.day]
        if self.view == WEEK:
            return self.week
        first = self.day.replace(day=1)
        start = self.at(first).week[0]
        after = (first + timedelta(days=32)).replace(day=1)
        length = (after - start).days
        return [start + timedelta(days=number) for number in range(-(-length // 7) * 7)]

    @property
    def week(self) -> list[date]:
        """The days of the week around the day, from Monday."""
        start = self.day - timedelta(days=self.day.weekday())
        return [start + timedelta(days=number) for number in range(7)]

    def moved(self, steps: int) -> Wish:
        """The same, so many months, weeks or days later; not beyond the calendar."""
        if self.view != MONTH:
            return self.at(self.day + timedelta(days=STEPS[self.view] * steps))
        year, month = divmod(self.day.year * 12 + self.day.month - 1 + steps, 12)
        return self.at(date(year, month + 1, 1))

    def at(self, day: date) -> Wish:
        """The same around another day."""
        return replace(self, day=min(max(day, EARLIEST), LATEST))

    def address(self, **changes: str) -> str:
        """The query of the page for this, with other words where they are given."""
        asked: dict[str, object] = {"view": self.view, "day": self.day.isoformat(), "owner": self.owner}
        asked |= {"type": list(self.types), **changes}
        return "?" + urlencode({name: value for name, value in asked.items() if value}, doseq=True)


def wish_of(asked: QueryDict, *, today: date) -> Wish:
    """What the address asks for; what cannot be understood is as if it were not there."""
    view = asked.get("view", "")
    view = view if view in STEPS else MONTH
    types = tuple(item for item in dict.fromkeys(asked.getlist("type")) if item in InteractionType.values)
    owner = asked.get("owner", "")
    return Wish(view, today, owner if owner == ME or as_id(owner) is not None else "", types).at(_day(asked) or today)


def _day(asked: QueryDict) -> date | None:
    try:
        return date.fromisoformat(asked.get("day", ""))
    except ValueError:
        return None


def worded(day: date) -> str:
    """The day by its weekday, without the year."""
    return f"{date_format(day, 'l')}, {date_format(day, 'MONTH_DAY_FORMAT')}"


def begins(day: date) -> datetime:
    """When the day begins for whoever looks."""
    return datetime.combine(day, time(), timezone.get_current_timezone())


def owner_of(text: str, *, me: UUID | None) -> Mapping[str, object]:
    """The condition that a choice of a person means."""
    if not text:
        return {}
    return {"owner_id": me if text == ME else UUID(text)}
