"""What ends or changes access holds at the next request, by cookie and by token; a header decides alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.auth.models import RoleAcl, User
from apps.auth.services.passwords import set_password
from apps.auth.services.users import delete_user, set_user_roles, update_user
from apps.kernel.tenancy.scope import using_scope
from tests.auth.calls import ADDRESS, CHECK, LOG_IN, NEW, bearer, log_in, post, stored, tokens, whoami
from tests.auth.factories import make_role, make_user, system
from tests.support.scopes import House, seeding

VIEW, ROLES = "auth.users.view", "auth.roles.view"
Ask = Callable[[], Any]


@pytest.fixture
def bob(house: House) -> User:
    return make_user(house, email=ADDRESS, roles=(make_role(house, VIEW, name="Clerk"),))


@pytest.fixture(params=["cookie", "token"])
def ask(request: pytest.FixtureRequest, bob: User) -> Ask:
    """Ask for the session as Bob, by one of the two credentials."""
    client = Client()
    access = log_in(client).json()["access"]
    return (lambda: client.get(LOG_IN)) if request.param == "cookie" else (lambda: whoami(access))


def disable(house: House, user: User) -> None:
    update_user(user.pk, is_active=False)


def disable_past_the_command(house: House, user: User) -> None:
    with seeding():
        User.objects.filter(pk=user.pk).update(is_active=False)


def delete(house: House, user: User) -> None:
    delete_user(user.pk)


def new_password(house: House, user: User) -> None:
    set_password(user.pk, password=NEW)


@pytest.mark.parametrize("end", [disable, disable_past_the_command, delete, new_password])
def test_what_ends_a_session_fails_the_next_request(end: Any, ask: Ask, house: House, bob: User) -> None:
    assert ask().status_code == 200
    with using_scope(system(house)):
        end(house, bob)
    answer = ask()
    assert (answer.status_code, answer.json()["code"]) == (401, "kernel.not_authenticated")


def test_a_suspended_tenant_refuses_the_next_request_and_an_open_one_lets_it_pass(ask: Ask, house: House) -> None:
    for status, expected in (("suspended", 403), ("active", 200)):
        with seeding(system(house)):
            house.tenant.status = status
            house.tenant.save()
        assert ask().status_code == expected


def test_a_changed_role_holds_at_the_next_request(ask: Ask, house: House, bob: User) -> None:
    assert VIEW in ask().json()["features"]
    with seeding(system(house)):
        RoleAcl.objects.update(features=[ROLES])
    assert ask().json()["features"] == [ROLES]


def test_a_lost_role_holds_at_the_next_request(ask: Ask, house: House, bob: User) -> None:
    with using_scope(system(house)):
        set_user_roles(bob.pk, roles=[])
    body = ask().json()
    assert (body["features"], body["roles"]) == ([], [])


def test_an_ended_session_of_the_cookie_ends_the_tokens_too(house: House, bob: User) -> None:
    client = Client()
    access = log_in(client).json()["access"]
    client.delete(LOG_IN)
    assert whoami(access).status_code == 401


BAD_HEADERS = [
    {"Authorization": "Bearer x.y.z"},
    {"Authorization": "Bearer "},
    {"Authorization": "Bearer"},
    {"Authorization": ""},
    {"Authorization": "Basic Ym9iOmJvYg=="},
    {"Authorization": "Token abc"},
    {"Authorization": "ApiKey mk_nothing"},
    {"X-Api-Key": "mk_nothing"},
    {"X-Api-Key": ""},
]


@pytest.mark.parametrize("headers", BAD_HEADERS, ids=str)
def test_a_bad_credential_never_falls_back_to_the_cookie(headers: dict[str, str], house: House, bob: User) -> None:
    client = Client(enforce_csrf_checks=True)
    log_in(client)
    assert client.get(LOG_IN, headers=headers).status_code == 401
    assert client.delete(LOG_IN, headers=headers).status_code == 401
    assert post(client, CHECK, {"features": []}, **headers).status_code == 401
    assert len(stored(house)) == 1


def test_the_header_decides_whose_request_it_is(house: House, bob: User) -> None:
    alice = make_user(house, email="alice@example.org", name="Alice")
    client = Client()
    log_in(client)
    access = tokens(email="alice@example.org")["access"]
    assert client.get(LOG_IN, headers=bearer(access)).json()["user"]["id"] == str(alice.pk)
    assert client.get(LOG_IN).json()["user"]["id"] == str(bob.pk)


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer  "])
def test_the_name_of_the_scheme_has_no_case(scheme: str, bob: User) -> None:
    assert Client().get(LOG_IN, headers={"Authorization": f"{scheme} {tokens()['access']}"}).status_code == 200


def test_a_token_opens_pages_until_its_session_ends(house: House, bob: User) -> None:
    access = tokens()["access"]
    page = Client().get("/backend/", headers=bearer(access))
    assert page.status_code == 200
    Client().delete(LOG_IN, headers=bearer(access))
    assert Client().get("/backend/", headers=bearer(access)).status_code == 302
