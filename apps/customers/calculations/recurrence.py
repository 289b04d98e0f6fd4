"""Recurrence rules (RFC 5545): what is wrong with one, and when it has something take place.

A series keeps its time of day in its time zone: 9 o'clock stays 9 o'clock when the clocks change. A time of day that
the zone skips is as much later as the clock jumps; of one that it shows twice the first counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from dateutil import rrule  # type: ignore[import-untyped]
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

FREQUENCIES: Final = {"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY, "YEARLY": rrule.YEARLY}
DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PARTS: Final = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST")
MOST_STEPS: Final = 999
MOST_COUNT: Final = 1000
HORIZON: Final = timedelta(days=366 * 100)
LAST_YEAR: Final = 2200


class RuleRefused(ValueError):
    """A recurrence rule that cannot be followed; `text` says to people why."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


@dataclass(frozen=True, slots=True)
class Rule:
    """A checked rule. `until` is the last moment on the wall, of whatever zone the series has, unless it `is_utc`.

    `by_day` holds pairs of a place (0: each) and a weekday from 0 for Monday.
    """

    frequency: str
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    is_utc: bool = False
    by_day: tuple[tuple[int, int], ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    by_set_pos: tuple[int, ...] = ()
    week_start: int = 0

    @property
    def has_end(self) -> bool:
        """Say whether it comes to an end by itself."""
        return self.count is not None or self.until is not None

    def until_in(self, zone: ZoneInfo) -> datetime | None:
        """The last moment on the zone's wall."""
        if self.until is None or not self.is_utc:
            return self.until
        return self.until.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)


def parse_rule(text: str) -> Rule:
    """Read the value of an RRULE, such as `FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10`. Raises RuleRefused."""
    given: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value:
            raise RuleRefused(_("Write the rule as NAME=VALUE parts between semicolons."))
        if name not in PARTS:
            raise RuleRefused(_("{name} is not understood here.").format(name=name[:20]))
        if name in given:
            raise RuleRefused(_("{name} stands there twice.").format(name=name))
        given[name] = value
    return _checked(given)


def _checked(given: dict[str, str]) -> Rule:
    frequency = given.get("FREQ", "")
    if frequency not in FREQUENCIES:
        raise RuleRefused(_("FREQ is DAILY, WEEKLY, MONTHLY or YEARLY."))
    if "COUNT" in given and "UNTIL" in given:
        raise RuleRefused(_("Give a number of times or a last day, not both."))
    until, is_utc = _until(given["UNTIL"]) if "UNTIL" in given else (None, False)
    rule = Rule(
        frequency,
        interval=_number("INTERVAL", given.get("INTERVAL", "1"), 1, MOST_STEPS),
        count=_number("COUNT", given["COUNT"], 1, MOST_COUNT) if "COUNT" in given else None,
        until=until,
        is_utc=is_utc,
        by_day=tuple(_day(item) for item in _items(given, "BYDAY")),
        by_month_day=_numbers(given, "BYMONTHDAY", 31, signed=True),
        by_month=_numbers(given, "BYMONTH", 12),
        by_set_pos=_numbers(given, "BYSETPOS", 366, signed=True),
        week_start=_day(given.get("WKST", "MO"))[1],
    )
    _demand_fit(rule)
    return rule


def _demand_fit(rule: Rule) -> None:
    """Refuse parts that mean nothing together."""
    numbered = any(place for place, _day_of_week in rule.by_day)
    if numbered and rule.frequency not in {"MONTHLY", "YEARLY"}:
        raise RuleRefused(_("Only months and years have a second Monday: leave out the number before the weekday."))
    if rule.by_month_day and rule.frequency == "WEEKLY":
        raise RuleRefused(_("A week has no days of the month: leave out BYMONTHDAY."))
    if rule.by_set_pos and not (rule.by_day or rule.by_month_day or rule.by_month):
        raise RuleRefused(_("BYSETPOS chooses among BYDAY, BYMONTHDAY or BYMONTH; give one of them."))


def _items(given: dict[str, str], name: str) -> list[str]:
    return given[name].split(",") if name in given else []


def _numbers(given: dict[str, str], name: str, highest: int, *, signed: bool = False) -> tuple[int, ...]:
    lowest = -highest if signed else 1
    found = tuple(_number(name, item, lowest, highest) for item in _items(given, name))
    if 0 in found:
        raise RuleRefused(_("{name} has no 0.").format(name=name))
    return found


def _number(name: str, text: str, lowest: int, highest: int) -> int:
    digits = text.removeprefix("-").removeprefix("+")
    if digits.isascii() and digits.isdecimal() and len(digits) < 5 and lowest <= int(text) <= highest:
        return int(text)
    words = _("{name} is a whole number from {lowest} to {highest}.")
    raise RuleRefused(words.format(name=name, lowest=lowest, highest=highest))


def _day(text: str) -> tuple[int, int]:
    place, name = text[:-2], text[-2:]
    if name not in DAYS:
        raise RuleRefused(_("Weekdays are MO, TU, WE, TH, FR, SA and SU, perhaps with a number before."))
    return _number("BYDAY", place, -53, 53) if place else 0, DAYS.index(name)


