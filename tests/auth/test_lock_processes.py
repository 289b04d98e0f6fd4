"""The lock holds over many processes, and over HTTP every refused log-in is the same request."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.kernel import clock
from apps.kernel.work.models import Work
from tests.auth.calls import ADDRESS, LOG_IN, log_in, mailed, post, set_state, state_of, stored
from tests.auth.factories import PASSWORD, make_user, system
from tests.auth.hashers import counting
from tests.kernel.test_limits_counting import together
from tests.kernel.work_probes import process
from tests.support.scopes import House, seeding

PROGRAM = "tests.auth.lock_program"
PROCESSES, TRIES, ALLOWED = 8, 3, 5
REFUSED = "401:auth.login.refused"
Prepare = Callable[[House, House], dict[str, Any]]


def burst(password: str) -> list[tuple[int, int, list[str]]]:
    """Eight processes at once; of each comparisons, runs of bcrypt, and what it was told."""
    words = (str(TRIES), ADDRESS, password)
    with ExitStack() as stack:
        programs = [stack.enter_context(process(PROGRAM, *words)) for _ in range(PROCESSES)]
        printed = [line.split() for line in together(programs)]
    return [(int(compared), int(runs), told) for compared, runs, *told in printed]


@pytest.mark.processes
@pytest.mark.committed
def test_eight_processes_together_get_five_comparisons_and_one_lock(house: House) -> None:
    bob = make_user(house, email=ADDRESS)
    before = clock.now()
    found = burst("wrong horse battery staple")
    assert sum(compared for compared, _runs, _told in found) == ALLOWED, found
    assert [runs for _compared, runs, _told in found] == [TRIES] * PROCESSES
    assert [told for _compared, _runs, told in found] == [[REFUSED]] * PROCESSES
    state = state_of(house, bob)
    assert (state.failed_attempts, state.lock_count) == (ALLOWED, 1)
    assert state.locked_until is not None
    assert before + timedelta(minutes=15) <= state.locked_until <= clock.now() + timedelta(minutes=15)
    notices = Work.objects.filter(kind="auth.lock_notice", ref_id=bob.pk)
    assert notices.count() == 1
    assert log_in().status_code == 401, "the right password opens nothing while the lock lasts"
    assert stored(house) == []
    notices.update(due_at=clock.now())
    assert [letter.to for letter in mailed()] == [[ADDRESS]]


@pytest.mark.prove
@pytest.mark.committed
def test_eight_processes_with_the_right_password_may_all_come_in(house: House) -> None:
    """Each try counts before it is compared, so a crowd may be refused, but nobody stays locked out."""
    bob = make_user(house, email=ADDRESS)
    found = burst(PASSWORD)
    state = state_of(house, bob)
    assert (state.failed_attempts, state.locked_until, state.lock_count) == (0, None, 0), found
    assert 1 <= len(stored(house)) <= PROCESSES * TRIES
    assert len(stored(house)) == sum(compared for compared, _runs, _told in found)
    assert log_in().status_code == 200


def unknown(house: House, other: House) -> dict[str, Any]:
    return {"email": "eve@example.org"}


def wrong(house: House, other: House) -> dict[str, Any]:
    make_user(house, email=ADDRESS)
    return {"password": "wrong horse battery staple x"}


def ambiguous(house: House, other: House) -> dict[str, Any]:
    make_user(house, email=ADDRESS)
    make_user(other, email=ADDRESS)
    return {}


def elsewhere(house: House, other: House) -> dict[str, Any]:
    make_user(house, email=ADDRESS)
    return {"tenant": str(other.tenant.pk)}


def locked(house: House, other: House) -> dict[str, Any]:
    set_state(house, make_user(house, email=ADDRESS), locked_until=clock.now() + timedelta(minutes=5))
    return {}


def disabled(house: House, other: House) -> dict[str, Any]:
    make_user(house, email=ADDRESS, is_active=False)
    return {}


def unconfirmed(house: House, other: House) -> dict[str, Any]:
    make_user(house, email=ADDRESS, is_confirmed=False)
    return {}


def deleted(house: House, other: House) -> dict[str, Any]:
    make_user(house, email=ADDRESS, deleted_at=clock.now())
    return {}


def suspended(house: House, other: House) -> dict[str, Any]:
    make_user(house, email=ADDRESS)
    with seeding(system(house)):
        house.tenant.status = "suspended"
        house.tenant.save()
    return {}


def without_password(house: House, other: House) -> dict[str, Any]:
    set_state(house, make_user(house, email=ADDRESS), password="")
    return {}


def too_long(house: House, other: House) -> dict[str, Any]:
    make_user(house, email=ADDRESS)
    return {"password": "x" * 1000}


CASES: list[Prepare] = [
    unknown,
    wrong,
    ambiguous,
    elsewhere,
    locked,
    disabled,
    unconfirmed,
    deleted,
    suspended,
    without_password,
    too_long,
]


@dataclass(frozen=True)
class Seen:
    """All that a stranger could tell two refusals apart by, and more: statements without their values."""

    status: int
    body: bytes
    headers: dict[str, str]
    cookies: dict[str, str]
    statements: list[str]
    bcrypt: int


def seen(given: dict[str, Any], **headers: str) -> Seen:
    """One try."""
    client = Client()
    with counting() as hasher, CaptureQueriesContext(connection) as sent:
        answer = post(client, LOG_IN, {"email": ADDRESS, "password": PASSWORD, **given}, **headers)
    kept = {name: value for name, value in answer.headers.items() if name not in {"Date", "X-Request-Id"}}
    cookies = {name: morsel.OutputString() for name, morsel in answer.cookies.items()}
    statements = [shape(query["sql"]) for query in sent]
    return Seen(answer.status_code, answer.content, kept, cookies, statements, hasher.runs)


def shape(statement: str) -> str:
    """The statement without values: texts, numbers, names of savepoints."""
    text = re.sub(r"'(?:[^']|'')*'(?:::\w+)?", "?", statement)
    return re.sub(r"s\d+_x\d+|\bNULL\b|\btrue\b|\bfalse\b|\b\d+\b", "?", text)


@pytest.mark.parametrize("prepare", CASES, ids=lambda item: item.__name__)
def test_every_refusal_over_http_is_the_same_request(prepare: Prepare, house: House, other_house: House) -> None:
    given = prepare(house, other_house)
    nobody = {**given, "email": "mallory@example.org"}
    seen(nobody)  # what is fetched once only, has been
    usual, found = seen(nobody), seen(given)
    assert (found.status, json.loads(found.body)["code"], found.bcrypt) == (401, "auth.login.refused", 1)
    assert found == usual


@pytest.mark.parametrize("prepare", [wrong, locked, disabled], ids=lambda item: item.__name__)
def test_the_answer_tells_nothing_with_a_key_or_a_form_either(
    prepare: Prepare, house: House, other_house: House
) -> None:
    given = prepare(house, other_house)
    key = {"Idempotency-Key": "one"}
    seen({"email": "eve@example.org"}, **key)
    usual, found = seen({"email": "eve@example.org"}, **key), seen(given, **key)
    assert (found.status, found.body, found.headers) == (usual.status, usual.body, usual.headers)
    body = {"email": ADDRESS, "password": PASSWORD, **given}
    nobody, somebody = (
        Client().post(LOG_IN, urlencode(item), content_type="application/x-www-form-urlencoded")
        for item in ({**body, "email": "eve@example.org"}, body)
    )
    assert (somebody.status_code, somebody.content) == (nobody.status_code, nobody.content) == (401, found.body)
    assert stored(house) == []
