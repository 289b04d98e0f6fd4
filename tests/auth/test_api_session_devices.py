"""Own devices: seen, and signed out from afar."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from apps.auth.models import User
from apps.auth.sessions import MOST_SESSIONS
from apps.kernel import clock
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.models import PlatformAdmin
from apps.kernel.work.models import Work
from apps.kernel.work.sweeper import sweep
from tests.auth.calls import ADDRESS, CHECK, DEVICES, LOG_IN, bearer, log_in, post, stored, tokens, whoami
from tests.auth.factories import make_role, make_user, reading_in, signed_in
from tests.support.scopes import House


@pytest.fixture
def bob(house: House) -> User:
    return make_user(house, email=ADDRESS)


def listed(client: Client, path: str = DEVICES) -> list[dict[str, Any]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert (body["next"], body["previous"], body["count"]) == (None, None, len(body["results"]))
    return list(body["results"])


@pytest.mark.parametrize("path", ["/api/auth/sessions", "/api/auth/sessions/"])
def test_the_list_shows_own_devices_and_marks_this_one(path: str, house: House, bob: User) -> None:
    make_user(house, email="alice@example.org")
    tokens(email="alice@example.org")
    with clock.frozen(clock.now()) as time:
        phone, desk = Client(headers={"User-Agent": "Phone"}), Client(headers={"User-Agent": "Desk"})
        log_in(phone, remember=True)
        time.tick(60)
        log_in(desk)
        ends = (time.at + timedelta(hours=8)).isoformat().replace("+00:00", "Z")
        time.tick(1)
        rows = listed(phone, path)
        assert [(row["device"], row["is_current"], row["is_remembered"]) for row in rows] == [
            ("Phone", True, True),
            ("Desk", False, False),
        ]
        assert set(rows[0]) == {
            "id",
            "is_current",
            "device",
            "address",
            "is_remembered",
            "created_at",
            "last_used_at",
            "expires_at",
        }
        assert (rows[1]["address"], rows[1]["expires_at"]) == ("127.0.0.1", ends)


def test_ended_sessions_are_not_listed(bob: User) -> None:
    with clock.frozen(clock.now()) as time:
        tokens()
        time.tick(timedelta(hours=8))
        client = Client()
        log_in(client)
        assert len(listed(client)) == 1


def test_an_unknown_parameter_is_refused(bob: User) -> None:
    client = Client()
    log_in(client)
    assert client.get(f"{DEVICES}?user_id=1").status_code == 400


def test_one_device_is_signed_out_from_afar(house: House, bob: User) -> None:
    phone, desk = Client(), Client()
    log_in(phone)
    log_in(desk)
    lost = next(row["id"] for row in listed(desk) if not row["is_current"])
    assert desk.delete(f"/api/auth/sessions/{lost}").status_code == 204
    assert phone.get(LOG_IN).status_code == 401
    assert desk.get(LOG_IN).status_code == 200
    assert desk.delete(f"{DEVICES}{lost}/").status_code == 404


def test_ending_this_device_takes_its_cookie(house: House, bob: User) -> None:
    client = Client()
    log_in(client)
    answer = client.delete(f"{DEVICES}{stored(house)[0].pk}/")
    assert (answer.status_code, answer.cookies["agora_session"].value, stored(house)) == (204, "", [])


def test_devices_of_others_are_not_there(house: House, other_house: House, bob: User) -> None:
    client = Client()
    log_in(client)
    for where in (house, other_house):
        signed_in(make_user(where, email="other@example.org"))
        foreign = next(row for row in stored(where) if row.user_id != bob.pk)
        answer, missing = client.delete(f"{DEVICES}{foreign.pk}/"), client.delete(f"{DEVICES}{uuid7()}/")
        assert (answer.status_code, answer.json()) == (404, missing.json())
    assert (len(stored(house)), len(stored(other_house))) == (2, 1)


def test_all_others_are_signed_out_at_once(house: House, bob: User) -> None:
    others = [tokens(), tokens()]
    client = Client()
    body = log_in(client).json()
    assert client.delete("/api/auth/sessions").status_code == 204
    assert len(stored(house)) == 1
    assert [whoami(item["access"]).status_code for item in (*others, body)] == [401, 401, 200]


def test_a_repeated_deletion_gets_its_first_answer(house: House, bob: User) -> None:
    first, second = tokens(), tokens()
    lost = stored(house)[0].pk
    headers = {**bearer(second["access"]), "Idempotency-Key": "once"}
    answers = [Client().delete(f"{DEVICES}{lost}/", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert answers[1]["Idempotency-Replayed"] == "true"
    assert whoami(first["access"]).status_code == 401


def test_the_cookie_needs_a_csrf_token_here_too(house: House, bob: User) -> None:
    client = Client(enforce_csrf_checks=True)
    log_in(client)
    tokens()
    assert client.delete(DEVICES).status_code == 403
    assert post(client, CHECK, {"features": []}).status_code == 403
    assert len(stored(house)) == 2
    csrf = {"X-CSRFToken": client.cookies["agora_csrf"].value}
    assert client.delete(DEVICES, headers=csrf).status_code == 204


def test_nobody_has_no_devices(database: None) -> None:
    assert Client().get(DEVICES).status_code == 401
    assert Client().delete(DEVICES).status_code == 401
    assert Client().delete(f"{DEVICES}{uuid7()}/").status_code == 401
    assert post(Client(), CHECK, {"features": []}).status_code == 401


def test_who_never_signs_out_has_a_page_of_devices_and_no_more(house: House, bob: User) -> None:
    with clock.frozen(clock.now()) as time:
        keys = []
        for _ in range(MOST_SESSIONS + 1):
            keys.append(str(signed_in(bob).session.session_key))
            time.tick(1)
    assert len(stored(house)) == MOST_SESSIONS
    gone, kept = (Client(), Client())
    gone.cookies["agora_session"], kept.cookies["agora_session"] = keys[0], keys[1]
    assert (gone.get(LOG_IN).status_code, kept.get(LOG_IN).status_code) == (401, 200)


def test_ended_sessions_are_deleted_daily_while_there_are_any(house: House, bob: User) -> None:
    with clock.frozen(clock.now()) as time:
        tokens()
        time.tick(timedelta(hours=20))
        tokens()
        time.tick(timedelta(hours=4))
        sweep()
        assert [row.expires_at for row in stored(house)] == [time.at + timedelta(hours=4)]
        time.tick(timedelta(days=1))
        sweep()
        assert stored(house) == []
        assert not Work.objects.filter(kind="auth.expiry").exists()


@pytest.fixture
def clerk(house: House) -> dict[str, str]:
    make_user(house, email=ADDRESS, roles=(make_role(house, "auth.users.*"),))
    return bearer(tokens()["access"])


def test_a_feature_check_says_what_is_held(house: House, clerk: dict[str, str]) -> None:
    wanted = ["auth.users.view", "auth.acl.manage", "auth.users.view"]
    answer = post(Client(), "/api/auth/feature-check", {"features": wanted}, **clerk)
    user_id = str(stored(house)[0].user_id)
    assert answer.json() == {"ok": False, "granted": ["auth.users.view"], "user_id": user_id}
    held = post(Client(), CHECK, {"features": ["auth.users.manage"]}, **clerk).json()
    assert held == {"ok": True, "granted": ["auth.users.manage"], "user_id": user_id}
    assert post(Client(), CHECK, {"features": []}, **clerk).json()["ok"] is True


BAD_FEATURES: list[tuple[Any, set[str]]] = [
    (["auth.users.view", "auth.users.vew", "auth.*"], {"features.1", "features.2"}),
    (["auth.users.view"] * 51, {"features"}),
    (["x" * 129], {"features.0"}),
    ([7], {"features.0"}),
    ("auth.users.view", {"features"}),
    (None, {"features"}),
]


@pytest.mark.parametrize(("features", "fields"), BAD_FEATURES)
def test_an_unknown_or_malformed_feature_is_a_400(features: Any, fields: set[str], clerk: dict[str, str]) -> None:
    answer = post(Client(), CHECK, {"features": features}, **clerk)
    assert answer.status_code == 400
    assert {item["field"] for item in answer.json()["errors"]} == fields


@pytest.mark.committed
def test_a_visiting_platform_admin_looks_after_their_own_account(house: House, other_house: House) -> None:
    alice = make_user(house, email=ADDRESS, name="Alice")
    PlatformAdmin.objects.using("owner").create(user_id=alice.pk)
    tokens()
    visit = {
        **bearer(tokens()["access"]),
        "X-Tenant-Id": str(other_house.tenant.pk),
        "X-Tenant-Reason": "a call",
    }
    body = Client().get(LOG_IN, headers=visit).json()
    assert (body["tenant"]["name"], body["user"]["name"], body["is_platform_admin"]) == ("Globex", "Alice", True)
    assert (body["features"], body["roles"]) == (["*"], [])
    assert Client().get(DEVICES, headers=visit).json()["count"] == 2
    assert Client().delete(DEVICES, headers=visit).status_code == 204
    with reading_in(house):
        assert len(stored(house)) == 1
