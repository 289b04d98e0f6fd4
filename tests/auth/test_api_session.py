"""Log-in over REST: one answer for every refusal, and one session behind cookie and tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from apps.auth.models import User
from apps.kernel import clock
from apps.kernel.commands.models import IdempotencyRecord
from apps.kernel.crypto.tokens import token_digest
from tests.auth.calls import ADDRESS, LOG_IN, bearer, log_in, post, set_state, state_of, stored, tokens, whoami
from tests.auth.factories import PASSWORD, make_role, make_user, reading_in
from tests.auth.hashers import counting
from tests.support.scopes import House, seeding

FIREFOX = {"User-Agent": "Firefox"}


@pytest.fixture
def bob(house: House) -> User:
    return make_user(house, email=ADDRESS, home_organization_id=house.north.pk, locale="pl", time_zone="Europe/Warsaw")


@pytest.mark.parametrize("path", ["/api/auth/session", "/api/auth/session/", "/api/auth/login", "/api/auth/login/"])
def test_a_log_in_hands_out_tokens_and_the_user(path: str, house: House, bob: User) -> None:
    answer = log_in(path=path)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    body = answer.json()
    assert set(body) == {"access", "refresh", "expires_in", "token_type", "user"}
    assert (body["expires_in"], body["token_type"]) == (900, "Bearer")
    assert body["user"] == {
        "id": str(bob.pk),
        "name": "Bob",
        "email": ADDRESS,
        "locale": "pl",
        "time_zone": "Europe/Warsaw",
        "home_organization_id": str(house.north.pk),
    }


def test_cookie_and_tokens_share_one_row(house: House, bob: User) -> None:
    client = Client(headers=FIREFOX)
    body = log_in(client).json()
    [row] = stored(house)
    key = client.cookies["agora_session"].value
    assert bytes(row.digest) == token_digest(key)
    assert bytes(row.refresh_digest or b"") == token_digest(body["refresh"])
    assert (row.user_id, row.device, row.address, row.is_remembered) == (bob.pk, "Firefox", "127.0.0.1", False)
    by_cookie, by_token = client.get(LOG_IN).json(), whoami(body["access"]).json()
    assert by_cookie == by_token
    assert by_cookie["session"]["id"] == str(row.pk)


def test_the_cookie_is_kept_from_scripts_and_other_sites(bob: User) -> None:
    with clock.frozen(clock.now()):
        cookie = log_in().cookies["agora_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 8 * 3600)


@pytest.mark.parametrize(("remember", "lasts"), [(False, timedelta(hours=8)), (True, timedelta(days=30))])
def test_a_session_lasts_as_long_as_it_was_asked_to(remember: bool, lasts: timedelta, house: House, bob: User) -> None:
    with clock.frozen(clock.now()) as time:
        client = Client()
        assert log_in(client, remember=remember).status_code == 200
        [row] = stored(house)
        assert (row.expires_at, row.is_remembered) == (time.at + lasts, remember)
        time.tick(lasts - timedelta(seconds=1))
        assert client.get(LOG_IN).status_code == 200
        time.tick(1)
        assert client.get(LOG_IN).status_code == 401


def test_use_and_renewal_do_not_lengthen_a_session(house: House, bob: User) -> None:
    with clock.frozen(clock.now()) as time:
        end, first = time.at + timedelta(hours=8), tokens()
        time.tick(timedelta(hours=7, minutes=50))
        renewed = post(Client(), f"{LOG_IN}refresh/", {"refresh": first["refresh"]}).json()
        assert stored(house)[0].expires_at == end
        assert renewed["expires_in"] == 600


def test_a_form_signs_in_too(house: House, bob: User) -> None:
    form = {"email": ADDRESS, "password": PASSWORD, "remember": "on", "tenant": ""}
    answer = Client().post(LOG_IN, "&".join(f"{k}={v}" for k, v in form.items()).replace(" ", "+"), FORM)
    assert answer.status_code == 200, answer.content
    assert stored(house)[0].is_remembered


FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
MALFORMED: list[tuple[str, str, set[str]]] = [
    ("{}", JSON, {"email", "password"}),
    ('{"email": "nobody", "password": "x"}', JSON, {"email"}),
    ('{"email": "b@example.org", "password": ""}', JSON, {"password"}),
    ('{"email": 7, "password": ["x"], "remember": "yes", "more": 1}', JSON, {"email", "password", "remember", "more"}),
    ('{"email": "b@example.org", "password": "x", "tenant": 7}', JSON, {"tenant"}),
    ('["b@example.org"]', JSON, set()),
    ("{", JSON, set()),
    ("email=b%40example.org", FORM, {"password"}),
    ("email=b%40example.org&password=x&remember=perhaps", FORM, {"remember"}),
    ("email=b%40example.org&password=x&password=y", FORM, set()),
    ("email=b%40example.org&password=%00", FORM, {"password"}),
]


@pytest.mark.parametrize(("body", "kind", "fields"), MALFORMED)
def test_what_has_not_the_form_is_named_field_by_field(
    body: str, kind: str, fields: set[str], house: House, bob: User
) -> None:
    with counting() as hasher:
        answer = Client().post(LOG_IN, body, content_type=kind)
    assert answer.status_code == 400
    assert {item["field"] for item in answer.json()["errors"]} == fields
    assert (hasher.runs, stored(house)) == (0, [])


def test_another_media_type_is_refused(bob: User) -> None:
    assert Client().post(LOG_IN, {"email": ADDRESS, "password": PASSWORD}).status_code == 415


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
    return {"tenant": other.root.slug}


def no_tenant(house: House, other: House) -> dict[str, str]:
    make_user(house, email=ADDRESS)
    return {"tenant": "there is no such tenant"}


def locked(house: House, other: House) -> dict[str, str]:
    set_state(house, make_user(house, email=ADDRESS), locked_until=clock.now() + timedelta(minutes=1))
    return {}


def disabled(house: House, other: House) -> dict[str, str]:
    make_user(house, email=ADDRESS, is_active=False)
    return {}


def unconfirmed(house: House, other: House) -> dict[str, str]:
    make_user(house, email=ADDRESS, is_confirmed=False)
    return {}


def deleted(house: House, other: House) -> dict[str, str]:
    make_user(house, email=ADDRESS, deleted_at=clock.now())
    return {}


def suspended(house: House, other: House) -> dict[str, str]:
    make_user(house, email=ADDRESS)
    with seeding(house.scope()):
        house.tenant.status = "suspended"
        house.tenant.save()
    return {}


def too_long(house: House, other: House) -> dict[str, str]:
    make_user(house, email=ADDRESS)
    return {"password": PASSWORD * 6}


REFUSED = [
    unknown,
    wrong,
    ambiguous,
    elsewhere,
    no_tenant,
    locked,
    disabled,
    unconfirmed,
    deleted,
    suspended,
    too_long,
]
ANSWER = {
    "type": "about:blank",
    "title": "LoginRefused",
    "status": 401,
    "code": "auth.login.refused",
    "detail": "E-mail address or password are wrong, or this account cannot be used now.",
    "errors": [],
}


@pytest.mark.parametrize("prepare", REFUSED, ids=lambda item: item.__name__)
def test_every_refusal_has_one_status_one_body_and_one_bcrypt(prepare: Any, house: House, other_house: House) -> None:
    given = prepare(house, other_house)
    client = Client()
    with counting() as hasher:
        answer = log_in(client, **given)
    assert (answer.status_code, answer["WWW-Authenticate"], answer.json()) == (401, "Bearer", ANSWER)
    assert hasher.runs == 1
    assert (client.cookies.get("agora_session"), stored(house)) == (None, [])


def test_the_tenant_parts_users_of_one_address(house: House, other_house: House, bob: User) -> None:
    twin = make_user(other_house, email=ADDRESS)
    assert tokens(tenant=other_house.root.slug)["user"]["id"] == str(twin.pk)
    assert tokens(tenant=str(house.tenant.pk))["user"]["id"] == str(bob.pk)


@pytest.mark.committed
def test_a_counted_failure_survives_its_401(house: House) -> None:
    bob = make_user(house, email=ADDRESS)
    assert log_in(password="wrong").status_code == 401
    assert state_of(house, bob).failed_attempts == 1
    assert log_in().status_code == 200
    assert state_of(house, bob).failed_attempts == 0


def test_signing_in_again_ends_the_session_of_the_browser(house: House, bob: User) -> None:
    client = Client()
    first = log_in(client).json()
    log_in(client)
    assert len(stored(house)) == 1
    assert whoami(first["access"]).status_code == 401
    assert client.get(LOG_IN).status_code == 200


def test_a_browser_may_sign_in_to_another_tenant(house: House, other_house: House, bob: User) -> None:
    make_user(other_house, email="charlie@example.org")
    client = Client()
    log_in(client)
    assert log_in(client, email="charlie@example.org").status_code == 200
    assert (len(stored(house)), len(stored(other_house))) == (0, 1)
    assert client.get(LOG_IN).json()["tenant"] == {"id": str(other_house.tenant.pk), "name": "Globex"}


def test_only_pages_of_this_site_sign_anybody_in(bob: User) -> None:
    assert log_in(Client(headers={"Origin": "https://evil.example"})).json()["code"] == "kernel.csrf_failed"
    assert log_in(Client(headers={"Origin": "null"})).status_code == 403
    assert log_in(Client(headers={"Origin": "http://testserver"})).status_code == 200


def test_signing_in_needs_no_token_of_a_session_that_is_open(bob: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert log_in(client).status_code == 200
    assert log_in(client).status_code == 200


def test_the_session_tells_who_is_signed_in_and_what_they_may_do(house: House) -> None:
    role = make_role(house, "auth.*", "directory.organizations.view", name="Clerk", organization_ids=[house.north.pk])
    make_user(house, email=ADDRESS, roles=(role,), home_organization_id=house.north.pk)
    client = Client()
    log_in(client)
    body = client.get("/api/auth/session").json()
    assert body["tenant"] == {"id": str(house.tenant.pk), "name": "Acme"}
    assert body["roles"] == [{"key": None, "name": "Clerk"}]
    assert {"auth.*", "directory.organizations.view"} <= set(body["features"])
    assert (body["is_super_admin"], body["is_platform_admin"]) == (False, False)
    assert [item["name"] for item in body["organizations"]] == ["North"]
    assert (body["organization_id"], body["organization_ids"]) == (str(house.north.pk), [str(house.north.pk)])
    assert body["user"]["email"] == ADDRESS
    assert body["session"]["is_current"] is True
    assert UUID(body["session"]["id"]) == stored(house)[0].pk


def test_the_session_of_nobody_is_a_401(database: None) -> None:
    answer = Client().get(LOG_IN)
    assert (answer.status_code, answer.json()["code"]) == (401, "kernel.not_authenticated")
    assert Client().delete(LOG_IN).status_code == 401


def test_signing_out_ends_the_session_and_takes_the_cookie(house: House, bob: User) -> None:
    client = Client()
    body = log_in(client).json()
    answer = client.delete("/api/auth/session")
    assert (answer.status_code, answer.content) == (204, b"")
    assert (answer.cookies["agora_session"].value, stored(house)) == ("", [])
    assert whoami(body["access"]).status_code == 401
    assert post(Client(), f"{LOG_IN}refresh/", {"refresh": body["refresh"]}).status_code == 401


def test_signing_out_with_a_token_leaves_the_cookie_of_another_session(house: House, bob: User) -> None:
    browser, other = Client(), tokens()
    log_in(browser)
    assert browser.delete(LOG_IN, headers=bearer(other["access"])).status_code == 204
    assert browser.get(LOG_IN).status_code == 200
    assert len(stored(house)) == 1


def test_a_write_with_the_cookie_needs_a_csrf_token_and_one_with_a_token_does_not(house: House, bob: User) -> None:
    client = Client(enforce_csrf_checks=True)
    body = log_in(client).json()
    assert client.delete(LOG_IN).json()["code"] == "kernel.csrf_failed"
    assert len(stored(house)) == 1
    assert client.delete(LOG_IN, headers={"X-CSRFToken": client.cookies["agora_csrf"].value}).status_code == 204
    fresh = tokens()
    assert Client(enforce_csrf_checks=True).delete(LOG_IN, headers=bearer(fresh["access"])).status_code == 204
    assert body["access"] != fresh["access"]


def test_a_repeated_log_in_is_told_that_it_was_done(house: House, bob: User) -> None:
    key = {"Idempotency-Key": "once"}
    body = {"email": ADDRESS, "password": PASSWORD}
    assert post(Client(), LOG_IN, body, **key).status_code == 200
    again = post(Client(), LOG_IN, body, **key)
    assert (again.status_code, again.json()["code"]) == (409, "kernel.idempotency.answer_withheld")
    other = post(Client(), LOG_IN, {**body, "remember": True}, **key)
    assert (other.status_code, other.json()["code"]) == (422, "kernel.idempotency.reused")
    assert len(stored(house)) == 1
    with reading_in(house):
        record = IdempotencyRecord.objects.get()
    assert (record.record, record.is_secret) == (None, True)


def test_wrong_methods_are_405(bob: User) -> None:
    assert Client().get("/api/auth/login").status_code == 405
    assert Client().put(LOG_IN).status_code == 405
    assert Client().get(f"{LOG_IN}refresh/").status_code == 405
