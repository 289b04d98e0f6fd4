"""Operators and workers who want the same delivery at the same moment: one effect."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from apps.events.errors import EventBusy, NotDead
from apps.events.services import replay_delivery, replay_range, skip_delivery
from apps.events.services.upkeep import remove_batch
from apps.kernel import clock
from apps.kernel.eventbus.models import Delivery
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Work
from apps.kernel.work.sweeper import sweep
from tests.events.factories import PROBE, dead_letters, events, hearing, minted, states, told
from tests.kernel.events_probes import run_all
from tests.support.crowds import all_at_once
from tests.support.scopes import House

pytestmark = [pytest.mark.prove, pytest.mark.committed]
ROUNDS = 6


def faults(answers: list[Any], *allowed: type[Exception]) -> list[Any]:
    return [item for item in answers if isinstance(item, Exception) and not isinstance(item, allowed)]


def test_two_who_replay_one_letter_deliver_it_once(house: House) -> None:
    for number in range(ROUNDS):
        [letter] = dead_letters(house, number)
        with hearing() as hearer:

            def act(number: int, letter: Delivery = letter) -> Any:
                with using_scope(house.scope()):
                    return replay_delivery(letter.pk)

            answers = all_at_once(4, act)
            assert Counter(map(type, answers)) == {Delivery: 1, NotDead: 3}
            all_at_once(3, lambda number: sweep("events"))
        assert hearer.seen == [number]
        assert Work.objects.count() == 0


def test_a_letter_is_replayed_or_skipped_and_never_both(house: House) -> None:
    for _ in range(ROUNDS):
        coin = uuid4()
        with hearing(1, ordered_by="entity_id") as hearer:
            minted(house, 1, 2, coin=coin)
            run_all(rounds=2)
            first, second = told(house)[-2:]
            assert (first.status, second.status) == ("dead", "held")
            hearer.refuses.clear()

            def act(number: int, first: Delivery = first) -> Any:
                if number < 2:
                    return sweep("events")
                with using_scope(house.scope()):
                    return (replay_delivery if number == 2 else skip_delivery)(first.pk)

            answers = all_at_once(4, act)
            run_all(rounds=4)
            skipped = isinstance(answers[2], NotDead)
        assert not faults(answers, NotDead)
        assert sum(isinstance(item, NotDead) for item in answers) == 1
        assert hearer.seen == ([2] if skipped else [1, 2])
        assert states(house)[-2:] == (["skipped", "delivered"] if skipped else ["delivered", "delivered"])
        assert Work.objects.count() == 0


def test_skipping_while_later_events_of_the_record_arrive_strands_none(house: House) -> None:
    for _ in range(ROUNDS):
        coin = uuid4()
        with hearing(1, ordered_by="entity_id") as hearer:
            minted(house, 1, coin=coin)
            run_all()
            letter = told(house)[-1]
            minted(house, 2, 3, coin=coin)
            sweep("relay")

            def act(number: int, letter: Delivery = letter) -> Any:
                if number < 2:
                    return sweep("events")
                with using_scope(house.scope()):
                    return skip_delivery(letter.pk)

            answers = all_at_once(3, act)
            run_all(rounds=4)
        assert not faults(answers)
        assert hearer.seen == [2, 3]
        assert Work.objects.count() == 0


def test_two_ranges_and_a_letter_at_once_deliver_each_event_once(house: House) -> None:
    now = clock.now()
    for number in range(ROUNDS):
        start = clock.now()
        minted(house, number)  # nobody hears it yet
        letters = dead_letters(house, 100 + number, 200 + number)
        with hearing() as hearer:

            def act(number: int, letters: list[Delivery] = letters, start: Any = start) -> Any:
                with using_scope(house.scope()):
                    if number == 3:
                        return replay_delivery(letters[-1].pk)
                    return replay_range(subscriber=PROBE, start=start, end=now + timedelta(days=1))

            answers = all_at_once(4, act)
            all_at_once(2, lambda number: sweep("events"))
        assert not faults(answers, NotDead)
        assert sorted(hearer.seen) == [number, 100 + number, 200 + number]
        assert Work.objects.count() == 0


def test_a_range_that_meets_the_relay_delivers_each_event_once(house: House) -> None:
    for number in range(ROUNDS):
        start = clock.now()
        with hearing() as hearer:
            minted(house, number, 50 + number)

            def act(number: int, start: Any = start) -> Any:
                if number < 2:
                    return sweep("relay")
                with using_scope(house.scope()):
                    return replay_range(subscriber=PROBE, start=start, end=start + timedelta(days=1))

            answers = all_at_once(4, act)
            run_all()
        assert not faults(answers)
        assert sorted(hearer.seen) == [number, 50 + number]


def test_what_is_replayed_while_it_gets_too_old_is_kept_or_gone_and_never_lost_halfway(house: House) -> None:
    for number in range(ROUNDS):
        with hearing() as hearer:
            minted(house, number)
            run_all()
            [event] = events(house)
            later = clock.now() + timedelta(days=40)

            def act(number: int, later: Any = later) -> Any:
                with using_scope(house.scope()):
                    if number == 0:
                        with clock.frozen(later):
                            return remove_batch()
                    return replay_range(subscriber=PROBE, start=later - timedelta(days=60), end=later)

            answers = all_at_once(2, act)
            run_all()
        assert not faults(answers)
        was_replayed = answers[1].count == 1
        assert hearer.seen == [number] * (2 if was_replayed else 1)
        assert len(events(house)) == int(was_replayed)
        with using_scope(house.scope()), scoped_transaction():
            Delivery.objects.all().delete()
            type(event).objects.all().delete()


def test_a_letter_that_is_replayed_while_it_is_removed_is_refused_or_delivered(house: House) -> None:
    [letter] = dead_letters(house, 1)

    def act(number: int) -> Any:
        with using_scope(house.scope()):
            if number == 0:
                with clock.frozen(clock.now() + timedelta(days=40)):
                    return remove_batch()
            return replay_delivery(letter.pk)

    with hearing() as hearer:
        answers = all_at_once(2, act)
        run_all()
    assert not faults(answers, EventBusy)
    assert (hearer.seen, states(house)) == ([1], ["delivered"])
