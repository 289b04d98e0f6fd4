"""Several who say the same, or press the same, at the same moment."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from apps.currencies.services import create_currency
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.work.sweeper import sweep
from apps.notifications.errors import AlreadyActioned
from apps.notifications.models import Notification
from apps.notifications.services import Choice, act, choose, mark_all_read
from tests.auth.factories import acting_as, make_user
from tests.directory.callers import member
from tests.notifications.notices import GROUPED, asking, notifications, now, said, tell
from tests.support.crowds import all_at_once
from tests.support.scopes import House

pytestmark = pytest.mark.committed
ROUNDS, CROWD = 5, 6


def test_a_group_is_counted_whoever_says_it_at_the_same_moment(house: House) -> None:
    people = [make_user(house) for _ in range(4)]
    ids = [item.pk for item in people]
    for round_ in range(ROUNDS):
        for number in range(CROWD):
            tell(house, reversed(ids) if number % 2 else ids, GROUPED, group=round_)
        all_at_once(CROWD, lambda number: sweep())
        sweep()
        rows = [item for item in notifications(house) if item.group_key == f"g {round_}"]
        assert Counter(item.recipient_id for item in rows) == dict.fromkeys(ids, 1)
        assert {item.count for item in rows} == {CROWD}


def test_what_is_read_meanwhile_leaves_one_unread_at_most(house: House) -> None:
    bob = make_user(house)
    for round_ in range(ROUNDS):
        tell(house, bob, GROUPED, group=round_)
        tell(house, bob, GROUPED, group=round_)

        def either(number: int) -> Any:
            if number < 2:
                return sweep()
            with acting_as(house, bob):
                return mark_all_read()

        answers = all_at_once(3, either)
        sweep()
        assert not [item for item in answers if isinstance(item, Exception)]
        rows = [item for item in notifications(house, bob) if item.group_key == f"g {round_}"]
        assert sum(item.count for item in rows) == 2
        assert len([item for item in rows if item.status == "unread"]) <= 1


def test_of_many_presses_one_counts(house: House) -> None:
    clerk = member(house, "currencies.manage")
    with using_scope(house.scope(house.north)):
        create_currency(code="PLN")
    row, _currency = asking(house, clerk)

    def press(number: int) -> Any:
        with acting_as(house, clerk):
            return act(row.pk, action_id="rename" if number % 2 else "remove")

    answers = all_at_once(CROWD, press)
    assert Counter(map(type, answers)) == {Notification: 1, AlreadyActioned: CROWD - 1}
    [won] = [item for item in answers if isinstance(item, Notification)]
    assert now(house, row).action_taken == won.action_taken


def test_choices_of_one_person_follow_one_another(house: House) -> None:
    bob = make_user(house)

    def decide(number: int) -> Any:
        with acting_as(house, bob):
            return choose(choices=[Choice("", "email", number % 2 == 0)], settings={"digest_hour": number})

    answers = all_at_once(CROWD, decide)
    assert not [item for item in answers if isinstance(item, Exception)]
    said(house, bob)
    assert len({item.pk for item in answers}) == 1
