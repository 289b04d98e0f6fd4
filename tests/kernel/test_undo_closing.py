"""Undo where nothing is deleted or overwritten: it corrects, and what it corrects stays on record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest

from apps.currencies import services
from apps.currencies.models import Currency, ExchangeRate
from apps.kernel import clock
from apps.kernel.bases.bitemporal import KnownOnce, currently_known, known_at
from apps.kernel.checks import judge_model
from apps.kernel.commands.errors import UndoConflict
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import plan_undo, undo
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.currencies.factories import quote
from tests.support.digests import digest
from tests.support.scopes import House


@pytest.fixture
def scoped(house: House) -> Iterator[House]:
    with using_scope(house.scope()):
        services.add_from_master(["PLN", "EUR", "USD"])
        yield house


def ran(call: Callable[[], object]) -> UUID:
    with collecting_actions() as actions:
        call()
    return actions[-1]


def record(rate: str, pair: str = "EUR/PLN") -> UUID:
    return ran(lambda: services.record_rates([quote(pair, rate, "2026-11-20")], source="ECB"))


def known(at: datetime | None = None) -> list[str]:
    with scoped_transaction():
        return sorted(f"{row.rate.normalize():f}" for row in known_at(ExchangeRate.objects.all(), at))


def close_all() -> UUID:
    def call() -> None:
        with scoped_transaction():
            ids = list(currently_known(ExchangeRate.objects.all()).values_list("pk", flat=True))
        for rate_id in ids:
            services.close_rate(rate_id)

    return ran(call)


def count() -> int:
    with scoped_transaction():
        return ExchangeRate.objects.count()


def test_undo_of_a_record_closes_it_and_redo_makes_it_known_again(scoped: House) -> None:
    first = record("4.1")
    undone = ran(lambda: undo(first))
    assert (known(), count()) == ([], 1)
    redone = ran(lambda: undo(undone))
    assert (known(), count()) == (["4.1"], 2)
    undo(redone)
    assert (known(), count()) == ([], 2)


def test_undo_of_a_correction_compensates_and_every_moment_answers_as_it_did(scoped: House) -> None:
    record("4.1")
    before = clock.now()
    correction = record("4.2")
    between = clock.now()
    undone = ran(lambda: undo(correction))
    assert (known(), count()) == (["4.1"], 3)
    assert (known(before), known(between)) == (["4.1"], ["4.2"])
    undo(undone)
    assert (known(), count()) == (["4.2"], 4)


def test_no_moment_is_without_a_value_while_undo_replaces_it(scoped: House) -> None:
    record("4.1")
    undo(record("4.2"))
    with scoped_transaction():
        rows = sorted(ExchangeRate.objects.all(), key=lambda row: row.known.lower)
    assert all(former.known.upper == latter.known.lower for former, latter in pairwise(rows))


def test_undo_within_one_tick_of_the_clock(scoped: House) -> None:
    with clock.frozen(clock.now()):
        record("4.1")
        correction = record("4.2")
        undone = ran(lambda: undo(correction))
        assert known() == ["4.1"]
        undo(undone)
        assert known() == ["4.2"]


def test_undo_of_a_closing_makes_the_rate_known_again_in_another_row(scoped: House) -> None:
    record("4.1")
    with scoped_transaction():
        former = ExchangeRate.objects.get()
    undo(close_all())
    with scoped_transaction():
        latter = currently_known(ExchangeRate.objects.all()).get()
    assert (latter.rate, latter.source, latter.pk == former.pk) == (Decimal("4.1"), "ECB", False)


def test_a_later_correction_stands_in_the_way_and_cascade_takes_it_back_first(scoped: House) -> None:
    record("4.1")
    second, third = record("4.2"), record("4.3")
    with scoped_transaction():
        plan = plan_undo(second)
    assert ([row.reason for row in plan.conflicts], plan.later) == (["changed", "known"], (third,))
    with pytest.raises(UndoConflict) as refusal:
        undo(second)
    assert refusal.value.context["actions"] == [str(third)]
    cascade = ran(lambda: undo(second, cascade=True))
    assert known() == ["4.1"]
    undo(cascade)
    assert known() == ["4.3"]


def test_a_value_that_became_known_after_a_closing_stands_in_the_way(scoped: House) -> None:
    record("4.1")
    closing = close_all()
    later = record("4.2")
    with pytest.raises(UndoConflict) as refusal:
        undo(closing)
    assert refusal.value.context["actions"] == [str(later)]
    undo(closing, cascade=True)
    assert known() == ["4.1"]


def test_a_rate_that_came_and_went_in_one_action_is_not_made_known(scoped: House) -> None:
    record("4.1")
    with scoped_transaction():
        before = digest("exchange_rate")
        former = ExchangeRate.objects.get().pk

    def wander() -> None:
        from_ids = [former]
        for rate in ("4.2", "4.3", "4.4"):
            from_ids.append(services.correct_rate(from_ids[-1], rate=Decimal(rate)).pk)

    with collecting_actions() as actions:
        wander()
    for action in reversed(actions):
        undo(action)
    with scoped_transaction():
        assert digest("exchange_rate") == before


def test_many_rates_are_one_undo(scoped: House) -> None:
    days = [f"2024-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]
    services.record_rates([quote("EUR/PLN", "4.1", day) for day in days], source="ECB")
    with scoped_transaction():
        before = digest("exchange_rate")
    corrected = ran(lambda: services.record_rates([quote("EUR/PLN", "4.2", day) for day in days], source="ECB"))
    undo(corrected)
    with scoped_transaction():
        assert digest("exchange_rate") == before


def test_a_table_that_is_closed_only_must_say_when_it_was_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Currency, "undo", "close")
    assert [message.id for message in judge_model(Currency)] == ["kernel.E015"]


def test_a_table_that_is_closed_only_must_say_what_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExchangeRate._meta, "constraints", [])
    assert [message.id for message in judge_model(ExchangeRate)] == ["kernel.E016"]


def test_prices_may_be_known_once_for_each_time_in_which_they_are_valid() -> None:
    once = KnownOnce(name="price_known_once", key=("tenant_id", "offer_id"), over=("valid",))
    assert [(str(column), operator) for column, operator in once.expressions] == [
        ("tenant_id", "="),
        ("offer_id", "="),
        ("valid", "&&"),
        ("known", "&&"),
    ]
    _path, _args, kwargs = once.deconstruct()
    assert KnownOnce(**kwargs) == once
