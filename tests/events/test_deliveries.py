"""What operators decide about dead letters: again, or never."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.auth.services.object_grants import grant_access
from apps.events import services
from apps.events.errors import NotDead, SubscriberGone
from apps.kernel import clock
from apps.kernel.access.grants import Access
from apps.kernel.commands.models import Action
from apps.kernel.errors import FeatureRequired, InvalidInput, RowNotFound
from apps.kernel.eventbus import operating
from apps.kernel.eventbus.models import Delivery
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work import parking
from apps.kernel.work.models import Work
from apps.kernel.work.sweeper import sweep
from tests.auth.factories import acting_as
from tests.events.factories import dead_letters, hearing, minted, states, told
from tests.kernel.events_probes import run_all
from tests.support.scopes import House
from tests.support.shelf.factories import LIBRARIAN, given, make_book, make_reader

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(house: House) -> Iterator[clock.FrozenClock]:
    with clock.frozen(NOON) as frozen:
        yield frozen


def test_a_dead_letter_is_tried_again_from_the_first_try(house: House) -> None:
    [letter] = dead_letters(house, 1)
    with hearing() as hearer:
        with using_scope(house.scope()):
            again = services.replay_delivery(letter.pk)
        assert (again.status, again.attempts, again.last_error, again.ended_at) == ("waiting", 0, "", None)
        sweep("events")
    assert (hearer.seen, hearer.attempts, states(house)) == ([1], [1], ["delivered"])
    assert Work.objects.count() == 0


def test_the_history_says_who_decided(house: House) -> None:
    first, second = dead_letters(house, 1, 2)
    with hearing(), using_scope(house.scope()):
        services.replay_delivery(first.pk)
        services.skip_delivery(second.pk)
        with scoped_transaction():
            found = Action.objects.filter(resource_entity="events.delivery").order_by("pk")
            assert [(row.command, row.resource_id, row.actor_label) for row in found] == [
                ("events.delivery.replay", first.pk, "Alice"),
                ("events.delivery.skip", second.pk, "Alice"),
            ]


def test_many_are_tried_again_in_one_action_and_as_many_statements_as_few(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operating, "CHUNK", 4)
    counts = []
    for numbers in ([1], [2, 3, 4, 5, 6, 7, 8]):
        letters = dead_letters(house, *numbers)
        with hearing() as hearer:
            with using_scope(house.scope()), CaptureQueriesContext(connection) as queries:
                assert services.replay_deliveries([item.pk for item in letters]) == len(numbers)
            counts.append(len(queries))
            assert Work.objects.filter(kind="kernel.delivery").count() == (1 if len(numbers) == 1 else 2)
            sweep("events")
        assert hearer.seen == numbers
    assert counts[0] == counts[1]
    assert Work.objects.count() == 0


def test_all_or_none_are_tried_again(house: House, other_house: House) -> None:
    first, second = dead_letters(house, 1, 2)
    [foreign] = dead_letters(other_house, 3)
    with hearing(), using_scope(house.scope()):
        with pytest.raises(InvalidInput) as refusal:
            services.replay_deliveries([first.pk, foreign.pk, uuid7()])
        assert [item.field for item in refusal.value.errors] == ["ids.1", "ids.2"]
        with pytest.raises(InvalidInput):
            services.replay_deliveries([])
        services.skip_delivery(second.pk)
        with pytest.raises(NotDead):
            services.replay_deliveries([first.pk, second.pk])
    assert states(house) == ["dead", "skipped"]


@pytest.mark.parametrize("status", ["waiting", "held", "delivered", "skipped"])
@pytest.mark.parametrize("command", [services.replay_delivery, services.skip_delivery])
def test_only_dead_letters_are_decided_about(house: House, command: Any, status: str) -> None:
    [letter] = dead_letters(house, 1)
    with hearing(), using_scope(house.scope()):
        with scoped_transaction():
            Delivery.objects.update(status=status)
        with pytest.raises(NotDead) as refusal:
            command(letter.pk)
    assert refusal.value.context == {"status": status, "allowed": ["dead"]}
    assert states(house) == [status]


def test_a_letter_to_a_module_that_is_gone_is_skipped_and_not_replayed(house: House) -> None:
    [letter] = dead_letters(house, 1)
    with using_scope(house.scope()):
        with hearing(subscriber="tests.other"), pytest.raises(SubscriberGone) as refusal:
            services.replay_delivery(letter.pk)
        assert "tests.other" in refusal.value.context["known"]
        assert refusal.value.context["subscriber"] == "tests.probe"
        assert services.skip_delivery(letter.pk).status == "skipped"
    assert Work.objects.count() == 0


def test_skipping_lets_the_next_event_of_the_record_go(house: House) -> None:
    coin = uuid4()
    with hearing(1, ordered_by="entity_id") as hearer:
        minted(house, 1, 2, 3, coin=coin)
        run_all(rounds=3)
        assert (states(house), hearer.seen) == (["dead", "held", "held"], [])
        with using_scope(house.scope()):
            skipped = services.skip_delivery(told(house)[0].pk)
        assert (skipped.status, skipped.ended_at) == ("skipped", NOON)
        run_all(rounds=3)
    assert (states(house), hearer.seen) == (["skipped", "delivered", "delivered"], [2, 3])
    assert Work.objects.count() == 0


def test_replaying_keeps_the_order_of_the_record(house: House) -> None:
    coin = uuid4()
    with hearing(1, ordered_by="entity_id") as hearer:
        minted(house, 1, 2, 3, coin=coin)
        run_all(rounds=3)
        hearer.refuses.clear()
        with using_scope(house.scope()):
            services.replay_delivery(told(house)[0].pk)
        run_all(rounds=4)
    assert (hearer.seen, set(states(house))) == ([1, 2, 3], {"delivered"})


@pytest.mark.parametrize("command", [services.replay_delivery, services.skip_delivery])
def test_commands_need_their_feature_and_see_their_scope_only(house: House, other_house: House, command: Any) -> None:
    [letter] = dead_letters(house, 1, place=house.north)
    viewer = Access(frozenset({"events.deliveries.view", "events.view"}))
    with hearing():
        with using_scope(house.scope(access=viewer)), pytest.raises(FeatureRequired):
            command(letter.pk)
        with using_scope(other_house.scope()), pytest.raises(RowNotFound):
            command(letter.pk)
        with using_scope(house.scope(house.south)), pytest.raises(RowNotFound):
            command(letter.pk)
        with using_scope(house.scope()), pytest.raises(RowNotFound):
            command(uuid7())
    assert states(house) == ["dead"]


@pytest.mark.parametrize("command", [services.replay_delivery, services.skip_delivery])
def test_a_delivery_about_a_hidden_record_is_not_there(house: House, command: Any) -> None:
    owner, bob = (make_reader(house, name, features=(*LIBRARIAN, "events.*")) for name in ("Alice", "Bob"))
    book = make_book(house)
    with hearing(pattern="shelf.book.*"):
        with acting_as(house, owner):
            grant_access(**given(book, user_id=owner.pk, level="change", restrict=True))
            run_all()
            [letter] = [item for item in told(house) if item.subscriber == "tests.probe"]
            with scoped_transaction():
                Delivery.objects.update(status="dead")
        with acting_as(house, bob), pytest.raises(RowNotFound):
            command(letter.pk)
        with acting_as(house, owner):
            command(letter.pk)
    assert states(house) == ["waiting" if command is services.replay_delivery else "skipped"]


def test_operators_of_the_installation_see_dead_letters_as_parked_work(house: House) -> None:
    [letter] = dead_letters(house, 1)
    [row] = parking.parked(kind="kernel.dead_letter")
    assert (row.tenant_id, row.ref_id, row.parked_at) == (house.tenant.pk, letter.pk, NOON)
    with hearing() as hearer:
        assert parking.unpark([row.pk]) == 1
        sweep("events")
        sweep("events")
    assert (hearer.seen, states(house)) == ([1], ["delivered"])
    assert Work.objects.count() == 0


def test_parked_work_of_a_letter_that_was_decided_about_does_nothing(house: House) -> None:
    [letter] = dead_letters(house, 1)
    with hearing() as hearer:
        [row] = parking.parked(kind="kernel.dead_letter")
        with using_scope(house.scope()), scoped_transaction():
            Delivery.objects.filter(pk=letter.pk).update(status="delivered")
        parking.unpark([row.pk])
        sweep("events")
    assert (hearer.seen, states(house), Work.objects.count()) == ([], ["delivered"], 0)


def test_the_parked_work_of_a_gone_subscriber_stays_parked(house: House) -> None:
    dead_letters(house, 1)
    [row] = parking.parked(kind="kernel.dead_letter")
    parking.unpark([row.pk])
    sweep("events")
    [row] = parking.parked(kind="kernel.dead_letter")
    assert "no installed module" in row.parked_reason
    assert states(house) == ["dead"]
