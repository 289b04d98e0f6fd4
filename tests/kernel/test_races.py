"""Many at once: one undo wins, stale writers lose, a retryable command survives a deadlock."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from apps.currencies.models import Currency
from apps.kernel.commands.declarations import COMMANDS, command
from apps.kernel.commands.errors import AlreadyUndone, Duplicate
from apps.kernel.commands.invocation import invoked
from apps.kernel.commands.loading import load_for_update
from apps.kernel.commands.models import ActionUndo
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import StaleVersion
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.support import probes
from tests.support.crowds import all_at_once
from tests.support.scopes import House


@pytest.mark.committed
def test_of_64_undos_at_once_one_wins(house: House) -> None:
    with using_scope(house.scope()):
        with collecting_actions() as actions:
            currency = probes.create_currency("EUR", name="A")
            probes.rename_currency(currency.pk, name="B")
        answers = all_at_once(64, lambda _: undo(actions[-1]))
        refusals = [answer for answer in answers if isinstance(answer, AlreadyUndone)]
        assert len(refusals) == 63, [answer for answer in answers if not isinstance(answer, AlreadyUndone)]
        with scoped_transaction():
            assert Currency.objects.get().name == "A"
            assert ActionUndo.objects.count() == 1


@pytest.mark.committed
def test_of_many_writers_who_saw_the_same_version_one_wins(house: House) -> None:
    with using_scope(house.scope()):
        currency = probes.create_currency("EUR", name="A")

        def rename(number: int) -> Currency:
            with invoked(expected_version=1):
                return probes.rename_currency(currency.pk, name=f"name {number}")

        answers = all_at_once(16, rename)
        stale = [answer for answer in answers if isinstance(answer, StaleVersion)]
        assert len(stale) == 15, answers
        assert {answer.context["current_version"] for answer in stale} == {2}
        assert {tuple(answer.context["changed_fields"]) for answer in stale} == {("name",)}


@pytest.mark.committed
def test_of_many_creations_with_one_code_one_wins(house: House) -> None:
    with using_scope(house.scope()):
        answers = all_at_once(16, lambda _: probes.create_currency("EUR"))
        refused = [answer for answer in answers if isinstance(answer, Duplicate)]
        assert len(refused) == 15, answers
        assert {answer.context["fields"] for answer in refused} == {"code"}


@pytest.mark.committed
def test_a_retryable_command_survives_a_deadlock(house: House) -> None:
    tries: list[int] = []
    both_hold_one = threading.Barrier(2, timeout=5)

    @command(
        "tests.currency.cross",
        open_reason=probes.REASON,
        resource="currencies.currency",
        undoable=False,
        undo_reason="a probe.",
        retryable=True,
    )
    def cross(first: Currency, *, second: Currency) -> None:
        """Lock two rows in the given order."""
        tries.append(1)
        load_for_update(Currency, first.pk)
        if len(tries) <= 2:
            both_hold_one.wait()
        load_for_update(Currency, second.pk)
        Currency.objects.filter(pk=first.pk).update(name=f"after {len(tries)}")

    try:
        with using_scope(house.scope()):
            euro, dollar = probes.create_currency("EUR"), probes.create_currency("USD")
            pairs = [(euro, dollar), (dollar, euro)]
            answers = all_at_once(2, lambda number: cross(pairs[number][0], second=pairs[number][1]))
    finally:
        COMMANDS.remove("tests.currency.cross")
    assert answers == [None, None]
    assert len(tries) == 3


@pytest.mark.committed
def test_a_row_held_too_long_is_reported_busy(house: House) -> None:
    from apps.kernel.commands.errors import Busy

    with using_scope(house.scope()):
        currency = probes.create_currency("EUR")
        held, done = threading.Event(), threading.Event()

        def hold(number: int) -> object:
            if number == 0:
                with scoped_transaction():
                    list(Currency.objects.select_for_update())
                    held.set()
                    return done.wait(10)
            held.wait(10)
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SET lock_timeout = '100ms'")
                return probes.rename_currency(currency.pk, name="B")
            finally:
                done.set()

        answers = all_at_once(2, hold)
    assert isinstance(answers[1], Busy), answers
