"""Schedules: they tick through the work table, skip what overlaps, and follow whatever changes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from apps.kernel import clock
from apps.kernel.commands.errors import RuleBroken
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.translation import translated
from apps.kernel.commands.undo.engine import undo
from apps.kernel.ids import uuid7
from apps.kernel.registry.store import NotRegistered
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work import parking
from apps.kernel.work.claims import claim
from apps.kernel.work.errors import ScheduleInvalid
from apps.kernel.work.leases import Lease
from apps.kernel.work.models import Schedule, ScheduleState, Work
from apps.kernel.work.schedules import remove_schedule, set_schedule
from apps.kernel.work.storage import TICK
from apps.kernel.work.sweeper import sweep
from tests.kernel.work_probes import declared
from tests.support.scopes import House, seeding

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
KIND = "tests.scheduled"
REF = UUID("01990000-0000-7000-8000-000000000001")


@pytest.fixture(autouse=True)
def runs() -> Iterator[list[UUID]]:
    """What the scheduled kind ran for."""
    ran: list[UUID] = []

    def handler(ref_id: UUID, lease: Lease) -> None:
        ran.append(ref_id)

    with declared(KIND, handler):
        yield ran


@pytest.fixture
def noon() -> Iterator[clock.FrozenClock]:
    with clock.frozen(NOON) as frozen:
        yield frozen


@pytest.fixture
def scoped(house: House, noon: clock.FrozenClock) -> Iterator[House]:
    with using_scope(house.scope()):
        yield house


def hourly(**options: Any) -> Schedule:
    options = {"interval_seconds": 3600, **options}
    return set_schedule(KIND, ref_id=REF, **options)


def state_of(schedule: Schedule) -> ScheduleState | None:
    with scoped_transaction():
        return ScheduleState.objects.filter(pk=schedule.pk).first()


def known_state(schedule: Schedule) -> ScheduleState:
    state = state_of(schedule)
    assert state is not None
    return state


def tick_of(schedule: Schedule) -> Work | None:
    """The schedule's own row."""
    return Work.objects.filter(kind=TICK, ref_id=schedule.pk).first()


def test_a_schedule_does_not_run_when_it_is_made(scoped: House, runs: list[UUID]) -> None:
    schedule = hourly()
    sweep()
    assert (known_state(schedule).next_at, known_state(schedule).last_at, runs) == (NOON + HOUR, None, [])
    tick = tick_of(schedule)
    assert tick is not None
    assert (tick.due_at, tick.locked_until) == (NOON + HOUR, None)


def test_each_occurrence_runs_once(scoped: House, noon: clock.FrozenClock, runs: list[UUID]) -> None:
    schedule = hourly()
    sweep()
    for number in range(1, 4):
        noon.tick(HOUR)
        sweep()
        sweep()
        assert runs == [REF] * number
        assert known_state(schedule).last_at == NOON + number * HOUR
        assert known_state(schedule).next_at == NOON + (number + 1) * HOUR


def test_an_occurrence_is_skipped_while_the_former_run_is_not_done(
    scoped: House, noon: clock.FrozenClock, runs: list[UUID]
) -> None:
    schedule = hourly()
    sweep()
    noon.tick(HOUR)
    [tick] = claim("work")
    Work.objects.filter(pk=tick.id).update(due_at=noon.at, locked_until=None, owner="")
    with scoped_transaction():
        Work.objects.create(kind=KIND, queue="aside", tenant_id=scoped.tenant.pk, ref_id=REF, due_at=noon.at)
    sweep()
    state = known_state(schedule)
    assert (runs, state.last_at, state.skipped_at, state.next_at) == ([], None, NOON + HOUR, NOON + 2 * HOUR)


def test_a_run_that_was_given_up_does_not_stop_the_next(
    scoped: House, noon: clock.FrozenClock, runs: list[UUID]
) -> None:
    hourly()
    sweep()
    Work.objects.create(kind=KIND, queue="work", tenant_id=scoped.tenant.pk, ref_id=REF, due_at=NOON)
    parking.park(Work.objects.get(kind=KIND).pk, "broken")
    noon.tick(HOUR)
    sweep()
    assert runs == [REF]


def test_missed_occurrences_run_once(scoped: House, noon: clock.FrozenClock, runs: list[UUID]) -> None:
    schedule = hourly()
    sweep()
    noon.tick(5 * HOUR + MINUTE)
    sweep()
    sweep()
    assert (runs, known_state(schedule).next_at) == ([REF], NOON + 6 * HOUR)


def test_missed_occurrences_are_made_up_for_on_demand(scoped: House, noon: clock.FrozenClock, runs: list[UUID]) -> None:
    schedule = hourly(catch_up=True)
    sweep()
    noon.tick(3 * HOUR + MINUTE)
    for _ in range(10):
        sweep()
        noon.tick(10)
    assert (runs, known_state(schedule).next_at) == ([REF] * 3, NOON + 4 * HOUR)


