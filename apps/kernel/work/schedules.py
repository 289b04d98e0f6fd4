"""Set and remove schedules. Modules do so for their own records, inside their own commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_for_update
from apps.kernel.errors import FieldError
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Scope
from apps.kernel.work import ticking  # noqa: F401 - declares the kind of the examples
from apps.kernel.work.cron import parse_cron
from apps.kernel.work.errors import ScheduleInvalid
from apps.kernel.work.kinds import KINDS
from apps.kernel.work.models import Schedule
from apps.kernel.work.storage import TICK

LONGEST_INTERVAL = 366 * 24 * 3600
OPEN = "modules call it for records of their own, inside commands that check a feature of theirs"


def _set_example(scope: Scope) -> Mapping[str, Any]:
    return {"kind": TICK, "ref_id": uuid7(), "cron": "30 2 * * 1-5", "time_zone": "Europe/Warsaw"}


def _remove_example(scope: Scope) -> Mapping[str, Any]:
    return {"schedule_id": set_schedule(TICK, ref_id=uuid7(), interval_seconds=3600).pk}


@command("kernel.schedule.set", open_reason=OPEN, resource="kernel.schedule", example=_set_example)
def set_schedule(
    kind: str,
    *,
    ref_id: UUID,
    cron: str = "",
    interval_seconds: int = 0,
    time_zone: str = "UTC",
    enabled: bool = True,
    catch_up: bool = False,
) -> Schedule:
    """Have work of `kind` about `ref_id` come due by a cron expression or every so many seconds; one rule of the two.

    A schedule of the same kind and record is changed. Raises ScheduleInvalid with all complaints, NotRegistered for
    an unknown kind.
    """
    spec = KINDS[kind]
    _check(cron, interval_seconds, time_zone)
    known = Schedule.objects.filter(kind=spec.id, ref_id=ref_id).values_list("pk", flat=True).first()
    schedule = load_for_update(Schedule, known) if known else Schedule(kind=spec.id, ref_id=ref_id)
    schedule.cron = " ".join(cron.split())
    schedule.interval_seconds = interval_seconds
    schedule.time_zone = time_zone
    schedule.enabled = enabled
    schedule.catch_up = catch_up
    schedule.save(force_insert=known is None)
    return schedule


@command("kernel.schedule.remove", open_reason=OPEN, resource="kernel.schedule", example=_remove_example)
def remove_schedule(schedule_id: UUID) -> None:
    """Delete a schedule; a run that has begun goes on."""
    load_for_update(Schedule, schedule_id).delete()


def _check(cron: str, interval_seconds: int, time_zone: str) -> None:
    complaints: list[FieldError] = []
    if bool(cron.strip()) == bool(interval_seconds):
        complaints.append(_complaint("interval_seconds", _("Give either a cron expression or an interval.")))
    if not 0 <= interval_seconds <= LONGEST_INTERVAL:
        complaints.append(_complaint("interval_seconds", _("The interval is a year at most.")))
    if cron.strip():
        try:
            parse_cron(cron)
        except ScheduleInvalid as error:
            complaints += error.errors
    if not _is_zone(time_zone):
        complaints.append(_complaint("time_zone", _("There is no such time zone.")))
    if complaints:
        raise ScheduleInvalid(errors=tuple(complaints))


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # malformed, a folder, unknown
        return False
    return True


def _complaint(field: str, message: str) -> FieldError:
    return FieldError(field, ScheduleInvalid.code, message)
