"""Workers that die while they remind, and several at once: everybody is told once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from apps.auth.models import User
from apps.customers.services.reminders import REMIND, plan_reminders
from apps.kernel import clock
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Work
from apps.kernel.work.sweeper import sweep
from tests.customers.factories import make_interaction
from tests.directory.callers import member
from tests.kernel.work_probes import process
from tests.notifications.notices import notifications
from tests.notifications.test_crash import Fuse
from tests.support.scopes import House

pytestmark = [pytest.mark.processes, pytest.mark.committed]


@pytest.fixture
def carol(house: House) -> User:
    return member(house, "customers.*", name="Carol")


def due(house: House, owner: User, title: str = "Call Ada") -> UUID:
    """An interaction that begins in ten minutes and should be reminded of by now."""
    start = clock.now() + timedelta(minutes=10)
    row = make_interaction(house, title, owner_id=owner.pk, scheduled_at=start, reminder_minutes=30)
    with using_scope(house.scope(house.north)), scoped_transaction():
        plan_reminders([row.pk])
    return UUID(str(row.pk))


def told(house: House) -> list[str]:
    return sorted(row.title for row in notifications(house))


def test_two_workers_of_their_own_tell_everybody_once(house: House, carol: User) -> None:
    titles = [f"No. {number}" for number in range(12)]
    for title in titles:
        due(house, carol, title)
    with process("tests.kernel.work_program", "once") as one, process("tests.kernel.work_program", "once") as other:
        for child in (one, other):
            child.communicate("go\n", timeout=120)
    sweep()
    assert told(house) == sorted(titles)
    assert not Work.objects.filter(kind=REMIND).exists()


def is_blown(position: int) -> bool:
    """Sweep with a crash at the statement of that number; False when there are fewer."""
    with connection.execute_wrapper(Fuse(position)):
        try:
            sweep()
        except KeyboardInterrupt:
            return True
    return False


def test_a_crash_at_any_statement_loses_no_reminder_and_says_none_twice(house: House, carol: User) -> None:
    position = 1
    with clock.frozen(clock.now()) as frozen:
        due(house, carol, "No. 1")
        while is_blown(position):
            frozen.tick(timedelta(minutes=2))
            sweep()
            sweep()
            assert told(house) == sorted(f"No. {number}" for number in range(1, position + 1, 2)), position
            position += 2
            due(house, carol, f"No. {position}")
    assert position > 15, "the wrapper saw no statements"


def test_a_row_of_work_without_an_interaction_is_done_with(house: House, carol: User) -> None:
    row: Any = due(house, carol)
    with using_scope(house.scope(house.south)), scoped_transaction():
        plan_reminders([row])
    sweep()
    assert told(house) == []
