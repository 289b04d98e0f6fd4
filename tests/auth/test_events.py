"""What log-ins, locks and passwords announce."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.auth.models import User
from apps.kernel import clock
from apps.kernel.commands.models import Action
from apps.kernel.eventbus.models import OutboxEvent
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Work
from apps.kernel.work.sweeper import sweep
from tests.auth.calls import bearer, log_in, post, tokens
from tests.auth.factories import PASSWORD, make_user
from tests.kernel.events_probes import everywhere
from tests.support.scopes import House

ADDRESS = "bob@example.org"


@pytest.fixture
def bob(house: House) -> User:
    return make_user(house, email=ADDRESS, name="Bob")


def told(house: House, start: str = "auth.") -> list[tuple[str, dict[str, Any]]]:
    with everywhere(house.scope()):
        rows = OutboxEvent.objects.filter(name__startswith=start).order_by("seq")
        return [(row.name, row.payload) for row in rows]


def test_a_log_in_is_announced_and_stands_in_the_history(house: House, bob: User) -> None:
    assert log_in().status_code == 200
    assert told(house) == []
    sweep("events")
    assert told(house) == [("auth.login.success", {"resource_id": str(bob.pk)})]
    with using_scope(house.scope()), scoped_transaction():
        action = Action.objects.get(command="auth.user.log_in")
    assert (action.actor_kind, action.resource_id) == ("system", bob.pk)


def test_wrong_passwords_are_announced_by_a_worker(house: House, bob: User) -> None:
    for _ in range(2):
        log_in(password="wrong")
    assert told(house) == []
    sweep("events")
    facts = {"resource_id": str(bob.pk), "failed_attempts": 2, "is_locked": False}
    assert told(house) == [("auth.login.failed", facts)]


def test_an_unknown_address_is_announced_to_nobody(house: House, bob: User) -> None:
    log_in(email="nobody@example.org", password="wrong")
    sweep("events")
    assert not Work.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM outbox")
        assert cursor.fetchone() == (0,)
    assert told(house) == []


def test_a_lock_is_announced_with_its_end(house: House, bob: User) -> None:
    with clock.frozen(clock.now()) as time:
        for _ in range(5):
            log_in(password="wrong")
        time.tick(11)
        sweep()
        [facts] = [payload for name, payload in told(house) if name == "auth.user.locked"]
        until = datetime.fromisoformat(facts["until"])
        assert facts["resource_id"] == str(bob.pk)
        assert timedelta(minutes=14) < until - time.at < timedelta(minutes=15)


def test_a_new_password_is_announced_and_stands_nowhere(house: House, bob: User) -> None:
    headers = bearer(tokens()["access"])
    body = {"current_password": PASSWORD, "password": "a-far-better-passphrase"}
    assert post(Client(), "/api/auth/password/change/", body, **headers).status_code == 200
    assert ("auth.user.password_changed", {"resource_id": str(bob.pk)}) in told(house)
    assert "password" not in str([payload for _, payload in told(house)])
