"""Hooks: others' say in a calculation, in order, without writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection

from apps.currencies.models import Currency
from apps.kernel.commands.forbidding import WriteForbidden
from apps.kernel.eventbus.declarations import EVENTS
from apps.kernel.eventbus.hooks import (
    HANDLERS,
    HOOKS,
    Answered,
    Hook,
    HookAnswerInvalid,
    handlers_of,
    hook,
    hook_handler,
)
from apps.kernel.eventbus.models import OutboxEvent
from apps.kernel.eventbus.subscribing import subscribe
from apps.kernel.registry.store import AlreadyRegistered
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.kernel.events_probes import mint
from tests.support import probes
from tests.support.scopes import House


@dataclass(frozen=True)
class Question:
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Sum:
    total: int
    notes: tuple[str, ...] = ()


SUM: Hook[Question, Sum] = HOOKS.get("tests.number.sum") or hook("tests.number.sum", given=Question, answer=Sum)
BEFORE, AFTER = "tests.number.sum.before", "tests.number.sum.after"


def add(question: Question) -> Sum:
    return Sum(sum(question.numbers))


@contextmanager
def handling(
    moment: str, handler: Callable[..., Any], name: str = "tests.handler", priority: int = 0
) -> Iterator[None]:
    hook_handler(moment, id=name, priority=priority)(handler)
    try:
        yield
    finally:
        HANDLERS.remove(name)


def test_without_handlers_it_is_the_calculation() -> None:
    assert SUM.run(Question((1, 2)), add) == Sum(3)


def test_before_changes_the_input_and_after_the_result() -> None:
    def double(question: Question) -> Question:
        return Question(tuple(2 * number for number in question.numbers))

    def note(question: Question, answer: Sum) -> Sum:
        return replace(answer, notes=(f"of {len(question.numbers)}",))

    with handling(BEFORE, double, "tests.double"), handling(AFTER, note, "tests.note"):
        assert SUM.run(Question((1, 2)), add) == Sum(6, ("of 2",))


def test_before_may_answer_and_then_nobody_calculates() -> None:
    def never(question: Question) -> Sum:
        raise AssertionError

    with handling(BEFORE, lambda question: Answered(Sum(42)), priority=5), handling(BEFORE, never, "tests.later"):
        assert SUM.run(Question((1,)), never) == Sum(42)


def test_none_lets_it_be() -> None:
    with handling(BEFORE, lambda question: None), handling(AFTER, lambda question, answer: None, "tests.after"):
        assert SUM.run(Question((1, 2)), add) == Sum(3)


def test_higher_priority_first_and_ties_by_id() -> None:
    order: list[str] = []
    with (
        handling(BEFORE, lambda question: order.append("b"), "tests.b", 1),
        handling(BEFORE, lambda question: order.append("c"), "tests.c", 9),
        handling(BEFORE, lambda question: order.append("a"), "tests.a", 1),
    ):
        SUM.run(Question(()), add)
        assert [item.id for item in handlers_of(BEFORE)] == ["tests.c", "tests.a", "tests.b"]
    assert order == ["c", "a", "b"]


def test_a_handler_that_is_switched_off_is_not_asked(settings: LazySettings) -> None:
    with handling(AFTER, lambda question, answer: replace(answer, total=0)):
        settings.EXTENSIONS_DISABLED = ["tests.handler"]
        assert SUM.run(Question((1, 2)), add) == Sum(3)


@pytest.mark.parametrize(
    ("moment", "handler"),
    [
        (BEFORE, lambda question: 7),
        (BEFORE, lambda question: Answered(7)),
        (BEFORE, lambda question: Sum(7)),
        (AFTER, lambda question, answer: question),
    ],
)
def test_a_wrong_kind_of_answer_is_a_fault_that_names_the_handler(moment: str, handler: Callable[..., Any]) -> None:
    with handling(moment, handler), pytest.raises(HookAnswerInvalid, match=r"tests\.handler"):
        SUM.run(Question((1,)), add)


def test_a_handler_that_raises_stops_the_calculation() -> None:
    def fail(question: Question, answer: Sum) -> Sum:
        raise ZeroDivisionError

    with handling(AFTER, fail), pytest.raises(ZeroDivisionError):
        SUM.run(Question((1,)), add)


def _by_command(currency: Currency) -> None:
    probes.rename_currency(currency.pk, name="Taler")


def _by_model(currency: Currency) -> None:
    currency.name = "Taler"
    currency.save()


def _by_sql(currency: Currency) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE currency SET name = 'Taler'")


def _by_hidden_sql(currency: Currency) -> None:
    with connection.cursor() as cursor:
        cursor.execute("WITH gone AS (DELETE FROM currency RETURNING id) SELECT * FROM gone")


def _by_lock(currency: Currency) -> None:
    list(Currency.objects.select_for_update())


def _by_event(currency: Currency) -> None:
    mint(currency.pk)


@pytest.mark.parametrize("write", [_by_command, _by_model, _by_sql, _by_hidden_sql, _by_lock, _by_event])
def test_a_handler_reads_and_cannot_write(house: House, write: Callable[[Currency], None]) -> None:
    def handler(question: Question) -> None:
        assert Currency.objects.count() == 1
        write(row)

    with using_scope(house.scope()):
        row = probes.create_currency("EUR")
        with (
            handling(BEFORE, handler, "tests.writer"),
            pytest.raises(WriteForbidden, match=r"tests\.writer"),
            scoped_transaction(),
        ):
            SUM.run(Question(()), add)
        with scoped_transaction():
            assert Currency.objects.get().name == "EUR"
            assert OutboxEvent.objects.count() == 1
        probes.rename_currency(row.pk, name="Taler")


def test_a_hook_is_no_event(house: House) -> None:
    with using_scope(house.scope()), scoped_transaction():
        SUM.run(Question((1,)), add)
        assert OutboxEvent.objects.count() == 0
    assert not {BEFORE, AFTER} & set(EVENTS)
    for moment in (BEFORE, AFTER):
        with pytest.raises(ValueError, match="hooks"):
            subscribe(moment, id="tests.refused", persistent=True)
    with pytest.raises(ValueError, match="neither"):
        hook_handler("tests.number.sum", id="tests.refused")
    with pytest.raises(AlreadyRegistered):
        hook("tests.number.sum", given=Question, answer=Sum)
