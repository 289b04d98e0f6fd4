"""The tenant's days: its time zone, and what day it is there."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from apps.directory.contracts import TenantBook
from apps.kernel import clock
from apps.kernel.extensions.periods import Period
from apps.kernel.extensions.presets import CUSTOM, PRESETS, period_of
from apps.kernel.services import service

UTC = "UTC"


def tenant_zone() -> ZoneInfo:
    """The time zone of the open scope's tenant; one query."""
    return ZoneInfo(service(TenantBook).profile().time_zone or UTC)


def asked_period(preset: str, *, start: date | None = None, end: date | None = None) -> Period:
    """The days of a preset, or the given ones for `custom`, in the tenant's zone. Both have been checked."""
    zone = tenant_zone()
    if preset == CUSTOM and start is not None and end is not None:
        return Period(start, end, zone)
    return period_of(
        preset if preset in PRESETS else "last_30_days", today=clock.now().astimezone(zone).date(), zone=zone
    )
