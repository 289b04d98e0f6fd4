"""The pages behind "Forgot your password?" and behind the link of the mail."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.test import Client

from apps.auth.models import User
from apps.kernel.ids import uuid7
from tests.auth.calls import ADDRESS, NEW, mailed, token_in
from tests.auth.factories import PASSWORD, make_user
from tests.auth.test_api_session_limits import fresh_client
from tests.browser.conftest import DESKTOP, PHONE, Desk, chromium, desk, server, shoot
from tests.browser.judging import faults_of
from tests.support.scopes import House

__all__ = ["chromium", "desk", "server"]  # fixtures of the browser's own folder

ASK = "/reset/"
GOOD = {"password": NEW, "again": NEW}


@pytest.fixture
def bob(house: House) -> User:
    return make_user(house, email=ADDRESS, home_organization_id=house.root.pk)


def asked(client: Client, email: str = ADDRESS) -> str:
    """Ask for the mail, and hand back the address behind its link."""
    assert client.post(ASK, {"email": email}).status_code == 200
    return f"/reset/{token_in(mailed()[0])}"


def test_the_log_in_page_leads_there(bob: User) -> None:
    assert 'href="/reset/"' in Client().get("/backend/login/").content.decode()
    assert Client().get(ASK).status_code == 200


@pytest.mark.committed
def test_a_password_is_set_by_the_link(bob: User) -> None:
    client = Client(enforce_csrf_checks=True)
    page = asked(client)
    assert client.get(page).status_code == 200
    answer = client.post(page, GOOD, headers={"Origin": "null"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/backend/login/")
    assert "Your new password is set" in client.get("/backend/login/").content.decode()
    assert authenticate(None, email=ADDRESS, password=NEW) == bob
    assert "This link is not good" in client.post(page, GOOD).content.decode()


@pytest.mark.committed
def test_wrong_passwords_leave_the_link_good(bob: User) -> None:
    client = Client()
    page = asked(client)
    for given, complaint in (
        ({"password": "short", "again": "short"}, "at least 12 characters"),
        ({"password": "password1234", "again": "password1234"}, "too common"),
        ({"password": NEW, "again": "another one entirely"}, "The two passwords are not the same."),
        ({"password": "", "again": ""}, "This field is required."),
        ({"password": "x" * 129, "again": "x" * 129}, "at most 128 characters"),
    ):
        answer = client.post(page, given)
        assert (answer.status_code, complaint in answer.content.decode()) == (200, True), (given, answer.content)
        assert f'value="{given["password"]}"' not in answer.content.decode()
    assert authenticate(None, email=ADDRESS, password=PASSWORD) == bob
    assert client.post(page, GOOD).status_code == 302


def test_every_address_gets_the_same_answer(bob: User) -> None:
    client = Client()
    known, unknown = (client.post(ASK, {"email": email}).content for email in (ADDRESS, "nobody@example.org"))
    assert known == unknown
    assert b"Enter a valid email address" in client.post(ASK, {"email": "nobody"}).content


def test_the_page_says_nothing_about_a_token(bob: User) -> None:
    client = Client()
    good, bad = (client.get(f"/reset/{token}").content for token in ("A" * 43, "no-token"))
    assert good == bad
    assert b"A" * 43 not in good
    for token in ("A" * 43, "no-token", "%00", "ü" * 20):
        answer = client.post(f"/reset/{token}", GOOD)
        assert (answer.status_code, b"This link is not good any more." in answer.content) == (200, True)


def test_nobody_keeps_the_page_or_learns_where_the_reader_came_from(database: None) -> None:
    for answer in (Client().get(f"/reset/{'A' * 43}"), Client().post(f"/reset/{'A' * 43}", GOOD), Client().get(ASK)):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert b"<script" not in answer.content


def test_the_token_stands_in_no_log(database: None, caplog: pytest.LogCaptureFixture) -> None:
    token = "SecretSecretSecretSecretSecretSecretSecretS"
    with caplog.at_level(logging.DEBUG):
        Client().get(f"/reset/{token}")
        Client().post(f"/reset/{token}", GOOD)
        assert Client().put(f"/reset/{token}").status_code == 405
    lines = "\n".join(str(vars(record)) for record in caplog.records if record.name.startswith(("agora", "apps")))
    assert "/reset/<str:token>" in lines
    assert token not in lines


def test_both_pages_are_limited(database: None, settings: Any) -> None:
    settings.RATE_LIMITS = {}
    client, email = fresh_client(), f"{uuid7().hex}@example.org"
    statuses = [client.post(ASK, {"email": email}).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    statuses = [client.post("/reset/no-token", {}).status_code for _ in range(61)]
    assert (statuses[59], statuses[60]) == (200, 429)


@pytest.mark.browser
@pytest.mark.committed
@pytest.mark.parametrize(
    ("size", "dark"), [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]
)
def test_the_pages_look_right(
    house: House, desk: Callable[..., Desk], size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    seat, faults = desk(), list[str]()
    page = seat.page(size=size, dark=dark)
    name = request.node.callspec.id
    for address, label in (("/backend/login/", "login"), (ASK, "ask"), (f"/reset/{'A' * 43}", "set")):
        page.goto(address)
        shoot(page, f"reset-{label}-{name}")
        faults += faults_of(page, label)
    for given, label in (("short", "wrong"), (NEW, "refused")):
        page.goto(f"/reset/{'A' * 43}")
        for field in ("password", "again"):
            page.fill(f"input[name={field}]", given)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        shoot(page, f"reset-{label}-{name}")
        faults += faults_of(page, label)
    page.goto(ASK)
    page.fill("input[name=email]", "nobody@example.org")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    shoot(page, f"reset-asked-{name}")
    faults += faults_of(page, "asked")
    assert not faults, "\n".join(faults)
