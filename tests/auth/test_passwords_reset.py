"""New passwords by mail: nothing tells who has an account, and a token is good once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.auth.models import PasswordReset, User
from apps.kernel import clock
from apps.kernel.clock import FrozenClock
from apps.kernel.commands.models import Action
from apps.kernel.crypto.tokens import new_token, token_digest
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.sweeper import sweep
from tests.auth.calls import (
    ADDRESS,
    ASK,
    CONFIRM,
    NEW,
    log_in,
    mailed,
    post,
    set_state,
    state_of,
    token_in,
    tokens,
    whoami,
)
from tests.auth.factories import make_user, reading_in, system
from tests.auth.hashers import counting
from tests.support.crowds import all_at_once
from tests.support.scopes import House, seeding

SUBJECT, CHANGED = "Set a new password", "Your password was changed"


@pytest.fixture
def bob(house: House) -> User:
    return make_user(house, email=ADDRESS)


@pytest.fixture
def time() -> Iterator[FrozenClock]:
    with clock.frozen(clock.now()) as found:
        yield found


def ask(email: str = ADDRESS, **given: Any) -> Any:
    return post(Client(), ASK, {"email": email, **given})


def confirm(token: str, password: str = NEW, **headers: str) -> Any:
    return post(Client(), CONFIRM, {"token": token, "password": password}, **headers)


def letters() -> list[Any]:
    """Letters with a token that have left by now."""
    return [letter for letter in mailed() if letter.subject == SUBJECT]


def a_token() -> str:
    assert ask().status_code == 200
    [letter] = letters()
    return token_in(letter)


def make_reset(house: House, user: User) -> str:
    plain, digest = new_token()
    with using_scope(system(house)), scoped_transaction():
        reset = PasswordReset(user_id=user.pk, digest=digest, expires_at=clock.now() + timedelta(minutes=60))
        reset.save(force_insert=True)
    return plain


def resets(house: House) -> list[PasswordReset]:
    with reading_in(house):
        return list(PasswordReset.objects.order_by("pk"))


def test_a_mail_brings_a_token_that_sets_a_password(house: House, bob: User) -> None:
    ask()
    [letter] = letters()
    assert letter.to == [ADDRESS]
    assert f"{settings.AGORA_BASE_URL}/reset/" in letter.body
    assert {"Bob", "Acme", "60 minutes"} <= {word for word in ("Bob", "Acme", "60 minutes") if word in letter.body}
    answer = confirm(token_in(letter))
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert (log_in().status_code, log_in(password=NEW).status_code) == (401, 200)


@pytest.mark.parametrize("path", ["/api/auth/password/reset-request", ASK])
def test_known_and_unknown_addresses_get_one_answer_after_the_same_work(path: str, house: House, bob: User) -> None:
    seen = []
    for email in (ADDRESS, "nobody@example.org"):
        with CaptureQueriesContext(connection) as sent, counting() as hasher:
            answer = post(Client(), path, {"email": email})
        # Ids and times differ, nothing else: the shape of each statement is the same.
        shapes = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in sent]
        seen.append((answer.status_code, answer.content, hasher.runs, shapes))
    assert seen[0] == seen[1]
    assert (seen[0][0], seen[0][2]) == (200, 0)


@pytest.mark.parametrize("tenant", [None, "", "there is no such tenant"])
def test_a_named_tenant_changes_nothing_in_the_answer(tenant: str | None, bob: User) -> None:
    assert ask(tenant=tenant).json() == {"ok": True}
    assert len(letters()) == (0 if tenant else 1)


BODIES = [({}, "email"), ({"email": "bob"}, "email"), ({"email": 7}, "email"), ({"email": ADDRESS, "more": 1}, "more")]


@pytest.mark.parametrize(("body", "field"), BODIES)
def test_a_malformed_question_is_a_400(body: dict[str, object], field: str, bob: User) -> None:
    answer = post(Client(), ASK, body)
    assert answer.status_code == 400
    assert [item["field"] for item in answer.json()["errors"]] == [field]
    assert mailed() == []


def test_each_tenant_of_an_address_sends_a_mail_that_names_it(house: House, other_house: House, bob: User) -> None:
    twin = make_user(other_house, email=ADDRESS, name="Robert")
    ask()
    found = letters()
    assert sorted(name for letter in found for name in ("Acme", "Globex") if name in letter.body) == ["Acme", "Globex"]
    of_twin = next(letter for letter in found if "Robert" in letter.body)
    assert confirm(token_in(of_twin)).status_code == 200
    assert tokens(tenant=str(other_house.tenant.pk), password=NEW)["user"]["id"] == str(twin.pk)
    assert log_in(tenant=str(house.tenant.pk)).status_code == 200


def test_a_named_tenant_sends_its_mail_only(house: House, other_house: House, bob: User) -> None:
    make_user(other_house, email=ADDRESS)
    ask(tenant=other_house.root.slug)
    [letter] = letters()
    assert "Globex" in letter.body


def suspend(house: House, user: User) -> None:
    with seeding(system(house)):
        house.tenant.status = "suspended"
        house.tenant.save()


def column(**values: object) -> Any:
    def change(house: House, user: User) -> None:
        with seeding(system(house)):
            User.objects.filter(pk=user.pk).update(**values)

    return change


UNUSABLE = {
    "disabled": column(is_active=False),
    "unconfirmed": column(is_confirmed=False),
    "deleted": column(deleted_at=clock.now()),
    "suspended": suspend,
}


@pytest.mark.parametrize("spoil", UNUSABLE.values(), ids=UNUSABLE)
def test_an_unusable_account_gets_no_mail(spoil: Any, house: House, bob: User) -> None:
    spoil(house, bob)
    assert ask().json() == {"ok": True}
    assert mailed() == []


@pytest.mark.parametrize("spoil", UNUSABLE.values(), ids=UNUSABLE)
def test_a_token_of_an_account_that_became_unusable_is_refused(spoil: Any, house: House, bob: User) -> None:
    token = a_token()
    spoil(house, bob)
    assert confirm(token).json()["code"] == "auth.reset.refused"


def test_a_suspended_tenant_does_not_hold_up_the_mail_of_another(house: House, other_house: House, bob: User) -> None:
    make_user(other_house, email=ADDRESS)
    suspend(house, bob)
    ask()
    [letter] = letters()
    assert "Globex" in letter.body


def test_a_forged_host_reaches_no_mail(bob: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    assert post(Client(), ASK, {"email": ADDRESS}, **headers).status_code == 200
    [letter] = letters()
    whole = letter.message().as_string() + letter.body
    assert "evil" not in whole
    assert f"{settings.AGORA_BASE_URL}/reset/" in letter.body


def test_the_token_stands_nowhere_but_in_the_mail(house: House, bob: User) -> None:
    token = a_token()
    [row] = resets(house)
    assert bytes(row.digest) == token_digest(token)
    confirm(token)
    with reading_in(house):
        action = Action.objects.get(command="auth.user.reset_password")
    assert (action.resource_id, action.actor_kind) == (bob.pk, "system")
    assert set(action.input.values()) >= {"[redacted]"}
    assert token not in str(action.input)
    assert NEW not in str(action.input)


def test_a_new_token_voids_the_one_before(bob: User) -> None:
    first, second = a_token(), a_token()
    assert confirm(first).status_code == 400
    assert confirm(second).status_code == 200


def test_a_token_is_good_for_an_hour(bob: User, time: FrozenClock) -> None:
    token = a_token()
    time.tick(timedelta(minutes=60) - timedelta(seconds=1))
    assert confirm(token, "short").status_code == 400
    time.tick(1)
    assert confirm(token).json()["code"] == "auth.reset.refused"
    assert log_in().status_code == 200


def test_every_bad_token_gets_one_answer(house: House, bob: User, time: FrozenClock) -> None:
    used, expired = a_token(), make_reset(house, make_user(house))
    assert confirm(used).status_code == 200
    time.tick(timedelta(minutes=61))
    bad = [used, expired, new_token()[0], "x", "x" * 1024, "ż" * 43, f" {used}"]
    with counting() as hasher:
        answers = [confirm(token) for token in bad]
    assert {answer.status_code for answer in answers} == {400}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["code"] == "auth.reset.refused"
    assert hasher.runs == 0


def test_a_weak_password_is_refused_alike_for_every_token_and_uses_none_up(bob: User) -> None:
    token = a_token()
    answers = [confirm(item, "qwerty").json() for item in (token, "x")]
    assert answers[0] == answers[1]
    assert {item["field"] for item in answers[0]["errors"]} == {"password"}
    assert confirm(token).status_code == 200


@pytest.mark.parametrize("body", [{}, {"token": "", "password": ""}, {"token": 7, "password": None}])
def test_a_malformed_confirmation_names_both_fields(body: dict[str, object], database: None) -> None:
    answer = post(Client(), CONFIRM, body)
    assert answer.status_code == 400
    assert {item["field"] for item in answer.json()["errors"]} == {"token", "password"}


def test_a_reset_ends_sessions_and_tokens_lifts_the_lock_and_tells_the_user(house: House, bob: User) -> None:
    token, other = a_token(), make_reset(house, bob)
    open_one = tokens()
    set_state(house, bob, failed_attempts=5, lock_count=3, locked_until=clock.now() + timedelta(hours=1))
    assert confirm(token).status_code == 200
    assert whoami(open_one["access"]).status_code == 401
    assert confirm(other).status_code == 400
    state = state_of(house, bob)
    assert (state.failed_attempts, state.lock_count, state.locked_until) == (0, 0, None)
    assert [letter.subject for letter in mailed()] == [CHANGED]


@pytest.mark.committed
def test_of_64_uses_of_one_token_one_wins(house: House) -> None:
    bob = make_user(house, email=ADDRESS)
    token = make_reset(house, bob)
    answers = all_at_once(64, lambda number: confirm(token, f"{NEW} {number:02}"))
    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [200, *[400] * 63]
    winner = statuses.index(200)
    assert log_in(password=f"{NEW} {winner:02}").status_code == 200
    with reading_in(house):
        assert Action.objects.filter(command="auth.user.reset_password").count() == 1


def test_a_repeated_confirmation_gets_its_first_answer(bob: User) -> None:
    token, key = a_token(), {"Idempotency-Key": "once"}
    answers = [confirm(token, **key) for _ in range(2)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"ok": True})] * 2
    assert answers[1]["Idempotency-Replayed"] == "true"


def test_ended_tokens_are_deleted(house: House, bob: User, time: FrozenClock) -> None:
    a_token()
    assert len(resets(house)) == 1
    time.tick(timedelta(days=1))
    sweep()
    assert resets(house) == []
