"""Idempotency keys over HTTP: crowds, crashes between commit and answer, other requests, secret answers."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from apps.auth.models import ApiKey, Session
from apps.kernel import clock
from apps.kernel.commands.models import Action, IdempotencyRecord
from apps.kernel.work.sweeper import sweep
from tests.auth.calls import ADDRESS, CHANGE, LOG_IN, NEW, REFRESH, bearer, log_in, post
from tests.auth.calls import tokens as signed_in_tokens
from tests.auth.factories import PASSWORD, make_user, reading_in
from tests.auth.programs import KEYS, make_key, program
from tests.directory.callers import client_of, member, send
from tests.kernel.books import BOOKS
from tests.support.crowds import all_at_once
from tests.support.scopes import House
from tests.support.shelf.models import Book

KEY = {"Idempotency-Key": "one"}
BODY = {"title": "Dune", "code": "B1"}
CROWD = 64
IN_PROGRESS = (409, "kernel.idempotency.in_progress")
WITHHELD = (409, "kernel.idempotency.answer_withheld")
Wrapper = Callable[..., Any]


class Crash(BaseException):
    """The process dies here."""


def writer(house: House) -> Client:
    """A program that may write books, to the root organization."""
    return program(make_key(house, "shelf.*").secret, **{"X-Organization-Id": str(house.root.pk)})


def add(client: Client, body: dict[str, Any] | None = None, **headers: str) -> Any:
    return send(client, "post", BOOKS, body or BODY, **{**KEY, **headers})


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def body_of(answer: Any) -> Any:
    return answer.json() if answer.content else None


def effects(house: House) -> tuple[int, int, int]:
    """How many books, creations and kept answers there are."""
    with reading_in(house):
        creations = Action.objects.filter(command="shelf.book.create").count()
        return Book.objects.count(), creations, IdempotencyRecord.objects.count()


def between_commit_and_answer(blow: Callable[[], None]) -> AbstractContextManager[None]:
    """Blow up at the first statement after the transaction that keeps the answer has been committed."""
    kept: list[str] = []

    def watch(execute: Wrapper, sql: str, params: Any, many: bool, context: Any) -> Any:
        if kept and not connection.in_atomic_block:
            blow()
        if sql.startswith(f'INSERT INTO "{IdempotencyRecord._meta.db_table}"'):
            kept.append(sql)
        if kept and "set_config('app.tenant_id'" in sql and len(connection.atomic_blocks) == 1:
            blow()
        return execute(sql, params, many, context)

    return connection.execute_wrapper(watch)


@pytest.mark.committed
def test_a_crowd_with_one_key_has_one_effect_and_one_answer(house: House) -> None:
    secret = make_key(house, "shelf.*").secret
    place = {"X-Organization-Id": str(house.root.pk)}
    answers = all_at_once(CROWD, lambda _number: add(program(secret, **place)))
    assert effects(house) == (1, 1, 1)
    first = [answer for answer in answers if answer.status_code == 201 and "Idempotency-Replayed" not in answer]
    assert len(first) == 1, Counter(told(answer) for answer in answers)
    for answer in answers:
        if answer.status_code == 201:
            assert answer.json() == first[0].json()
        else:
            assert told(answer) == IN_PROGRESS
    again = add(program(secret, **place))
    assert (again.status_code, again.json(), again["Idempotency-Replayed"]) == (201, first[0].json(), "true")
    for name in ("ETag", "Location", "X-Action-Id"):
        assert again[name] == first[0][name]
    assert again.content == first[0].content
    assert effects(house) == (1, 1, 1)


@pytest.mark.committed
def test_after_a_crash_before_the_answer_the_retry_gets_it(house: House) -> None:
    client = writer(house)

    def crash() -> None:
        raise Crash

    with pytest.raises(Crash), between_commit_and_answer(crash):
        add(client)
    connections.close_all()
    assert effects(house) == (1, 1, 1)
    again = add(client)
    assert (again.status_code, again.json()["code"], again["Idempotency-Replayed"]) == (201, "B1", "true")
    assert effects(house) == (1, 1, 1)


@pytest.mark.committed
def test_after_a_kill_before_the_answer_the_retry_gets_it(house: House) -> None:
    client = writer(house)
    connections.close_all()  # the child must not speak over its parent's connection
    child = os.fork()
    if child == 0:
        with between_commit_and_answer(lambda: os.kill(os.getpid(), signal.SIGKILL)):
            add(client)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert effects(house) == (1, 1, 1)
    again = add(client)
    assert (again.status_code, again.json()["title"], again["Idempotency-Replayed"]) == (201, "Dune", "true")
    assert effects(house) == (1, 1, 1)


@pytest.mark.committed
def test_a_kill_before_the_commit_leaves_nothing_and_the_retry_does_it(house: House) -> None:
    client = writer(house)
    connections.close_all()
    child = os.fork()
    if child == 0:
        with connection.execute_wrapper(_killing_at_the_insert):
            add(client)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert effects(house) == (0, 0, 0)
    again, patience = add(client), time.monotonic() + 20
    while told(again) == IN_PROGRESS and time.monotonic() < patience:  # until the server notices whom it has lost
        time.sleep(0.05)
        again = add(client)
    assert (again.status_code, "Idempotency-Replayed" in again) == (201, False)
    assert effects(house) == (1, 1, 1)


def _killing_at_the_insert(execute: Wrapper, sql: str, params: Any, many: bool, context: Any) -> Any:
    result = execute(sql, params, many, context)
    if sql.startswith(f'INSERT INTO "{IdempotencyRecord._meta.db_table}"'):
        os.kill(os.getpid(), signal.SIGKILL)
    return result


@pytest.mark.committed
def test_a_request_in_flight_refuses_its_twin(house: House) -> None:
    client, arrived, go_on = writer(house), threading.Event(), threading.Event()

    def waiting(execute: Wrapper, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('INSERT INTO "shelf_book"'):
            arrived.set()
            assert go_on.wait(30)
        return execute(sql, params, many, context)

    def both(number: int) -> Any:
        if number == 0:
            with connection.execute_wrapper(waiting):
                return add(client)
        assert arrived.wait(30)
        try:
            return add(client)
        finally:
            go_on.set()

    first, twin = all_at_once(2, both)
    assert (told(twin), first.status_code) == (IN_PROGRESS, 201)
    assert "X-Action-Id" not in twin
    assert add(client).content == first.content
    assert effects(house) == (1, 1, 1)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", BOOKS, {**BODY, "title": "Other"}),
        ("post", "/api/shelf/shelves/", {"name": "Top"}),
        ("post", f"{BOOKS}bulk/", {"action": "delete", "ids": ["00000000-0000-7000-8000-000000000001"]}),
    ],
)
def test_the_key_of_another_request_is_refused(house: House, method: str, path: str, body: dict[str, Any]) -> None:
    client = writer(house)
    book = add(client).json()["id"]
    if path.endswith("bulk/"):
        body = {**body, "ids": [book]}
    answer = send(client, method, path, body, **KEY)
    assert told(answer) == (422, "kernel.idempotency.reused")
    assert effects(house) == (1, 1, 1)


def test_the_same_key_of_somebody_else_is_another_key(house: House, other_house: House) -> None:
    bob = client_of(member(house, "shelf.*"), organization=house.root)
    for number, client in enumerate((writer(house), writer(house), bob), start=1):
        answer = add(client, {**BODY, "code": f"B{number}"})
        assert (answer.status_code, "Idempotency-Replayed" in answer) == (201, False)
        assert effects(house) == (number, number, number)
    assert add(writer(other_house)).status_code == 201
    assert effects(other_house) == (1, 1, 1)


def test_a_key_ends_after_a_day(house: House) -> None:
    client = writer(house)
    first = add(client)
    with clock.frozen(clock.now() + timedelta(hours=23, minutes=59)):
        assert add(client).json() == first.json()
    with clock.frozen(clock.now() + timedelta(hours=24, minutes=1)):
        again = add(client, {**BODY, "code": "B2"})
        assert (again.status_code, "Idempotency-Replayed" in again) == (201, False)
        assert add(client, {**BODY, "code": "B2"}).json() == again.json()
    assert effects(house) == (2, 2, 1)


def kept_bytes() -> bytes:
    """The kept answers as the database holds them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT record FROM idempotency_record")
        return b"".join(bytes(record) for (record,) in cursor.fetchall())


