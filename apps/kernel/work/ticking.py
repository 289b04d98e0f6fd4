"""The tick of one schedule: queue the run that is due, work out the next, and come due again then."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from apps.kernel import clock
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.calculations import next_times
from apps.kernel.work.errors import Permanent
from apps.kernel.work.kinds import KINDS, work_kind
from apps.kernel.work.leases import Lease
from apps.kernel.work.models import Schedule, ScheduleState
from apps.kernel.work.queueing import enqueue, enqueue_if_done
from apps.kernel.work.storage import TICK

LOOK_AGAIN = timedelta(seconds=10)  # while a run that is to be made up for waits for the one before


@work_kind(TICK)
def tick(schedule_id: UUID, lease: Lease) -> None:
    """Bring one schedule up to date, in one transaction with the completion of its own row."""
    with scoped_transaction():
        schedule = Schedule.objects.filter(pk=schedule_id).first()
        state = ScheduleState.objects.filter(pk=schedule_id).first()
        if schedule is None or not schedule.enabled:
            ScheduleState.objects.filter(pk=schedule_id).delete()
        else:
            _advance(schedule, state or ScheduleState(pk=schedule_id, version=0))
        lease.complete()


def _advance(schedule: Schedule, state: ScheduleState) -> None:
    now = clock.now()
    if state.version != schedule.version:
        state.version, state.next_at = schedule.version, _following(schedule, now)
    elif state.next_at is not None and state.next_at <= now:
        _occur(schedule, state, now)
    state.save()
    if state.next_at is not None:
        enqueue(TICK, schedule.pk, max(state.next_at, _soonest(state, now)))


def _occur(schedule: Schedule, state: ScheduleState, now: datetime) -> None:
    """Run the occurrence that is due, or skip it while the run before it is not done."""
    if schedule.kind not in KINDS:
        raise Permanent(f"the schedule asks for the unknown kind {schedule.kind}")
    due = state.next_at or now
    if enqueue_if_done(schedule.kind, schedule.ref_id):
        state.last_at = due
    elif schedule.catch_up:
        return
    else:
        state.skipped_at = due
    state.next_at = _following(schedule, due if schedule.catch_up else now)


def _soonest(state: ScheduleState, now: datetime) -> datetime:
    """An occurrence that could not be made up for yet is looked at again in a while."""
    return now + LOOK_AGAIN if state.next_at is not None and state.next_at <= now else now


def _following(schedule: Schedule, after: datetime) -> datetime | None:
    return next(iter(next_times(schedule, after, n=1)), None)
