"""Passwords: what is refused, how one's own is changed, and what wrong ones lead to."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.test import Client

from apps.auth.models import User
from apps.auth.services.checks import password_complaints
from apps.auth.services.passwords import change_own_password
from apps.kernel import clock
from apps.kernel.commands.idempotency import request_digest
from apps.kernel.commands.models import Action, IdempotencyRecord
from apps.kernel.errors import RowNotFound
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.work.models import Work
from apps.kernel.work.sweeper import sweep
from tests.auth.calls import (
    ADDRESS,
    CHANGE,
    LOG_IN,
    NEW,
    bearer,
    log_in,
    mailed,
    post,
    refresh,
    set_state,
    state_of,
    stored,
    tokens,
    whoami,
)
from tests.auth.factories import PASSWORD, acting_as, make_user, reading_in, system
from tests.auth.hashers import counting
from tests.support.crowds import all_at_once
from tests.support.scopes import House

LOCKED = "Your account is locked for a while"
CHANGED = "Your password was changed"


@pytest.fixture
def bob(house: House) -> User:
    return make_user(house, email=ADDRESS)


def change(access: str, *, current: str = PASSWORD, new: str = NEW, **headers: str) -> Any:
    body = {"current_password": current, "password": new}
    return post(Client(), CHANGE, body, **bearer(access), **headers)


POLICY = [
    ("eleven char", {"password_too_short"}),
    ("twelve chars", set()),
    ("aaaaaaaaaaaaz", set()),
    ("correct horse battery staple", set()),
    ("x" * 128, set()),
    ("x" * 129, {"password_too_long"}),
    ("Q1W2E3R4T5Y6", {"password_too_common"}),
    ("123123123123", {"password_too_common"}),
    ("qwerty", {"password_too_short", "password_too_common"}),
    ("zażółć gęślą jaźń", set()),
    ("nul \x00 in the middle", {"password_unreadable"}),
]


@pytest.mark.parametrize(("password", "codes"), POLICY)
def test_the_policy_asks_for_length_and_against_the_common(password: str, codes: set[str]) -> None:
    found = list(password_complaints(password))
    assert {item.code for item in found} == codes
    assert {item.field for item in found} <= {"password"}
    assert all(item.message for item in found)


def test_the_list_of_common_passwords_is_longer_than_ten_thousand() -> None:
    common = CommonPasswordValidator().passwords
    assert len(common) > 19_000
    assert {"123456", "password", "qwerty", "111111", "iloveyou", "1234567890", "q1w2e3r4t5y6"} <= common


def test_a_changed_password_ends_every_other_session_and_renews_this_one(house: House, bob: User) -> None:
    browser, other = Client(), tokens()
    former = log_in(browser, remember=True).json()
    csrf = {"X-CSRFToken": browser.cookies["agora_csrf"].value}
    answer = post(browser, CHANGE, {"current_password": PASSWORD, "password": NEW}, **csrf)
    assert answer.status_code == 200, answer.content
    assert [whoami(item["access"]).status_code for item in (other, former, answer.json())] == [401, 401, 200]
    assert refresh(former["refresh"]).status_code == 401
    assert browser.get(LOG_IN).status_code == 200
    assert [row.is_remembered for row in stored(house)] == [True]
    assert (log_in().status_code, log_in(password=NEW).status_code) == (401, 200)


def test_the_user_is_told_by_mail(house: House, bob: User) -> None:
    change(tokens()["access"])
    [letter] = mailed()
    assert (letter.to, letter.subject) == ([ADDRESS], CHANGED)
    assert "Bob" in letter.body
    assert "Acme" in letter.body


def test_the_history_names_the_user_and_no_password(house: House, bob: User) -> None:
    answer = change(tokens()["access"])
    with reading_in(house):
        action = Action.objects.get(command="auth.user.change_password")
    assert answer["X-Action-Id"] == str(action.pk)
    assert (action.actor_kind, action.actor_id, action.resource_id) == ("staff", bob.pk, bob.pk)
    assert action.input["password"] == "[redacted]"
    assert NEW not in json.dumps(action.input)


def test_a_wrong_present_password_is_named_and_counts(house: House, bob: User) -> None:
    access = tokens()["access"]
    answer = change(access, current="wrong")
    assert answer.status_code == 400
    assert [(item["field"], item["code"]) for item in answer.json()["errors"]] == [
        ("current_password", "auth.password.wrong")
    ]
    assert state_of(house, bob).failed_attempts == 1
    assert change(access).status_code == 200
    assert state_of(house, bob).failed_attempts == 0


def test_a_locked_account_changes_no_password(house: House, bob: User) -> None:
    access = tokens()["access"]
    wrong = change(access, current="wrong").json()
    set_state(house, bob, locked_until=clock.now() + timedelta(minutes=1))
    with counting() as hasher:
        locked = change(access)
    assert (locked.status_code, locked.json(), hasher.runs) == (400, wrong, 1)


def test_guessing_in_an_open_session_locks_the_account(house: House, bob: User) -> None:
    access = tokens()["access"]
    for _ in range(5):
        change(access, current="wrong")
    assert log_in().status_code == 401
    assert change(access).status_code == 400


def test_a_weak_new_password_is_refused_before_anything_is_counted(house: House, bob: User) -> None:
    answer = change(tokens()["access"], current="wrong", new="qwerty")
    assert (answer.status_code, answer.json()["code"]) == (400, "auth.password.weak")
    assert [(item["field"], item["code"]) for item in answer.json()["errors"]] == [
        ("password", "password_too_short"),
        ("password", "password_too_common"),
    ]
    assert state_of(house, bob).failed_attempts == 0


def test_all_missing_fields_are_named_at_once(bob: User) -> None:
    answer = post(Client(), CHANGE, {"more": 1}, **bearer(tokens()["access"]))
    assert {item["field"] for item in answer.json()["errors"]} == {"current_password", "password", "more"}


def test_blanks_belong_to_a_password(house: House, bob: User) -> None:
    spaced = "  blanks around it  "
    assert change(tokens()["access"], new=spaced).status_code == 200
    assert (log_in(password=spaced.strip()).status_code, log_in(password=spaced).status_code) == (401, 200)


def test_a_repeated_change_is_told_that_it_was_done_and_counts_nothing(house: House, bob: User) -> None:
    key = {"Idempotency-Key": "once"}
    assert change(tokens()["access"], **key).status_code == 200
    again = change(tokens(password=NEW)["access"], **key)
    assert (again.status_code, again.json()["code"]) == (409, "kernel.idempotency.answer_withheld")
    assert state_of(house, bob).failed_attempts == 0


def test_nobody_changes_no_password(database: None) -> None:
    assert post(Client(), CHANGE, {"current_password": PASSWORD, "password": NEW}).status_code == 401


def test_the_command_takes_nobody_elses_password(house: House, bob: User) -> None:
    alice = make_user(house)
    with acting_as(house, bob), pytest.raises(RowNotFound):
        change_own_password(alice.pk, password=NEW)
    with using_scope(system(house)), pytest.raises(RowNotFound):
        change_own_password(alice.pk, password=NEW)


def test_an_idempotency_row_holds_no_digest_that_gives_the_password_away(house: House, bob: User) -> None:
    key = {"Idempotency-Key": "once"}
    body = {"email": ADDRESS, "password": PASSWORD}
    assert post(Client(), LOG_IN, body, **key).status_code == 200
    plain = request_digest("POST", LOG_IN, json.dumps(body).encode())
    with reading_in(house):
        assert bytes(IdempotencyRecord.objects.get().request) != plain


def test_the_fifth_failure_locks_and_a_mail_says_so(house: House, bob: User) -> None:
    with clock.frozen(clock.now()) as time:
        for _ in range(4):
            log_in(password="wrong")
        assert not Work.objects.filter(kind="auth.lock_notice").exists()
        time.tick(60)
        assert mailed() == []
        log_in(password="wrong")
        log_in(password="wrong")
        assert mailed() == []
        time.tick(10)
        [letter] = mailed()
        assert (letter.to, letter.subject) == ([ADDRESS], LOCKED)
        assert "Acme" in letter.body
        time.tick(60)
        log_in(password="wrong")
        assert mailed() == []


def test_the_right_password_at_the_fifth_attempt_locks_nothing_and_mails_nothing(house: House, bob: User) -> None:
    with clock.frozen(clock.now()) as time:
        for _ in range(4):
            log_in(password="wrong")
        assert log_in().status_code == 200
        time.tick(60)
        assert mailed() == []
        assert state_of(house, bob).lock_count == 0


def test_an_unknown_address_leaves_nothing_behind(database: None) -> None:
    for _ in range(6):
        log_in(email="nobody@example.org", password="wrong")
    assert set(Work.objects.values_list("kind", flat=True)) == {"auth.log_in_failure"}, "the step that all take"
    sweep("events")
    assert not Work.objects.exists()


@pytest.mark.committed
def test_five_failures_lock_however_many_come_at_once(house: House) -> None:
    bob = make_user(house, email=ADDRESS)
    answers = all_at_once(8, lambda number: log_in(password=f"wrong {number}").status_code)
    assert answers == [401] * 8
    state = state_of(house, bob)
    assert (state.failed_attempts, state.lock_count) == (5, 1)
    assert state.locked_until is not None
    assert log_in().status_code == 401
    assert Work.objects.filter(kind="auth.lock_notice", ref_id=bob.pk).count() == 1


def test_no_secret_reaches_the_log(bob: User, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        first = tokens()
        second = refresh(first["refresh"]).json()
        third = change(second["access"], new=NEW).json()
        log_in(password=f"wrong {NEW}")
        whoami(f"{third['access']}x")
    secrets = [PASSWORD, NEW, *(item[name] for item in (first, second, third) for name in ("access", "refresh"))]
    assert caplog.records
    assert [secret for secret in secrets if secret in caplog.text] == []
