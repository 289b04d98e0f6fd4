"""JSON web tokens: whatever is not exactly ours, of this kind and of now, opens nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from django.conf import settings
from django.test import override_settings

from apps.auth.models import Session, User
from apps.auth.tokens import (
    Claims,
    new_access_token,
    new_refresh_token,
    read_access_token,
    read_refresh_token,
    signing_key,
)
from apps.kernel import clock
from apps.kernel.clock import FrozenClock
from apps.kernel.ids import uuid7
from tests.auth.calls import ADDRESS, stored, tokens, whoami
from tests.auth.factories import make_user
from tests.support.scopes import House

REAL_SHAPE = {"token_type": "access", "iss": "agora", "aud": "staff"}


@pytest.fixture
def time() -> Iterator[FrozenClock]:
    with clock.frozen(clock.now()) as found:
        yield found


def a_session() -> Session:
    return Session(id=uuid7(), tenant_id=uuid7(), user_id=uuid7(), expires_at=clock.now() + timedelta(hours=8))


def claims_of(session: Session, *, minutes: int) -> Claims:
    until = clock.now().replace(microsecond=0) + timedelta(minutes=minutes)
    return Claims(session.tenant_id, session.user_id, session.pk, until)


def forged(session: Session, *, key: str | None = None, algorithm: str = "HS256", **changes: Any) -> str:
    now = int(clock.now().timestamp())
    payload = {
        **REAL_SHAPE,
        "jti": uuid7().hex,
        "sub": str(session.user_id),
        "sid": str(session.pk),
        "tenant": str(session.tenant_id),
        "iat": now,
        "exp": now + 600,
        **changes,
    }
    kept = {name: value for name, value in payload.items() if value is not None}
    return jwt.encode(kept, signing_key("staff") if key is None else key, algorithm=algorithm)


def test_a_token_says_whose_session_it_is(time: FrozenClock) -> None:
    session = a_session()
    token = new_access_token(session)
    assert read_access_token(token) == claims_of(session, minutes=15)
    payload = jwt.decode(token, options={"verify_signature": False})
    at = int(time.at.timestamp())
    assert UUID(payload.pop("jti"))
    assert payload == {
        **REAL_SHAPE,
        "sub": str(session.user_id),
        "sid": str(session.pk),
        "tenant": str(session.tenant_id),
        "iat": at,
        "exp": at + 900,
    }


def test_the_forger_of_these_tests_could_pass(time: FrozenClock) -> None:
    session = a_session()
    assert read_access_token(forged(session)) == claims_of(session, minutes=10)


def test_two_tokens_of_one_moment_differ(time: FrozenClock) -> None:
    session = a_session()
    assert new_refresh_token(session) != new_refresh_token(session)


def test_an_access_token_expires_with_the_clock(time: FrozenClock) -> None:
    token = new_access_token(a_session())
    time.tick(timedelta(minutes=15) - timedelta(seconds=1))
    assert read_access_token(token) is not None
    time.tick(1)
    assert read_access_token(token) is None


def test_its_life_is_a_setting(time: FrozenClock) -> None:
    with override_settings(AGORA_ACCESS_MINUTES=480):
        token = new_access_token(a_session())
    time.tick(timedelta(hours=7, minutes=59))
    assert read_access_token(token) is not None


def test_no_token_outlives_its_session(time: FrozenClock) -> None:
    session = a_session()
    session.expires_at = time.at + timedelta(minutes=5)
    access, refresh = new_access_token(session), new_refresh_token(session)
    time.tick(timedelta(minutes=5))
    assert (read_access_token(access), read_refresh_token(refresh)) == (None, None)


def test_the_kinds_do_not_stand_in_for_each_other() -> None:
    session = a_session()
    assert read_access_token(new_refresh_token(session)) is None
    assert read_refresh_token(new_access_token(session)) is None


WRONG: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "customer"},
    "several audiences without ours": {"aud": ["customer", "portal"]},
    "no audience": {"aud": None},
    "another issuer": {"iss": "elsewhere"},
    "no issuer": {"iss": None},
    "another kind": {"token_type": "refresh"},
    "no kind": {"token_type": None},
    "expired": {"exp": 1_000_000_000},
    "no expiry": {"exp": None},
    "expiry as a text": {"exp": "never"},
    "expiry as a list": {"exp": [9_999_999_999]},
    "expiry beyond the calendar": {"exp": 10**18},
    "no id": {"jti": None},
    "no user": {"sub": None},
    "no session": {"sid": None},
    "no tenant": {"tenant": None},
    "a user that is no id": {"sub": "admin"},
    "a session that is no text": {"sid": 7},
    "a tenant that is no id": {"tenant": "acme"},
    "the secret key itself": {"key": str(settings.SECRET_KEY)},
    "the key of customers": {"key": signing_key("customer")},
    "the customers' key and audience": {"key": signing_key("customer"), "aud": "customer"},
    "another algorithm": {"algorithm": "HS512"},
    "no signature": {"key": "", "algorithm": "none"},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_a_token_with_anything_wrong_opens_nothing(changes: dict[str, Any]) -> None:
    assert read_access_token(forged(a_session(), **changes)) is None


def segment(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


BROKEN = [
    "",
    ".",
    "..",
    "a.b.c",
    "ż.ó.ł",
    "\ud800",
    f"{segment(b'[' * 600)}.e30.e30",
    f"{segment(json.dumps({'alg': ['HS256']}).encode())}.e30.e30",
    "x" * 5_000,
]


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_token_opens_nothing(text: str) -> None:
    assert read_access_token(text) is None


def test_a_signature_holds_for_its_own_claims_only() -> None:
    header, _payload, signature = new_access_token(a_session()).split(".")
    payload = new_access_token(a_session()).split(".")[1]
    assert read_access_token(f"{header}.{payload}.{signature}") is None


def test_a_new_secret_key_ends_all_tokens() -> None:
    token = new_access_token(a_session())
    with override_settings(SECRET_KEY="another key of this installation, long enough"):
        assert read_access_token(token) is None


@pytest.fixture
def bob(house: House) -> User:
    return make_user(house, email=ADDRESS)


def test_bad_tokens_are_401_over_http(house: House, bob: User) -> None:
    tokens()
    session = stored(house)[0]
    assert whoami(forged(session)).status_code == 200
    for changes in WRONG.values():
        answer = whoami(forged(session, **changes))
        assert (answer.status_code, answer.json()["code"]) == (401, "kernel.not_authenticated"), changes


def test_a_token_is_bound_to_user_tenant_and_session(house: House, other_house: House, bob: User) -> None:
    tokens()
    session = stored(house)[0]
    for changes in ({"sub": str(uuid7())}, {"tenant": str(other_house.tenant.pk)}, {"sid": str(uuid7())}):
        assert whoami(forged(session, **changes)).status_code == 401