def _until(text: str) -> tuple[datetime, bool]:
    """The last moment, and whether it is one in UTC; a day counts as a whole."""
    for form in ("%Y%m%d", "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ"):
        try:
            found = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is that of the series
        except ValueError:
            continue
        if found.year > LAST_YEAR:
            break
        whole = datetime.combine(found, time.max) if form == "%Y%m%d" else found
        return whole.replace(microsecond=0), form.endswith("Z")
    raise RuleRefused(_("UNTIL is a day such as 20261231, or a moment such as 20261231T120000Z."))


def starts(rule: Rule, first: datetime, zone: ZoneInfo, *, since: datetime, until: datetime) -> Iterator[datetime]:
    """When the series that begins with `first` takes place from `since` to before `until`: moments in UTC, in order.

    All moments are aware.
    """
    wall = first.astimezone(zone).replace(tzinfo=None)
    # A day more on each side: two moments of a zone may stand on the wall in another order than they come.
    early, late = (
        moment.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
        for moment, days in ((since, -1), (until, 1))
    )
    for found in _on_the_wall(rule, wall, zone, early=early, late=late):
        moment = found.replace(tzinfo=zone).astimezone(UTC)
        if since <= moment < until:
            yield moment


def last_start(rule: Rule, first: datetime, zone: ZoneInfo) -> datetime | None:
    """When the last one of the series begins; None where it has no end, and `first` where nothing follows."""
    if not rule.has_end:
        return None
    found = first
    for found in starts(rule, first, zone, since=first, until=first + HORIZON):  # noqa: B007 - the last one is wanted
        pass
    return found


def first_start(rule: Rule, first: datetime, zone: ZoneInfo) -> datetime | None:
    """When the rule has the first one take place, at or after `first`; None where it never does."""
    return next(starts(rule, first, zone, since=first, until=first + HORIZON), None)


def _on_the_wall(rule: Rule, wall: datetime, zone: ZoneInfo, *, early: datetime, late: datetime) -> Iterator[datetime]:
    if rule.count is None:
        rule, wall = _nearer(rule, wall, early)
    until = rule.until_in(zone)
    every = rrule.rrule(
        FREQUENCIES[rule.frequency],
        dtstart=wall,
        interval=rule.interval,
        wkst=rule.week_start,
        # dateutil looks at the end where it meets a day: a rule that is never met is followed to its calendar's end.
        until=late if until is None else min(until, late),
        byweekday=_weekdays(rule) or None,
        bymonthday=rule.by_month_day or None,
        bymonth=rule.by_month or None,
        bysetpos=rule.by_set_pos or None,
    )
    for found in islice(every, rule.count):
        if found >= early:
            yield found


def _weekdays(rule: Rule) -> list[rrule.weekday]:
    """The weekdays in dateutil's terms, which has `SA,2TU` mean days that are both: there Saturday gets its numbers."""
    if not any(place for place, _day_of_week in rule.by_day):
        return [rrule.weekday(day) for _place, day in rule.by_day]
    places = range(1, 6) if rule.frequency == "MONTHLY" or rule.by_month else range(1, 54)
    return [rrule.weekday(day, each) for place, day in rule.by_day for each in ((place,) if place else places)]


def _nearer(rule: Rule, wall: datetime, early: datetime) -> tuple[Rule, datetime]:
    """The same rule from a later start on, with which it is followed sooner; only for one without COUNT."""
    if early <= wall:
        return rule, wall
    if rule.frequency in {"DAILY", "WEEKLY"}:
        step = timedelta(days=rule.interval * (7 if rule.frequency == "WEEKLY" else 1))
        # A week begins on WKST: whole weeks on, the same weekday lies in the same place.
        return rule, wall + step * max(0, (early - wall) // step - 1)
    months = rule.interval * (12 if rule.frequency == "YEARLY" else 1)
    passed = (early.year - wall.year) * 12 + early.month - wall.month
    steps = max(0, passed // months - 1)
    if not steps:
        return rule, wall
    year, month = divmod(wall.year * 12 + wall.month - 1 + steps * months, 12)
    return _explicit(rule, wall), wall.replace(year=year, month=month + 1, day=1)


def _explicit(rule: Rule, wall: datetime) -> Rule:
    """The rule with what it takes from its start said in words, so that it can be given another one."""
    if rule.by_day or rule.by_month_day:
        return rule
    months = rule.by_month or ((wall.month,) if rule.frequency == "YEARLY" else ())
    return replace(rule, by_month_day=(wall.day,), by_month=months)


def rule_text(rule: Rule) -> str:
    """The rule as the value of an RRULE, its parts in one order."""
    until: Any = None
    if rule.until is not None:
        until = rule.until.strftime("%Y%m%dT%H%M%S") + ("Z" if rule.is_utc else "")
    parts: dict[str, Any] = {
        "FREQ": rule.frequency,
        "INTERVAL": rule.interval if rule.interval > 1 else None,
        "COUNT": rule.count,
        "UNTIL": until,
        "BYDAY": ",".join(f"{place or ''}{DAYS[day]}" for place, day in rule.by_day),
        "BYMONTHDAY": ",".join(map(str, rule.by_month_day)),
        "BYMONTH": ",".join(map(str, rule.by_month)),
        "BYSETPOS": ",".join(map(str, rule.by_set_pos)),
        "WKST": DAYS[rule.week_start] if rule.week_start else None,
    }
    return ";".join(f"{name}={value}" for name, value in parts.items() if value)
