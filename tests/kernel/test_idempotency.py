"""Idempotency keys: one effect, one answer, whoever repeats the request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from apps.currencies.models import Currency
from apps.kernel import clock
from apps.kernel.commands.errors import AnswerWithheld, KeyInProgress, KeyInvalid, KeyReused
from apps.kernel.commands.idempotency import Answer, IdempotencyKey, Replayed, request_digest
from apps.kernel.commands.invocation import invoked
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.support import probes
from tests.support.crowds import all_at_once
from tests.support.scopes import House


def key(name: str = "k", *, body: bytes = b"{}", secret: bool = False) -> IdempotencyKey:
    def answer_of(result: Any) -> Answer:
        return Answer(201, {"code": result.code})

    return IdempotencyKey(name, request_digest("POST", "/api/x/", body), answer_of, secret_answer=secret)


def create(code: str, used: IdempotencyKey) -> Currency:
    with invoked(idempotency=used):
        return probes.create_currency(code)


def count() -> int:
    with scoped_transaction():
        return Currency.objects.count()


def test_the_same_request_again_gets_the_stored_answer(house: House) -> None:
    with using_scope(house.scope()), collecting_actions() as actions:
        create("EUR", key())
        with pytest.raises(Replayed) as replay:
            create("EUR", key())
        assert replay.value.answer == Answer(201, {"code": "EUR"}, actions[0])
        assert count() == 1


@pytest.mark.parametrize(
    ("first", "second", "refusal"),
    [
        (key, lambda: key(body=b"other"), KeyReused),
        (lambda: key(secret=True), lambda: key(secret=True), AnswerWithheld),
    ],
)
def test_another_request_and_a_secret_answer_are_refused(
    house: House, first: Callable[[], IdempotencyKey], second: Callable[[], IdempotencyKey], refusal: type[Exception]
) -> None:
    with using_scope(house.scope()):
        create("EUR", first())
        with pytest.raises(refusal):
            create("USD", second())
        assert count() == 1


def test_a_refused_request_may_be_sent_again(house: House) -> None:
    with using_scope(house.scope()):
        with pytest.raises(RuntimeError), invoked(idempotency=key()):
            probes.fail_after_writing("EUR")
        create("EUR", key())
        assert count() == 1


def test_a_key_is_good_for_a_day(house: House) -> None:
    with using_scope(house.scope()):
        create("EUR", key())
        with clock.frozen(clock.now() + timedelta(hours=25)):
            create("USD", key())
        assert count() == 2


def test_the_same_key_of_another_caller_is_another_key(house: House) -> None:
    with using_scope(house.scope(actor_id=uuid7())):
        create("EUR", key())
    with using_scope(house.scope(actor_id=uuid7())):
        create("USD", key())
        assert count() == 2


@pytest.mark.parametrize("name", ["", "x" * 256, "a\nb", "a\x00b"])
def test_a_bad_key_is_refused(house: House, name: str) -> None:
    with using_scope(house.scope()), pytest.raises(KeyInvalid):
        create("EUR", key(name))


@pytest.mark.committed
def test_many_at_once_have_one_effect(house: House) -> None:
    with using_scope(house.scope()):
        answers = all_at_once(16, lambda _: create("EUR", key()))
        done = [answer for answer in answers if isinstance(answer, Currency)]
        refused = [answer for answer in answers if isinstance(answer, Replayed | KeyInProgress)]
        assert (len(done), len(refused)) == (1, 15), answers
        assert count() == 1
