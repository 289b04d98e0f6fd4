"""The session engine: rows of signed-in devices, and nothing for nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from apps.auth.models import Session, User
from apps.auth.sessions import SessionStore
from apps.kernel import clock
from apps.kernel.clock import FrozenClock
from apps.kernel.crypto.tokens import token_digest
from apps.kernel.tenancy.models import CredentialIndex
from tests.auth.factories import BACKEND, make_user, reading_in, signed_in
from tests.support.scopes import House


def stored(house: House) -> list[Session]:
    with reading_in(house):
        return list(Session.objects.order_by("pk"))


@pytest.fixture
def bob(house: House) -> User:
    return make_user(house)


@pytest.fixture
def time() -> Iterator[FrozenClock]:
    with clock.frozen(clock.now()) as found:
        yield found


def test_it_is_the_session_engine() -> None:
    assert import_module(settings.SESSION_ENGINE).SessionStore is SessionStore


def test_a_session_comes_back_with_its_data(bob: User) -> None:
    request = signed_in(bob)
    request.session["basket"] = ["apple"]
    request.session.save()
    again = SessionStore(request.session.session_key)
    assert again["basket"] == ["apple"]
    assert again["_auth_user_id"] == str(bob.pk)


def test_the_row_holds_the_digest_the_device_and_the_address(house: House, bob: User) -> None:
    request = signed_in(bob, HTTP_USER_AGENT="Fire\x00fox " + "x" * 400, REMOTE_ADDR="192.0.2.7")
    [row] = stored(house)
    assert bytes(row.digest) == token_digest(str(request.session.session_key))
    assert (row.user_id, row.address, row.device) == (bob.pk, "192.0.2.7", ("Firefox " + "x" * 400)[:300])
    assert str(request.session.session_key) not in row.data


@pytest.mark.parametrize(
    ("peer", "kept"),
    [("", None), ("unix:", None), ("fe80::1%eth0", "fe80::1"), ("::ffff:192.0.2.7", "::ffff:192.0.2.7")],
)
def test_an_unusual_peer_does_not_stop_the_log_in(peer: str, kept: str | None, house: House, bob: User) -> None:
    signed_in(bob, REMOTE_ADDR=peer)
    assert stored(house)[0].address == kept


def test_the_global_index_follows_the_row(bob: User) -> None:
    request = signed_in(bob)
    digest = token_digest(str(request.session.session_key))
    entry = CredentialIndex.objects.get(kind="session", digest=digest)
    assert entry.tenant_id == bob.tenant_id
    request.session.flush()
    assert not CredentialIndex.objects.filter(kind="session", digest=digest).exists()


def test_a_store_of_nobody_saves_nothing_and_is_empty(house: House) -> None:
    store = SessionStore()
    store["basket"] = ["apple"]
    store.save()
    assert store.is_empty()
    assert stored(house) == []


def test_log_in_gives_the_key_only_then(house: House, bob: User) -> None:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    request.session["before"] = "kept"
    login(request, bob, backend=BACKEND)
    assert stored(house) == []
    request.session.save()
    assert SessionStore(request.session.session_key)["before"] == "kept"


@pytest.mark.parametrize("key", ["", "short", "x" * 42 + "!", "x" * 5_000, "ключ" * 11])
def test_what_cannot_be_a_key_costs_no_query(database: None, key: str) -> None:
    with CaptureQueriesContext(connection) as sent:
        assert SessionStore(key).get("anything") is None
    assert len(sent) == 0


def test_an_unknown_key_is_forgotten(database: None) -> None:
    store = SessionStore("x" * 43)
    assert dict(store.items()) == {}
    assert store.session_key is None
    assert store.is_empty()


def test_an_expired_session_is_nobodys(bob: User, time: FrozenClock) -> None:
    key = signed_in(bob).session.session_key
    time.tick(timedelta(seconds=settings.SESSION_COOKIE_AGE))
    assert SessionStore(key).get("_auth_user_id") is None


def test_expiry_can_be_set_for_one_session(house: House, bob: User, time: FrozenClock) -> None:
    request = signed_in(bob)
    request.session.set_expiry(60)
    request.session.save()
    assert stored(house)[0].expires_at == time.at + timedelta(seconds=60)


def test_cycling_the_key_keeps_row_and_data(house: House, bob: User) -> None:
    request = signed_in(bob)
    before, [row] = request.session.session_key, stored(house)
    request.session.cycle_key()
    assert request.session.session_key != before
    assert [item.pk for item in stored(house)] == [row.pk]
    assert SessionStore(before).get("_auth_user_id") is None
    assert SessionStore(request.session.session_key)["_auth_user_id"] == str(bob.pk)


def test_logging_out_deletes_the_row(house: House, bob: User) -> None:
    request = signed_in(bob)
    logout(request)
    assert stored(house) == []
    assert request.session.is_empty()


def test_an_ended_session_is_not_brought_back_by_a_late_save(house: House, bob: User) -> None:
    request = signed_in(bob)
    SessionStore(request.session.session_key).delete()
    request.session["late"] = True
    with pytest.raises(UpdateError):
        request.session.save()
    assert stored(house) == []


def test_somebody_elses_log_in_gets_a_session_of_its_own(house: House, bob: User) -> None:
    request, charlie = signed_in(bob), make_user(house)
    former = request.session.session_key
    login(request, charlie, backend=BACKEND)
    request.session.save()
    assert request.session.session_key != former
    assert [row.user_id for row in stored(house)] == [charlie.pk]


def test_a_log_in_moves_between_tenants(house: House, other_house: House, bob: User) -> None:
    request, charlie = signed_in(bob), make_user(other_house)
    login(request, charlie, backend=BACKEND)
    request.session.save()
    assert stored(house) == []
    assert [row.user_id for row in stored(other_house)] == [charlie.pk]


def test_expired_sessions_of_every_tenant_are_cleared(
    house: House, other_house: House, bob: User, time: FrozenClock
) -> None:
    signed_in(bob)
    signed_in(make_user(other_house))
    time.tick(timedelta(seconds=settings.SESSION_COOKIE_AGE))
    living = signed_in(bob).session.session_key
    SessionStore.clear_expired()
    assert [bytes(row.digest) for row in stored(house)] == [token_digest(str(living))]
    assert stored(other_house) == []
