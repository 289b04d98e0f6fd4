"""Renewal: a refresh token is good once, and one that comes twice ends its session."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from apps.auth.models import User
from apps.kernel import clock
from apps.kernel.crypto.tokens import token_digest
from tests.auth.calls import ADDRESS, REFRESH, bearer, log_in, post, refresh, stored, tokens, whoami
from tests.auth.factories import make_user, system
from tests.support.crowds import all_at_once
from tests.support.scopes import House, seeding


@pytest.fixture
def bob(house: House) -> User:
    return make_user(house, email=ADDRESS)


def suspend(house: House, status: str = "suspended") -> None:
    with seeding(system(house)):
        house.tenant.status = status
        house.tenant.save()


def test_a_refresh_token_renews_the_pair(house: House, bob: User) -> None:
    first = tokens()
    answer = refresh(first["refresh"])
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    second = answer.json()
    assert set(second) == set(first)
    assert second["refresh"] != first["refresh"]
    assert whoami(second["access"]).status_code == 200
    assert bytes(stored(house)[0].refresh_digest or b"") == token_digest(second["refresh"])
    assert refresh(second["refresh"]).status_code == 200


def test_a_used_refresh_token_ends_its_session(house: House, bob: User) -> None:
    browser = Client()
    first = log_in(browser).json()
    second = refresh(first["refresh"]).json()
    answer = refresh(first["refresh"])
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.session.ended")
    assert stored(house) == []
    assert refresh(second["refresh"]).status_code == 401
    assert whoami(second["access"]).status_code == 401
    assert browser.get("/api/auth/session/").status_code == 401


@pytest.mark.committed
def test_of_many_renewals_at_once_one_wins_and_the_session_ends(house: House) -> None:
    make_user(house, email=ADDRESS)
    first = tokens()
    answers = all_at_once(8, lambda number: refresh(first["refresh"]))
    assert sorted(answer.status_code for answer in answers) == [200, *[401] * 7]
    assert stored(house) == []
    won = next(answer.json() for answer in answers if answer.status_code == 200)
    assert whoami(won["access"]).status_code == 401


def test_it_works_without_a_good_access_token(bob: User) -> None:
    first = tokens()
    assert refresh(first["refresh"], **bearer("expired")).status_code == 200


def test_the_cookie_lives_on(bob: User) -> None:
    browser = Client()
    refresh(log_in(browser).json()["refresh"])
    assert browser.get("/api/auth/session/").status_code == 200


@pytest.mark.parametrize("token", ["x", "a.b.c", "x" * 900, "ż"])
def test_what_is_no_refresh_token_is_a_401(token: str, house: House, bob: User) -> None:
    tokens()
    assert refresh(token).json()["code"] == "auth.session.ended"
    assert len(stored(house)) == 1


def test_an_access_token_renews_nothing_and_ends_nothing(house: House, bob: User) -> None:
    assert refresh(tokens()["access"]).status_code == 401
    assert len(stored(house)) == 1


def test_a_refresh_token_opens_no_request(bob: User) -> None:
    assert whoami(tokens()["refresh"]).status_code == 401


@pytest.mark.parametrize("body", [{}, {"refresh": ""}, {"refresh": 7}, {"refresh": "x", "more": 1}, {"refresh": None}])
def test_what_has_not_the_form_is_a_400(body: dict[str, object], database: None) -> None:
    answer = post(Client(), REFRESH, body)
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_an_expired_session_is_not_renewed(house: House, bob: User) -> None:
    with clock.frozen(clock.now()) as time:
        first = tokens()
        time.tick(timedelta(hours=8) - timedelta(seconds=1))
        second = refresh(first["refresh"]).json()
        assert second["expires_in"] == 1
        time.tick(1)
        assert refresh(second["refresh"]).status_code == 401


def test_a_disabled_user_renews_nothing(house: House, bob: User) -> None:
    first = tokens()
    with seeding(system(house)):
        User.objects.filter(pk=bob.pk).update(is_active=False)
    assert refresh(first["refresh"]).status_code == 401


def test_the_session_of_a_suspended_tenant_waits(house: House, bob: User) -> None:
    first = tokens()
    suspend(house)
    answer = refresh(first["refresh"])
    assert (answer.status_code, answer.json()["code"]) == (403, "directory.tenant.suspended")
    suspend(house, "active")
    assert refresh(first["refresh"]).status_code == 200


def test_a_repeated_renewal_is_told_that_it_was_done_and_ends_nothing(house: House, bob: User) -> None:
    first, key = tokens(), {"Idempotency-Key": "once"}
    second = refresh(first["refresh"], **key).json()
    again = refresh(first["refresh"], **key)
    assert (again.status_code, again.json()["code"]) == (409, "kernel.idempotency.answer_withheld")
    assert len(stored(house)) == 1
    assert whoami(second["access"]).status_code == 200


def test_a_session_of_the_log_in_form_has_no_refresh_token(house: House, bob: User) -> None:
    client = Client()
    client.force_login(bob)
    assert stored(house)[0].refresh_digest is None
