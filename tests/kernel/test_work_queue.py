"""Queueing, claiming and settling: one row for each thing, nothing lost, nothing late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from apps.kernel import clock
from apps.kernel.ids import uuid7
from apps.kernel.registry.store import AlreadyRegistered, NotRegistered
from apps.kernel.tenancy.errors import ScopeMissing
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work import settling
from apps.kernel.work.claims import claim
from apps.kernel.work.errors import LeaseLost, OutsideTransaction
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Claimed, Lease
from apps.kernel.work.models import Work
from apps.kernel.work.queueing import enqueue, enqueue_if_done, enqueue_many, withdraw
from tests.kernel.work_probes import declared, queue_rows
from tests.support.scopes import House

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
KIND = "tests.quiet"


def ignore(ref_id: UUID, lease: Lease) -> None:
    """Do nothing."""


@pytest.fixture(autouse=True)
def noon() -> Iterator[clock.FrozenClock]:
    with clock.frozen(NOON) as frozen, declared(KIND, ignore):
        yield frozen


@pytest.fixture
def scoped(house: House) -> Iterator[House]:
    with using_scope(house.scope()), scoped_transaction():
        yield house


def row_of(ref_id: UUID) -> Work:
    return Work.objects.get(ref_id=ref_id)


def claim_one() -> Claimed:
    [work] = claim("work")
    return work


def lease_of(work: Claimed) -> Lease:
    import time

    return Lease(work, since=time.monotonic())


def test_queueing_again_brings_a_row_forward_and_never_back(scoped: House) -> None:
    ref = uuid7()
    enqueue(KIND, ref, NOON + 60 * SECOND)
    enqueue(KIND, ref, NOON + 30 * SECOND)
    enqueue(KIND, ref, NOON + 90 * SECOND)
    row = row_of(ref)
    assert (row.due_at, row.kind, row.queue, row.tenant_id) == (NOON + 30 * SECOND, KIND, "work", scoped.tenant.pk)
    assert (row.attempts, row.fence, row.owner, row.parked_reason) == (0, 0, "", "")


def test_queueing_rolls_back_with_its_transaction(scoped: House) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue(KIND, uuid7())
        raise RuntimeError
    assert Work.objects.count() == 0


def test_many_rows_are_queued_at_once_and_doubles_count_once(scoped: House) -> None:
    refs = [uuid7() for _ in range(3)]
    enqueue_many(KIND, [*refs, refs[0]])
    assert set(Work.objects.values_list("ref_id", flat=True)) == set(refs)


def test_queueing_nothing_does_nothing(scoped: House) -> None:
    enqueue_many(KIND, [])
    assert Work.objects.count() == 0


@pytest.mark.committed
def test_queueing_outside_a_transaction_is_refused(house: House) -> None:
    with using_scope(house.scope()), pytest.raises(OutsideTransaction):
        enqueue(KIND, uuid7())


def test_queueing_without_a_scope_is_refused(database: None) -> None:
    with pytest.raises(ScopeMissing):
        enqueue(KIND, uuid7())


def test_queueing_an_undeclared_kind_is_refused(scoped: House) -> None:
    with pytest.raises(NotRegistered):
        enqueue("tests.undeclared", uuid7())


def test_a_kind_is_declared_once() -> None:
    with pytest.raises(AlreadyRegistered):
        work_kind(KIND)(ignore)


def test_a_kind_cannot_ask_for_a_queue_that_nobody_sweeps() -> None:
    with pytest.raises(ValueError, match="elsewhere"):
        work_kind("tests.lost", queue="elsewhere")


def test_a_claim_counts_the_attempt_raises_the_fence_and_leases(house: House) -> None:
    [ref] = queue_rows(house, KIND)
    work, row = claim_one(), row_of(ref)
    assert (work.ref_id, work.kind, work.tenant_id, work.attempts, work.fence) == (ref, KIND, house.tenant.pk, 1, 1)
    assert (work.due_at, work.seconds, work.left_by) == (NOON, 30.0, "")
    assert (row.attempts, row.fence, row.locked_until, row.due_at) == (1, 1, NOON + 30 * SECOND, NOON + 30 * SECOND)
    assert row.owner


def test_a_leased_row_is_not_claimed_before_its_lease_ends(house: House, noon: clock.FrozenClock) -> None:
    queue_rows(house, KIND)
    first = claim_one()
    noon.tick(29.9)
    assert claim("work") == []
    noon.tick(0.1)
    second = claim_one()
    assert (second.id, second.attempts, second.fence) == (first.id, 2, 2)
    assert second.left_by == row_of(second.ref_id).owner


def test_the_lease_of_a_kind_is_its_own(house: House) -> None:
    with declared("tests.brief", ignore, lease=5 * SECOND):
        [ref] = queue_rows(house, "tests.brief")
        assert claim_one().seconds == 5.0
        assert row_of(ref).locked_until == NOON + 5 * SECOND


def test_rows_of_the_future_and_of_other_queues_are_not_claimed(house: House, settings: object) -> None:
    settings.WORK_QUEUES = ["aside"]  # type: ignore[attr-defined]
    with declared("tests.aside", ignore, queue="aside"):
        queue_rows(house, KIND, due_at=NOON + SECOND)
        [aside] = queue_rows(house, "tests.aside")
        assert claim("work") == []
        assert [work.ref_id for work in claim("aside")] == [aside]


def test_the_row_that_is_due_longest_comes_first(house: House) -> None:
    late = queue_rows(house, KIND)
    early = queue_rows(house, KIND, due_at=NOON - 60 * SECOND)
    assert [work.ref_id for work in claim("work", limit=2)] == [*early, *late]


def test_a_finished_row_is_gone(house: House) -> None:
    queue_rows(house, KIND)
    assert settling.finish(claim_one())
    assert Work.objects.count() == 0


def test_a_row_queued_while_a_worker_has_it_runs_again(house: House) -> None:
    [ref] = queue_rows(house, KIND)
    work = claim_one()
    with using_scope(house.scope()), scoped_transaction():
        enqueue(KIND, ref, NOON + 60 * SECOND)
        enqueue(KIND, ref)
    assert settling.finish(work)
    row = row_of(ref)
    assert (row.due_at, row.again_at, row.attempts, row.locked_until, row.fence) == (NOON, None, 0, None, 1)


def test_a_wish_for_later_survives_a_failed_attempt(house: House, noon: clock.FrozenClock) -> None:
    [ref] = queue_rows(house, KIND)
    work, tomorrow = claim_one(), NOON + timedelta(days=1)
    with using_scope(house.scope()), scoped_transaction():
        enqueue(KIND, ref, tomorrow)
    settling.postpone(work, SECOND)
    noon.tick(1)
    assert settling.finish(claim_one())
    assert row_of(ref).due_at == tomorrow


def test_a_wish_that_a_later_claim_answers_is_forgotten(house: House, noon: clock.FrozenClock) -> None:
    [ref] = queue_rows(house, KIND)
    work = claim_one()
    with using_scope(house.scope()), scoped_transaction():
        enqueue(KIND, ref)
    settling.postpone(work, SECOND)
    noon.tick(1)
    assert settling.finish(claim_one())
    assert Work.objects.count() == 0


@pytest.mark.parametrize("settle", ["finish", "postpone", "park", "renew", "hand_back"])
def test_who_lost_the_lease_settles_nothing(house: House, noon: clock.FrozenClock, settle: str) -> None:
    [ref] = queue_rows(house, KIND)
    stale = claim_one()
    noon.tick(30)
    claim_one()
    before = Work.objects.values().get(ref_id=ref)
    answers: dict[str, Callable[[], object]] = {
        "finish": lambda: settling.finish(stale),
        "postpone": lambda: settling.postpone(stale, SECOND),
        "park": lambda: settling.park_claimed(stale, "late"),
        "renew": lambda: settling.renew(stale),
        "hand_back": lambda: settling.hand_back([stale]),
    }
    assert not answers[settle]()
    assert Work.objects.values().get(ref_id=ref) == before


def test_a_renewed_lease_lasts_longer(house: House, noon: clock.FrozenClock) -> None:
    queue_rows(house, KIND)
    work = claim_one()
    noon.tick(20)
    assert settling.renew(work)
    noon.tick(20)
    assert claim("work") == []


def test_a_row_handed_back_is_as_before(house: House) -> None:
    [ref] = queue_rows(house, KIND, due_at=NOON - 5 * SECOND)
    assert settling.hand_back([claim_one()]) == 1
    row = row_of(ref)
    assert (row.due_at, row.attempts, row.locked_until, row.owner, row.fence) == (NOON - 5 * SECOND, 0, None, "", 1)


def test_the_guard_holds_with_the_lease_and_refuses_without(house: House, noon: clock.FrozenClock) -> None:
    queue_rows(house, KIND)
    stale = lease_of(claim_one())
    with transaction.atomic():
        stale.guard()
    noon.tick(30)
    current = lease_of(claim_one())
    with transaction.atomic():
        with pytest.raises(LeaseLost):
            stale.guard()
        current.guard()
    with pytest.raises(LeaseLost):
        stale.check()
    current.check()


def test_completing_takes_the_row_out_with_the_transaction(house: House) -> None:
    [ref] = queue_rows(house, KIND)
    lease = lease_of(claim_one())
    with pytest.raises(RuntimeError), transaction.atomic():
        lease.complete()
        raise RuntimeError
    assert row_of(ref)
    with transaction.atomic():
        lease.complete()
    assert Work.objects.count() == 0
    with pytest.raises(LeaseLost), transaction.atomic():
        lease.complete()


def test_a_withdrawn_row_costs_its_worker_the_lease(house: House) -> None:
    refs = queue_rows(house, KIND)
    lease = lease_of(claim_one())
    with using_scope(house.scope()), scoped_transaction():
        assert withdraw(KIND, refs) == 1
    with pytest.raises(LeaseLost), transaction.atomic():
        lease.guard()


def test_a_tenant_withdraws_its_own_rows_only(house: House, other_house: House) -> None:
    refs = queue_rows(house, KIND)
    with using_scope(other_house.scope()), scoped_transaction():
        assert withdraw(KIND, refs) == 0


def test_a_run_is_queued_only_when_the_former_one_is_done(scoped: House) -> None:
    ref = uuid7()
    assert enqueue_if_done(KIND, ref)
    assert not enqueue_if_done(KIND, ref)
    work = claim_one()
    assert not enqueue_if_done(KIND, ref)
    settling.finish(work)
    assert enqueue_if_done(KIND, ref)


def test_a_run_that_was_given_up_starts_anew(scoped: House) -> None:
    ref = uuid7()
    enqueue(KIND, ref)
    settling.park_claimed(claim_one(), "broken")
    assert enqueue_if_done(KIND, ref)
    row = row_of(ref)
    assert (row.parked_at, row.parked_reason, row.attempts, row.due_at) == (None, "", 0, NOON)


def test_a_parked_row_holds_no_lease(scoped: House) -> None:
    ref = uuid7()
    enqueue(KIND, ref)
    with pytest.raises(IntegrityError), transaction.atomic():
        Work.objects.filter(ref_id=ref).update(parked_at=NOON, locked_until=NOON)
