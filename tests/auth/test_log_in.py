"""Log-in: refusals that cannot be told apart, and locks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.db import connection, connections
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from apps.auth.models import LoginState, User
from apps.kernel import clock
from apps.kernel.commands.models import Action
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import reading, scoped_transaction
from tests.auth.factories import PASSWORD, make_user, reading_in, system
from tests.auth.hashers import CountingHasher, counting
from tests.support.scopes import House, seeding

ADDRESS = "bob@example.org"
Prepare = Callable[[House, House], dict[str, str]]


def try_it(**given: str | None) -> User | None:
    found = authenticate(None, **{"email": ADDRESS, "password": PASSWORD, **given})
    assert found is None or isinstance(found, User)
    return found


def state_of(house: House, user: User) -> LoginState:
    with reading_in(house):
        state: LoginState = LoginState.objects.get(pk=user.pk)
        return state


def set_state(house: House, user: User, **values: object) -> None:
    with using_scope(system(house)), scoped_transaction():
        LoginState.objects.filter(pk=user.pk).update(**values)


@pytest.fixture
def bob(house: House) -> User:
    return make_user(house, email=ADDRESS)


@pytest.fixture
def hasher() -> Iterator[type[CountingHasher]]:
    with counting() as found:
        yield found


def unknown(house: House, other: House) -> dict[str, str]:
    return {"email": "nobody@example.org"}


def wrong(house: House, other: House) -> dict[str, str]:
    make_user(house, email=ADDRESS)
    return {"password": "wrong horse battery staple"}


def ambiguous(house: House, other: House) -> dict[str, str]:
    make_user(house, email=ADDRESS)
    make_user(other, email=ADDRESS)
    return {}


def elsewhere(house: House, other: House) -> dict[str, str]:
    make_user(house, email=ADDRESS)
    return {"tenant": str(other.tenant.pk)}


def locked(house: House, other: House) -> dict[str, str]:
    user = make_user(house, email=ADDRESS)
    set_state(house, user, locked_until=clock.now() + timedelta(minutes=1))
    return {}


def disabled(house: House, other: House) -> dict[str, str]:
    make_user(house, email=ADDRESS, is_active=False)
    return {}


def deleted(house: House, other: House) -> dict[str, str]:
    make_user(house, email=ADDRESS, deleted_at=clock.now())
    return {}


def unconfirmed(house: House, other: House) -> dict[str, str]:
    make_user(house, email=ADDRESS, is_confirmed=False)
    return {}


def without_password(house: House, other: House) -> dict[str, str]:
    set_state(house, make_user(house, email=ADDRESS), password="")
    return {"password": ""}


def suspended(house: House, other: House) -> dict[str, str]:
    make_user(house, email=ADDRESS)
    with seeding(system(house)):
        house.tenant.status = "suspended"
        house.tenant.save()
    return {}


def too_long(house: House, other: House) -> dict[str, str]:
    make_user(house, email=ADDRESS)
    return {"password": PASSWORD * 5}


def unreadable(house: House, other: House) -> dict[str, str]:
    make_user(house, email=ADDRESS)
    return {"password": "\ud800" + PASSWORD, "email": "\ud800bob@example.org"}


REFUSED: list[Prepare] = [
    unknown,
    wrong,
    ambiguous,
    elsewhere,
    locked,
    disabled,
    deleted,
    unconfirmed,
    without_password,
    suspended,
    too_long,
    unreadable,
]


@pytest.mark.parametrize("prepare", REFUSED, ids=lambda item: item.__name__)
def test_every_refusal_gives_nobody_after_one_bcrypt(
    prepare: Prepare, house: House, other_house: House, hasher: type[CountingHasher]
) -> None:
    given = prepare(house, other_house)
    assert try_it(**given) is None
    assert hasher.runs == 1


@pytest.mark.parametrize("prepare", REFUSED, ids=lambda item: item.__name__)
def test_every_refusal_sends_the_same_statements(prepare: Prepare, house: House, other_house: House) -> None:
    given = prepare(house, other_house)
    with CaptureQueriesContext(connection) as sent:
        try_it(**given)
    kinds = " ".join(query["sql"].split()[0] for query in sent)
    counting = "SELECT SAVEPOINT SELECT SET SELECT SELECT SELECT UPDATE SELECT RELEASE"
    telling = "SAVEPOINT SELECT SET INSERT SELECT RELEASE"
    assert kinds == f"{counting} {telling}"


def test_the_right_password_gives_the_user_after_one_bcrypt(bob: User, hasher: type[CountingHasher]) -> None:
    assert try_it() == bob
    assert hasher.runs == 1


def test_the_address_is_compared_without_case_and_blanks(bob: User) -> None:
    assert try_it(email="  BOB@Example.org ") == bob


@pytest.mark.parametrize("by", ["id", "handle"])
def test_an_address_of_two_tenants_works_with_the_tenant_named(
    by: str, house: House, other_house: House, bob: User
) -> None:
    twin = make_user(other_house, email=ADDRESS)
    tenant = str(other_house.tenant.pk) if by == "id" else other_house.root.slug
    assert try_it(tenant=tenant) == twin


def test_a_password_of_one_tenant_does_not_open_the_other(house: House, other_house: House, bob: User) -> None:
    twin = make_user(other_house, email=ADDRESS)
    set_state(other_house, twin, password="")
    assert try_it(tenant=str(other_house.tenant.pk)) is None


def test_five_failures_lock_for_a_quarter_of_an_hour(house: House, bob: User) -> None:
    with clock.frozen(clock.now()) as time:
        for _ in range(5):
            assert try_it(password="wrong") is None
        assert state_of(house, bob).locked_until == time.at + timedelta(minutes=15)
        assert try_it() is None
        time.tick(timedelta(minutes=15, seconds=1))
        assert try_it() == bob


def test_attempts_while_locked_do_not_lengthen_the_lock(house: House, bob: User) -> None:
    until = clock.now() + timedelta(minutes=15)
    set_state(house, bob, locked_until=until, failed_attempts=5, lock_count=1)
    try_it(password="wrong")
    state = state_of(house, bob)
    assert (state.locked_until, state.failed_attempts, state.lock_count) == (until, 5, 1)


@pytest.mark.parametrize(("locks", "minutes"), [(0, 15), (1, 30), (2, 60), (6, 960), (7, 1440), (60, 1440)])
def test_each_lock_lasts_twice_as_long_up_to_a_day(locks: int, minutes: int, house: House, bob: User) -> None:
    set_state(house, bob, failed_attempts=4, lock_count=locks)
    with clock.frozen(clock.now()) as time:
        try_it(password="wrong")
        assert state_of(house, bob).locked_until == time.at + timedelta(minutes=minutes)


def test_an_ended_lock_starts_counting_afresh(house: House, bob: User) -> None:
    set_state(house, bob, failed_attempts=5, lock_count=1, locked_until=clock.now() - timedelta(seconds=1))
    try_it(password="wrong")
    state = state_of(house, bob)
    assert (state.failed_attempts, state.lock_count, state.locked_until) == (1, 1, None)


def test_success_resets_the_counters_and_notes_the_time(house: House, bob: User) -> None:
    set_state(house, bob, failed_attempts=4, lock_count=3)
    with clock.frozen(clock.now()) as time:
        try_it()
        state = state_of(house, bob)
        assert (state.failed_attempts, state.lock_count, state.last_login) == (0, 0, time.at)


def test_a_hash_of_another_cost_is_renewed_by_a_system_command(house: House, bob: User) -> None:
    with override_settings(AGORA_BCRYPT_COST=11):
        assert try_it() == bob
        assert state_of(house, bob).password.startswith("bcrypt_sha256$$2b$11$")
        assert try_it() == bob
    with reading_in(house):
        action = Action.objects.get(command="auth.user.rehash_password")
        assert (action.actor_kind, action.input["password"]) == ("system", "[redacted]")


@pytest.mark.committed
def test_a_burst_gets_five_tries_and_no_more(house: House) -> None:
    bob = make_user(house, email=ADDRESS)

    def attempt(number: int) -> bool:
        try:
            return try_it(password=PASSWORD if number == 11 else f"wrong {number}") is not None
        finally:
            connections.close_all()

    with counting(), ThreadPoolExecutor(12) as pool:
        list(pool.map(attempt, range(11)))
    state = state_of(house, bob)
    assert (state.failed_attempts, state.lock_count) == (5, 1)
    assert attempt(11) is False


@pytest.mark.committed
def test_a_failure_inside_a_request_is_counted_before_the_answer(house: House) -> None:
    bob = make_user(house, email=ADDRESS)
    with using_scope(system(house)), reading():
        assert try_it(password="wrong") is None
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(state_of, house, bob).result().failed_attempts == 1
            pool.submit(connections.close_all).result()


@pytest.mark.committed
def test_a_counted_failure_outlives_the_refused_request(house: House) -> None:
    bob = make_user(house, email=ADDRESS)
    assert try_it(password="wrong") is None
    connections.close_all()
    assert state_of(house, bob).failed_attempts == 1