def test_a_made_up_occurrence_waits_for_the_run_before_it(
    scoped: House, noon: clock.FrozenClock, runs: list[UUID]
) -> None:
    schedule = hourly(catch_up=True)
    sweep()
    Work.objects.create(kind=KIND, queue="aside", tenant_id=scoped.tenant.pk, ref_id=REF, due_at=NOON)
    noon.tick(HOUR)
    sweep()
    assert (known_state(schedule).next_at, known_state(schedule).skipped_at) == (NOON + HOUR, None)
    Work.objects.filter(kind=KIND).delete()
    noon.tick(10)
    sweep()
    assert runs == [REF]


def test_a_schedule_that_is_off_stands_still_and_goes_on(
    scoped: House, noon: clock.FrozenClock, runs: list[UUID]
) -> None:
    schedule = hourly()
    sweep()
    hourly(enabled=False)
    noon.tick(HOUR)
    sweep()
    noon.tick(HOUR)
    sweep()
    assert (runs, state_of(schedule), tick_of(schedule)) == ([], None, None)
    hourly()
    sweep()
    noon.tick(HOUR)
    sweep()
    assert runs == [REF]


def test_a_changed_rule_counts_from_the_change(scoped: House, noon: clock.FrozenClock, runs: list[UUID]) -> None:
    schedule = hourly()
    sweep()
    noon.tick(10 * MINUTE)
    hourly(interval_seconds=0, cron="30 12 * * *")
    sweep()
    assert known_state(schedule).next_at == NOON + 30 * MINUTE
    noon.tick(20 * MINUTE)
    sweep()
    assert runs == [REF]


def test_a_removed_schedule_leaves_nothing(scoped: House, noon: clock.FrozenClock, runs: list[UUID]) -> None:
    schedule = hourly()
    sweep()
    remove_schedule(schedule.pk)
    sweep()
    assert (state_of(schedule), tick_of(schedule)) == (None, None)


def test_undoing_a_removal_has_it_tick_again(scoped: House, noon: clock.FrozenClock, runs: list[UUID]) -> None:
    schedule = hourly()
    sweep()
    with collecting_actions() as actions:
        remove_schedule(schedule.pk)
    sweep()
    undo(actions[-1])
    sweep()
    noon.tick(HOUR)
    sweep()
    assert runs == [REF]


def test_undoing_a_change_brings_the_old_rule_back(scoped: House, noon: clock.FrozenClock, runs: list[UUID]) -> None:
    schedule = hourly()
    sweep()
    with collecting_actions() as actions:
        hourly(interval_seconds=60)
    sweep()
    noon.tick(MINUTE)
    sweep()
    assert runs == [REF]
    undo(actions[-1])
    sweep()
    assert known_state(schedule).next_at == NOON + HOUR


def test_setting_it_again_changes_the_one_schedule(scoped: House) -> None:
    first, second = hourly(), hourly(interval_seconds=60)
    assert (first.pk, second.interval_seconds, second.version) == (second.pk, 60, 2)


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({"interval_seconds": 0}, ["interval_seconds"]),
        ({"cron": "0 0 * * *"}, ["interval_seconds"]),
        ({"interval_seconds": -1}, ["interval_seconds"]),
        ({"interval_seconds": 10**9}, ["interval_seconds"]),
        ({"interval_seconds": 0, "cron": "nonsense"}, ["cron"]),
        ({"time_zone": "Mars/Olympus"}, ["time_zone"]),
        ({"time_zone": "../../etc/passwd"}, ["time_zone"]),
        ({"time_zone": ""}, ["time_zone"]),
        ({"interval_seconds": 0, "cron": "nonsense", "time_zone": "Europe"}, ["cron", "time_zone"]),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(scoped: House, options: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(ScheduleInvalid) as refusal:
        hourly(**options)
    assert [error.field for error in refusal.value.errors] == fields
    with scoped_transaction():
        assert Schedule.objects.count() == 0


def test_a_schedule_of_an_unknown_kind_is_refused(scoped: House) -> None:
    with pytest.raises(NotRegistered):
        set_schedule("tests.nobody", ref_id=uuid7(), interval_seconds=60)


@pytest.mark.parametrize("rule", [{"interval_seconds": 0}, {"cron": "* * * * *", "interval_seconds": 60}])
def test_the_database_demands_exactly_one_rule(scoped: House, rule: dict[str, Any]) -> None:
    with pytest.raises(RuleBroken), translated(), seeding():
        Schedule(kind=KIND, ref_id=REF, **rule).save()