def test_answers_are_kept_encrypted(house: House) -> None:
    answer = add(writer(house))
    with reading_in(house):
        assert json.loads(str(IdempotencyRecord.objects.get().record)) == answer.json()
        kept = kept_bytes()
    assert (b"Dune" in kept, len(kept) > len(answer.content)) == (False, True)


def test_kept_answers_go_after_a_day(house: House) -> None:
    client, counts = writer(house), []
    with clock.frozen(clock.now()) as time:
        add(client)
        time.tick(timedelta(hours=20))
        add(client, {**BODY, "code": "B2"}, **{"Idempotency-Key": "two"})
        for _day in range(3):
            time.tick(timedelta(hours=23))
            sweep()
            counts.append(effects(house)[2])
    assert counts == [1, 1, 0]


def test_a_refusal_is_not_kept(house: House) -> None:
    client = writer(house)
    assert add(client, {"title": "Dune"}).status_code == 400
    assert add(client).status_code == 201
    assert effects(house) == (1, 1, 1)


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_bad_key_is_refused(house: House, key: str) -> None:
    answer = add(writer(house), None, **{"Idempotency-Key": key})
    assert told(answer) == (400, "kernel.idempotency.invalid")
    assert effects(house) == (0, 0, 0)


def test_every_writing_verb_replays(house: House) -> None:
    client = writer(house)
    book = add(client).json()
    at = f"{BOOKS}{book['id']}/"
    for number, (method, body) in enumerate([("patch", {"title": "Dune 2"}), ("put", BODY), ("delete", {})]):
        key = {"Idempotency-Key": f"verb {number}"}
        first, again = (send(client, method, at, body, **key) for _ in range(2))
        assert first.status_code in {200, 204}, first.content
        assert (again.status_code, body_of(again)) == (first.status_code, body_of(first))
        assert (again["Idempotency-Replayed"], "Idempotency-Replayed" in first) == ("true", False)
        assert again["X-Action-Id"] == first["X-Action-Id"]
    with reading_in(house):
        assert Action.objects.filter(command__startswith="shelf.book.").count() == 4


