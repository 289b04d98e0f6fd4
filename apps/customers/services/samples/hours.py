"""Moves what people do into the hours in which they work, so that a made-up story reads like one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

OPENS: Final = time(8)
WORKING: Final = timedelta(hours=9)
GRAIN: Final = timedelta(minutes=5)
DAYS: Final = 5  # of a working week


def at_work(moment: datetime, *, zone: ZoneInfo, since: datetime, until: datetime) -> datetime:
    """As far into the working week as the moment is into its week.

    Keeps the order of moments, and stays from `since` to `until`. All are aware, the answer in UTC.
    """
    local = moment.astimezone(zone)
    passed = (local.weekday() + _share(local)) * DAYS / 7
    monday = local.date() - timedelta(days=local.weekday())
    return min(max(_at(monday + timedelta(days=int(passed)), passed % 1, zone), since), until)


def at_work_ahead(moment: datetime, zone: ZoneInfo) -> datetime:
    """As far into the working hours as the moment is into its day, after the weekend if it falls on one; in UTC."""
    local = moment.astimezone(zone)
    late = timedelta(days=2 if local.weekday() >= DAYS else 0)
    return _at(local.date() + late, _share(local), zone)


def _share(local: datetime) -> float:
    return (local.hour * 60 + local.minute) / (24 * 60)


def _at(day: date, share: float, zone: ZoneInfo) -> datetime:
    return (datetime.combine(day, OPENS, zone) + int(share * WORKING / GRAIN) * GRAIN).astimezone(UTC)
