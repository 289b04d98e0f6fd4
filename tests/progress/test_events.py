"""What is told of long jobs, to whom, and how often."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from apps.auth.models import User
from apps.kernel import clock
from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.models import OutboxEvent
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.progress.contracts import JobMoved
from apps.progress.services import cancel_job
from tests.auth.factories import acting_as
from tests.kernel.events_probes import names, outbox, run_all, subscribed
from tests.progress.factories import KIND, jobs, open_job, open_part, working_in
from tests.support.scopes import House

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def told(house: House) -> list[str]:
    """The last words of the names of the house's events."""
    return [name.removeprefix("progress.job.") for name in names(house.scope())]


def last(house: House) -> OutboxEvent:
    return outbox(house.scope())[-1]


def test_a_job_is_told_of_from_its_opening_to_its_end(house: House, bob: User) -> None:
    job_id = open_job(house, bob, total=100)
    with clock.frozen(NOON) as frozen, working_in(house):
        jobs().advance(job_id, 10)
        frozen.tick(1)
        jobs().advance(job_id, 60)
        jobs().complete(job_id, {"rows": 100})
    assert told(house) == ["created", "started", "updated", "completed"]
    event = last(house)
    assert event.payload == {
        "resource_id": str(job_id),
        "kind": KIND,
        "status": "completed",
        "processed": 60,
        "total": 100,
    }
    assert (event.entity, event.record_id, event.organization_id) == ("progress.job", job_id, None)
    assert {tuple(item.recipients or ()) for item in outbox(house.scope())} == {(bob.pk,)}


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_bad_ends_are_told_once(house: House, bob: User, end: str) -> None:
    job_id = open_job(house, bob)
    with working_in(house):
        jobs().start(job_id)
        for _ in range(2):
            if end == "failed":
                jobs().fail(job_id, "No.")
            else:
                jobs().cancelled(job_id)
        jobs().complete(job_id, {})
    assert told(house) == ["created", "started", end]


def test_a_job_that_gets_on_is_told_of_once_a_second(house: House, bob: User) -> None:
    job_id = open_job(house, bob, total=1_000)
    with clock.frozen(NOON) as frozen, working_in(house):
        for done in range(1_000):  # ten seconds in all
            frozen.tick(0.01)
            jobs().advance(job_id, done)
    assert told(house).count("updated") == 10
    assert told(house)[:2] == ["created", "started"]


def test_asking_to_stop_is_told_at_once(house: House, bob: User) -> None:
    job_id, waiting = open_job(house, bob, is_cancellable=True), open_job(house, bob, is_cancellable=True)
    with working_in(house):
        jobs().start(job_id)
    with acting_as(house, bob):
        cancel_job(job_id)
        cancel_job(waiting)
    assert told(house) == ["created", "created", "started", "updated", "cancelled"]
    assert last(house).record_id == waiting


def test_parts_are_told_of_as_their_whole(house: House, bob: User) -> None:
    whole = open_job(house, bob)
    first, second = open_part(house, whole, "1", total=50), open_part(house, whole, "2", total=50)
    with clock.frozen(NOON) as frozen, working_in(house):
        for part in (first, second):
            jobs().advance(part, 50)
            frozen.tick(1)
            jobs().complete(part, {})
        jobs().complete(whole, {"rows": 100})
    assert {item.record_id for item in outbox(house.scope())} == {whole}
    assert told(house)[:2] == ["created", "started"]
    assert told(house)[-1] == "completed"
    assert last(house).payload["processed"] == 100


def test_what_is_rolled_back_is_not_told(house: House, bob: User) -> None:
    job_id = open_job(house, bob)
    with pytest.raises(ZeroDivisionError), working_in(house), scoped_transaction():
        jobs().complete(job_id, {})
        _ = 1 / 0
    with pytest.raises(ZeroDivisionError), acting_as(house, bob), scoped_transaction():
        jobs().open(KIND, name="Export")
        _ = 1 / 0
    assert told(house) == ["created"]


def test_a_job_of_nobody_is_told_to_nobody(house: House) -> None:
    with working_in(house), scoped_transaction():
        jobs().open(KIND, name="Nightly prices")
    assert last(house).recipients == []


def test_other_modules_hear_how_a_job_ended(house: House, bob: User) -> None:
    heard: list[tuple[JobMoved, UUID | None]] = []

    def hear(payload: JobMoved, ctx: EventContext) -> None:
        heard.append((payload, ctx.entity_id))

    job_id = open_job(house, bob)
    with subscribed("progress.job.completed", hear, persistent=True), working_in(house):
        jobs().complete(job_id, {})
        run_all()
    assert heard == [(JobMoved(job_id, KIND, "completed", 0, None), job_id)]


def test_who_listens_in_the_process_hears_it_after_the_commit(
    house: House, bob: User, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[str] = []
    job_id = open_job(house, bob)
    with subscribed("progress.job.*", lambda payload, ctx: heard.append(ctx.name)), working_in(house):
        with django_capture_on_commit_callbacks() as waiting:
            jobs().complete(job_id, {})
        assert heard == []
        for call in waiting:
            call()
    assert heard == ["progress.job.completed"]