@pytest.fixture
def bob(house: House) -> Any:
    return make_user(house, email=ADDRESS)


def sessions(house: House) -> list[str]:
    with reading_in(house):
        return sorted(f"{row.pk} {bytes(row.refresh_digest or b'').hex()}" for row in Session.objects.all())


def test_a_log_in_is_answered_once(house: House, bob: Any) -> None:
    body = {"email": ADDRESS, "password": PASSWORD}
    assert post(Client(), LOG_IN, body, **KEY).status_code == 200
    before = sessions(house)
    assert told(post(Client(), LOG_IN, body, **KEY)) == WITHHELD
    assert told(post(Client(), LOG_IN, {**body, "remember": True}, **KEY)) == (422, "kernel.idempotency.reused")
    assert sessions(house) == before


def test_a_refresh_is_answered_once_and_the_repetition_is_no_reuse(house: House, bob: Any) -> None:
    body = {"refresh": signed_in_tokens()["refresh"]}
    first = post(Client(), REFRESH, body, **KEY)
    assert first.status_code == 200
    before = sessions(house)
    assert told(post(Client(), REFRESH, body, **KEY)) == WITHHELD
    assert sessions(house) == before
    assert Client().get(LOG_IN, headers=bearer(first.json()["access"])).status_code == 200


def test_a_new_key_and_a_new_secret_are_shown_once(house: House) -> None:
    client = client_of(member(house, "auth.api_keys.manage"), organization=house.root)
    made = send(client, "post", KEYS, {"name": "Shop"}, **KEY)
    assert made.status_code == 201
    assert told(send(client, "post", KEYS, {"name": "Shop"}, **KEY)) == WITHHELD
    path, key = f"{KEYS}{made.json()['id']}/rotate/", {"Idempotency-Key": "two"}
    assert send(client, "post", path, {}, **key).status_code == 200
    assert told(send(client, "post", path, {}, **key)) == WITHHELD
    with reading_in(house):
        assert ApiKey.objects.count() == 1
        assert Action.objects.filter(command="auth.api_key.rotate").count() == 1


def test_a_changed_password_answers_with_its_tokens_once(house: House, bob: Any) -> None:
    access = signed_in_tokens()["access"]
    body = {"current_password": PASSWORD, "password": NEW}
    first = post(Client(), CHANGE, body, **KEY, **bearer(access))
    assert first.status_code == 200
    again = post(Client(), CHANGE, body, **KEY, **bearer(first.json()["access"]))
    assert told(again) == WITHHELD
    assert log_in(password=NEW).status_code == 200
