"""A crash at any statement of a command: action, images and rows are all there, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from apps.currencies.models import Currency
from apps.kernel.commands.models import Action, ActionUndo, RowImage
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.eventbus.models import OutboxEvent
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Work
from tests.kernel.events_probes import subscribed
from tests.support import probes
from tests.support.digests import digest
from tests.support.scopes import House


class Crash(RuntimeError):
    """The process dies here."""


class Fuse:
    """A cursor wrapper that counts statements and blows at one of them, before or after it ran."""

    def __init__(self, at: int | None = None, *, after: bool = False) -> None:
        self.at = at
        self.after = after
        self.statements: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements.append(sql)
        blows = len(self.statements) == self.at
        if blows and not self.after:
            raise Crash(sql)
        result = execute(sql, params, many, context)
        if blows:
            raise Crash(sql)
        return result


def everything() -> tuple[Any, ...]:
    with scoped_transaction():
        counted = (Action, RowImage, ActionUndo, OutboxEvent, Work)
        counts = [model.objects.count() for model in counted]
        return (*counts, digest("currency"))


def undoable() -> UUID:
    with collecting_actions() as actions:
        probes.nest("CHF", inner="JPY")
    return actions[-1]


def commands() -> dict[str, Callable[[], Callable[[], object]]]:
    """Name of a command → prepare it, and hand back the call."""

    def rename() -> Callable[[], object]:
        currency = probes.create_currency("PLN")
        return lambda: probes.rename_currency(currency.pk, name="Złoty")

    def take_back() -> Callable[[], object]:
        action = undoable()
        return lambda: undo(action)

    return {
        "create": lambda: lambda: probes.create_currency("EUR"),
        "rename": rename,
        "nested": lambda: lambda: probes.nest("EUR", inner="USD"),
        "bulk": lambda: lambda: probes.fill([chr(65 + number) * 3 for number in range(20)]),
        "undo": take_back,
    }


@contextmanager
def fused(fuse: Fuse) -> Iterator[Fuse]:
    with connection.execute_wrapper(fuse):
        yield fuse


@pytest.mark.committed
@pytest.mark.parametrize("kind", ["create", "rename", "nested", "bulk", "undo"])
def test_a_crash_at_any_statement_leaves_all_or_nothing(house: House, kind: str) -> None:
    with using_scope(house.scope()), subscribed("**", print, persistent=True):
        call = commands()[kind]()
        before = everything()
        position = 0
        while True:
            position += 1
            with fused(Fuse(position)) as fuse:
                try:
                    call()
                except Crash:
                    pass
                else:
                    break
            assert everything() == before, fuse.statements[-1]
            with fused(Fuse(position, after=True)) as fuse, pytest.raises(Crash):
                call()
            assert everything() == before, fuse.statements[-1]
        assert position > 3, "the wrapper saw no statements"
        actions, images, _, events, work, *_ = map(int.__sub__, everything()[:5], before[:5])
        assert min(actions, images, events) >= 1
        assert work == 1, "the relay is called once for the whole change"


def test_a_currency_is_there_after_a_command_that_did_not_crash(house: House) -> None:
    with using_scope(house.scope()):
        probes.create_currency("EUR")
        with scoped_transaction():
            assert list(Currency.objects.values_list("code", flat=True)) == ["EUR"]
