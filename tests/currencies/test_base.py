"""One base currency, whatever happens in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.currencies import services
from apps.currencies.errors import BaseCurrencyKept, CurrencyInactive
from apps.currencies.models import Currency
from apps.kernel.commands.errors import Duplicate, UndoConflict
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import Conflict, RowNotFound
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.support.crowds import all_at_once
from tests.support.scopes import House, make_house

CODES = ("EUR", "USD", "GBP", "PLN")
STEPS = ("create", "set_base", "deactivate", "activate", "delete", "undo")


def living() -> list[Currency]:
    with scoped_transaction():
        return list(Currency.objects.filter(deleted_at__isnull=True).order_by("code"))


def attempt(call: Callable[[], object]) -> None:
    """Run a step; a conflict is as good as a success here."""
    with suppress(Conflict, RowNotFound):
        call()


def take(step: str, code: str, actions: list[UUID]) -> None:
    held = {item.code: item.pk for item in living()}
    if step == "create":
        attempt(lambda: services.create_currency(code=code))
    elif step == "undo":
        for action in actions[-1 - CODES.index(code) :][:1]:
            attempt(partial(undo, action))
    elif code in held:
        name = "set_base_currency" if step == "set_base" else f"{step}_currency"
        attempt(lambda: getattr(services, name)(held[code]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(CODES)), max_size=12))
def test_there_is_exactly_one_base_and_it_is_active(database: None, steps: list[tuple[str, str]]) -> None:
    with using_scope(make_house().scope()), collecting_actions() as actions:
        for step, code in steps:
            take(step, code, list(actions))
            rows = living()
            bases = [row for row in rows if row.is_base]
            assert len(bases) == (1 if rows else 0), (step, code, rows)
            assert all(base.is_active for base in bases)


def test_the_creation_of_a_base_with_younger_sisters_stays(house: House) -> None:
    with using_scope(house.scope()):
        with collecting_actions() as actions:
            services.create_currency(code="EUR")
            services.create_currency(code="USD")
        with pytest.raises(BaseCurrencyKept):
            undo(actions[0])
        assert [row.code for row in living() if row.is_base] == ["EUR"]
        undo(actions[1])
        undo(actions[0])
        assert living() == []


def test_a_deleted_code_may_be_added_again_and_then_the_deletion_stays(house: House) -> None:
    with using_scope(house.scope()):
        services.create_currency(code="EUR")
        dollar = services.create_currency(code="USD")
        with collecting_actions() as actions:
            services.delete_currency(dollar.pk)
        services.create_currency(code="USD")
        with pytest.raises(UndoConflict):
            undo(actions[0])
        assert [row.code for row in living()] == ["EUR", "USD"]


@pytest.mark.committed
def test_of_many_who_make_their_own_the_base_one_remains(house: House) -> None:
    with using_scope(house.scope()):
        rows = services.add_from_master(["EUR", "USD", "GBP", "PLN", "CHF", "JPY"])
        answers = all_at_once(6, lambda number: services.set_base_currency(rows[number].pk))
        assert [answer for answer in answers if not isinstance(answer, Currency)] == []
        assert len([row for row in living() if row.is_base]) == 1


@pytest.mark.committed
def test_switching_off_and_making_base_at_once_leave_an_active_base(house: House) -> None:
    with using_scope(house.scope()):
        _euro, dollar = services.add_from_master(["EUR", "USD"])
        calls = (services.set_base_currency, services.deactivate_currency)
        answers = all_at_once(2, lambda number: calls[number](dollar.pk))
        assert [type(item) for item in answers if not isinstance(item, Currency)] in (
            [BaseCurrencyKept],
            [CurrencyInactive],
        )
        assert [row.is_active for row in living() if row.is_base] == [True]


@pytest.mark.committed
def test_of_many_first_currencies_one_is_the_base(house: House) -> None:
    with using_scope(house.scope()):
        answers = all_at_once(4, lambda number: services.create_currency(code=CODES[number]))
        assert [item for item in answers if isinstance(item, Duplicate)] == []
        assert len([row for row in living() if row.is_base]) == 1
