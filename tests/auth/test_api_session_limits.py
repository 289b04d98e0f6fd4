"""How often strangers may try: counted before anything is asked of the database."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.auth.models import User
from apps.kernel.ids import uuid7
from tests.auth.calls import ASK, CONFIRM, LOG_IN, REFRESH, post, stored
from tests.auth.factories import PASSWORD, make_user
from tests.auth.hashers import counting
from tests.support.scopes import House

PAGE = "/backend/login/"


def fresh_client() -> Client:
    """A client from an address that no other test has."""
    tail = uuid7().hex[-16:]
    return Client(REMOTE_ADDR="2001:db8:" + ":".join(tail[at : at + 4] for at in range(0, 8, 4)) + "::1")


@pytest.fixture(autouse=True)
def _declared(settings: Any) -> None:
    settings.RATE_LIMITS = {}


@pytest.fixture
def email() -> str:
    return f"{uuid7().hex}@example.org"


@pytest.fixture
def bob(house: House, email: str) -> User:
    return make_user(house, email=email)


def attempt(client: Client, email: str, password: str = "") -> int:
    return int(post(client, LOG_IN, {"email": email, "password": password or "wrong"}).status_code)


def test_an_address_has_twenty_attempts_a_minute(database: None) -> None:
    client = fresh_client()
    with counting() as hasher:
        found = [attempt(client, f"{uuid7().hex}@example.org") for _ in range(20)]
        assert (found, hasher.runs) == ([401] * 20, 20)
        with CaptureQueriesContext(connection) as sent:
            answer = post(client, LOG_IN, {"email": "nobody@example.org", "password": "x"})
    assert (answer.status_code, answer.json()["code"]) == (429, "kernel.rate_limited")
    assert 0 < int(answer["Retry-After"]) <= 60
    assert (hasher.runs, len(sent)) == (20, 0)


def test_an_address_has_five_attempts_at_one_account_a_minute_on_every_door(email: str, database: None) -> None:
    client = fresh_client()
    assert [attempt(client, email) for _ in range(3)] == [401] * 3
    assert post(client, "/api/auth/login", {"email": email.upper(), "password": "x"}).status_code == 401
    assert client.post(PAGE, {"email": email, "password": "x"}).status_code == 200
    assert client.post(PAGE, {"email": email, "password": "x"}).status_code == 429
    assert attempt(client, email) == 429
    assert attempt(client, f"other-{email}") == 401


def test_success_starts_the_count_anew_on_every_door(house: House, email: str, bob: User) -> None:
    client = fresh_client()
    for _ in range(2):
        assert [attempt(client, email) for _ in range(3)] == [401] * 3
        assert attempt(client, email, PASSWORD) == 200
    assert [attempt(client, email) for _ in range(3)] == [401] * 3
    assert client.post(PAGE, {"email": email, "password": PASSWORD}).status_code == 302
    assert [attempt(client, email) for _ in range(3)] == [401] * 3


def test_one_account_has_thirty_attempts_an_hour_from_everywhere(email: str, database: None) -> None:
    with counting():
        found = [attempt(fresh_client(), email) for _ in range(31)]
    assert found == [*[401] * 30, 429]


def test_one_address_is_mailed_five_times_an_hour(email: str, bob: User) -> None:
    found = [post(fresh_client(), ASK, {"email": email}).status_code for _ in range(6)]
    assert found == [*[200] * 5, 429]


def test_a_known_and_an_unknown_address_are_limited_alike(email: str, bob: User) -> None:
    client = fresh_client()
    for name in (email, f"un{email}"):
        assert [post(client, ASK, {"email": name}).status_code for _ in range(4)] == [*[200] * 3, 429]


@pytest.mark.parametrize(
    ("path", "body"), [(REFRESH, {"refresh": "x"}), (CONFIRM, {"token": "x", "password": "long enough, surely"})]
)
def test_tokens_are_guessed_sixty_times_a_minute_at_most(path: str, body: dict[str, str], database: None) -> None:
    client = fresh_client()
    found = [post(client, path, body).status_code for _ in range(61)]
    assert set(found[:60]) <= {400, 401}
    assert found[60] == 429


def test_signing_out_and_asking_who_one_is_are_not_attempts(house: House, email: str, bob: User) -> None:
    client = fresh_client()
    assert attempt(client, email, PASSWORD) == 200
    assert {client.get(LOG_IN).status_code for _ in range(25)} == {200}
    assert client.delete(LOG_IN).status_code == 204
    assert stored(house) == []
