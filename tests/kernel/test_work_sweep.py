"""The sweeper: scope, failures, parking, fences, fairness."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from apps.currencies.models import Currency
from apps.directory.models import Organization
from apps.kernel import clock
from apps.kernel.commands.invocation import Source, current_invocation
from apps.kernel.commands.models import Action
from apps.kernel.errors import RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.ports import NullPorts, OrganizationTree
from apps.kernel.services import provide, service
from apps.kernel.tenancy.scope import ActorKind, current_scope, in_organization, scope_or_none, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work import parking, sweeper
from apps.kernel.work.claims import claim
from apps.kernel.work.errors import LeaseLost, NeedsConfiguration, Permanent, Retry
from apps.kernel.work.kinds import KINDS
from apps.kernel.work.leases import Lease, current_lease
from apps.kernel.work.models import Work
from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.queueing import enqueue
from apps.kernel.work.sweeper import sweep
from tests.kernel.work_probes import declared, queue_rows
from tests.support import probes
from tests.support.scopes import House, seeding

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
KIND = "tests.swept"
Refs = list[UUID]


@pytest.fixture(autouse=True)
def noon(house: House) -> Iterator[clock.FrozenClock]:
    with clock.frozen(NOON) as frozen:
        yield frozen


def only_row() -> Work:
    return Work.objects.get()


def test_the_work_of_a_suspended_tenant_rests_until_it_is_open_again(house: House, noon: clock.FrozenClock) -> None:
    handled: Refs = []
    with declared(KIND, lambda ref_id, lease: handled.append(ref_id)):
        queue_rows(house, KIND)
        set_status(house, "suspended")
        assert sweep() == {Outcome.RESTING: 1}
        assert (only_row().attempts, handled) == (0, [])
        set_status(house, "active")
        noon.tick(timedelta(hours=1))
        assert sweep() == {Outcome.DONE: 1}
    assert len(handled) == 1


def set_status(house: House, status: str) -> None:
    with seeding(house.scope()):
        house.tenant.status = status
        house.tenant.save()


def test_a_handler_runs_in_the_scope_of_its_row(house: House, other_house: House) -> None:
    seen = []

    def handler(ref_id: UUID, lease: Lease) -> None:
        seen.append((ref_id, current_scope(), current_invocation().source, current_lease() is lease))

    with declared(KIND, handler):
        refs = queue_rows(house, KIND) + queue_rows(other_house, KIND)
        assert sweep() == {Outcome.DONE: 2}
    tenants = {ref: scope.tenant_id for ref, scope, _, _ in seen}
    assert tenants == dict(zip(refs, [house.tenant.pk, other_house.tenant.pk], strict=True))
    actors = {(scope.actor.kind, scope.actor.label, scope.organization_ids) for _, scope, _, _ in seen}
    assert actors == {(ActorKind.SYSTEM, f"system: {KIND}", frozenset())}
    assert {(source, held) for _, _, source, held in seen} == {(Source.TASK, True)}
    assert (Work.objects.count(), scope_or_none(), current_lease()) == (0, None, None)


class Tree(NullPorts):
    """Knows the organizations of one house."""

    def __init__(self, house: House) -> None:
        self.house = house

    def all_living(self) -> frozenset[UUID]:
        """All three."""
        return self.house.scope().organization_ids


@pytest.fixture
def tree(house: House) -> Iterator[None]:
    former = service(OrganizationTree)
    provide(OrganizationTree, Tree(house))
    yield
    provide(OrganizationTree, former)


@pytest.mark.usefixtures("tree")
def test_a_kind_may_see_all_organizations(house: House) -> None:
    seen = []

    def handler(ref_id: UUID, lease: Lease) -> None:
        with scoped_transaction():
            seen.append((Organization.objects.count(), current_scope().organization_ids))

    with declared(KIND, handler, sees_organizations=True):
        queue_rows(house, KIND)
        sweep()
    living = {house.root.pk, house.north.pk, house.south.pk}
    assert [(number, set(ids)) for number, ids in seen] == [(3, living)]


def test_nothing_due_is_nothing_done(house: House) -> None:
    assert sweep() == {}


def test_a_failure_is_tried_again_later_and_later(house: House, noon: clock.FrozenClock) -> None:
    def handler(ref_id: UUID, lease: Lease) -> None:
        raise RuntimeError("broken")

    delays = []
    with declared(KIND, handler):
        queue_rows(house, KIND)
        for attempt in range(1, 6):
            assert sweep() == {Outcome.RETRIED: 1}
            row = only_row()
            assert (row.attempts, row.locked_until, row.owner) == (attempt, None, "")
            delays.append((row.due_at - noon.at).total_seconds())
            assert sweep() == {}
            noon.tick(row.due_at - noon.at)
    assert all(0.75 * 2**power <= delay <= 1.25 * 2**power for power, delay in enumerate(delays))


def test_a_failure_may_say_when_to_try_again(house: House) -> None:
    def handler(ref_id: UUID, lease: Lease) -> None:
        raise Retry("the vendor asks for patience", after=timedelta(minutes=7))

    with declared(KIND, handler):
        queue_rows(house, KIND)
        sweep()
    assert only_row().due_at == NOON + timedelta(minutes=7)


def test_a_row_is_parked_after_its_last_attempt(house: House, noon: clock.FrozenClock) -> None:
    def handler(ref_id: UUID, lease: Lease) -> None:
        raise RowNotFound(customer="Ada Lovelace")

    with declared(KIND, handler, attempts=2):
        queue_rows(house, KIND)
        assert sweep() == {Outcome.RETRIED: 1}
        noon.tick(10)
        assert sweep() == {Outcome.PARKED: 1}
        noon.tick(timedelta(days=1))
        assert sweep() == {}
    row = only_row()
    assert (row.parked_reason, row.attempts) == ("gave up after 2 attempts: kernel.not_found", 2)
    assert row.parked_at is not None


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (Permanent("no such vendor"), "kernel.work.permanent: no such vendor"),
        (NeedsConfiguration("no key is set"), "kernel.work.needs_configuration: no key is set"),
    ],
)
def test_a_hopeless_failure_is_parked_at_once(house: House, failure: Exception, reason: str) -> None:
    def handler(ref_id: UUID, lease: Lease) -> None:
        raise failure

    with declared(KIND, handler):
        queue_rows(house, KIND)
        assert sweep() == {Outcome.PARKED: 1}
    assert (only_row().parked_reason, only_row().attempts) == (reason, 1)


def test_a_message_with_a_tenants_data_stays_out_of_the_reason(house: House) -> None:
    def handler(ref_id: UUID, lease: Lease) -> None:
        raise ValueError("Ada Lovelace")

    with declared(KIND, handler, attempts=1):
        queue_rows(house, KIND)
        sweep()
    assert only_row().parked_reason == "gave up after 1 attempts: ValueError"


def test_one_failure_does_not_stop_the_next_row(house: House) -> None:
    done: Refs = []

    def handler(ref_id: UUID, lease: Lease) -> None:
        if ref_id == refs[1]:
            raise RuntimeError
        done.append(ref_id)

    with declared(KIND, handler):
        refs = queue_rows(house, KIND, 3)
        assert sweep() == {Outcome.DONE: 2, Outcome.RETRIED: 1}
    assert set(done) == {refs[0], refs[2]}


def test_a_worker_that_never_comes_back_uses_up_attempts(house: House, noon: clock.FrozenClock) -> None:
    with declared(KIND, lambda ref_id, lease: None, attempts=2):
        queue_rows(house, KIND)
        for _ in range(2):
            assert len(claim("work")) == 1
            noon.tick(30)
        assert sweep() == {Outcome.PARKED: 1}
    assert only_row().parked_reason == "gave up after 2 attempts: the last worker did not come back"


def test_a_row_that_a_worker_left_behind_runs_alone(house: House, noon: clock.FrozenClock) -> None:
    ran: Refs = []
    with declared(KIND, lambda ref_id, lease: ran.append(ref_id)):
        queue_rows(house, KIND, 3)
        claim("work")
        noon.tick(30)
        fresh = queue_rows(house, KIND)
        rows = claim("work")
        assert [work.ref_id for work in sweeper._prudent(rows)] == [rows[0].ref_id]
        states = Work.objects.exclude(ref_id=rows[0].ref_id).values_list("ref_id", "attempts", "locked_until")
        assert sorted(states) == sorted((work.ref_id, 0 if work.ref_id in fresh else 1, None) for work in rows[1:])
        assert sum(bool(row.owner) for row in Work.objects.all()) == 3
        assert sweep() == {Outcome.DONE: 3}
    assert rows[0].ref_id not in ran


def test_an_unknown_kind_is_parked_and_starts_when_it_is_known(house: House) -> None:
    with declared(KIND, lambda ref_id, lease: None):
        queue_rows(house, KIND)
    assert sweep() == {Outcome.PARKED: 1}
    assert only_row().parked_reason == parking.UNKNOWN_KIND
    assert parking.unpark_known_kinds() == 0
    with declared(KIND, lambda ref_id, lease: None):
        assert parking.unpark_known_kinds() == 1
        assert sweep() == {Outcome.DONE: 1}


def test_operators_see_start_and_discard_parked_rows(house: House) -> None:
    with declared(KIND, lambda ref_id, lease: None):
        queue_rows(house, KIND, 2)
        first, second = Work.objects.order_by("id")
        assert parking.park(first.pk, "not now")
        assert not parking.park(first.pk, "twice")
        assert [row.parked_reason for row in parking.parked(kind=KIND)] == ["not now"]
        assert sweep() == {Outcome.DONE: 1}
        assert parking.unpark([first.pk, second.pk]) == 1
        assert sweep() == {Outcome.DONE: 1}
        queue_rows(house, KIND)
        assert not parking.discard(only_row().pk)
        parking.park(only_row().pk, "for good")
        assert parking.discard(only_row().pk)


def test_parking_a_row_in_a_workers_hands_costs_it_the_lease(house: House) -> None:
    def handler(ref_id: UUID, lease: Lease) -> None:
        parking.park(lease.work.id, "an operator was faster")
        with using_scope(in_organization(current_scope(), house.root.pk)):
            probes.create_currency("EUR")

    with declared(KIND, handler):
        queue_rows(house, KIND)
        assert sweep() == {Outcome.LOST: 1}
    with using_scope(house.scope()), scoped_transaction():
        assert (Currency.objects.count(), Action.objects.filter(command="tests.currency.create").count()) == (0, 0)
    assert only_row().parked_reason == "an operator was faster"


def test_a_command_in_a_handler_is_an_action_of_the_system(house: House) -> None:
    def handler(ref_id: UUID, lease: Lease) -> None:
        with using_scope(in_organization(current_scope(), house.root.pk)):
            probes.create_currency("EUR")

    with declared(KIND, handler):
        queue_rows(house, KIND)
        assert sweep() == {Outcome.DONE: 1}
    with using_scope(house.scope()), scoped_transaction():
        action = Action.objects.get(command="tests.currency.create")
    assert (action.actor_kind, action.actor_label, action.source) == ("system", f"system: {KIND}", "task")


def test_a_handler_may_queue_itself_for_later(house: House) -> None:
    def handler(ref_id: UUID, lease: Lease) -> None:
        with scoped_transaction():
            enqueue(KIND, ref_id, NOON + timedelta(hours=1))
            lease.complete()

    with declared(KIND, handler):
        queue_rows(house, KIND)
        assert sweep() == {Outcome.DONE: 1}
    row = only_row()
    assert (row.due_at, row.locked_until, row.attempts) == (NOON + timedelta(hours=1), None, 0)


def test_a_handler_that_lost_its_lease_is_told_between_steps(house: House) -> None:
    def handler(ref_id: UUID, lease: Lease) -> None:
        lease.lost()
        lease.check()

    with declared(KIND, handler):
        queue_rows(house, KIND)
        assert sweep() == {Outcome.LOST: 1}
    assert only_row().locked_until is not None


def test_a_sweep_ends_with_its_budget_and_hands_back_the_rest(house: House) -> None:
    with declared(KIND, lambda ref_id, lease: time.sleep(0.02)):
        queue_rows(house, KIND, 10)
        done = sweep(budget=0.05)[Outcome.DONE]
        assert 1 <= done <= 5
        assert Work.objects.filter(attempts=0, locked_until=None, due_at=NOON).count() == 10 - done


def test_a_tenant_with_a_backlog_does_not_hold_up_the_others(house: House, other_house: House) -> None:
    with declared(KIND, lambda ref_id, lease: None):
        queue_rows(house, KIND, 3000, due_at=NOON - timedelta(days=1))
        [ref] = queue_rows(other_house, KIND)
        claimed = claim("work")
    assert ref in {work.ref_id for work in claimed}
    assert len(claimed) == 17, "half a batch for each of the two"


def test_tenants_behind_many_backlogs_have_their_turn(house: House) -> None:
    """150 tenants, each with older work than the last one: more than one claim visits."""
    with declared(KIND, lambda ref_id, lease: None):
        _fill(tenants=150, rows=5)
        [ref] = queue_rows(house, KIND)
        turns = next(turn for turn in range(1, 100) if ref in {work.ref_id for work in claim("work")})
    assert turns < 40


def _fill(*, tenants: int, rows: int) -> None:
    Work.objects.bulk_create(
        Work(kind=KIND, queue="work", tenant_id=tenant, ref_id=uuid7(), due_at=NOON - timedelta(days=1))
        for tenant in [uuid7() for _ in range(tenants)]
        for _ in range(rows)
    )


def test_a_lease_lost_error_names_the_kind() -> None:
    assert LeaseLost(kind=KIND).detail == f"The lease on {KIND} is lost."
    assert KIND not in KINDS
