"""The rules of who hears an event, as a table."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from apps.kernel.access.grants import Access
from apps.kernel.eventbus.declarations import EVENTS, Broadcast, Event
from apps.kernel.eventbus.payloads import RecordChanged
from apps.kernel.eventbus.stream.audience import Audience, Listener, hears
from apps.kernel.eventbus.stream.checks import check_streams, judge_shown
from apps.kernel.tenancy.scope import Actor, ActorKind

BOB, NORTH, SOUTH = UUID(int=1), UUID(int=10), UUID(int=11)
VIEW = "shelf.books.view"
STAFF, CUSTOMER = ActorKind.STAFF, ActorKind.CUSTOMER
FOR_STAFF, FOR_PORTAL, FOR_NOBODY = Broadcast.STAFF, Broadcast.PORTAL, Broadcast.NONE
ME, OTHERS = frozenset({BOB}), frozenset({uuid4()})


def listener(kind: ActorKind, *features: str, **more: bool) -> Listener:
    access = Access(frozenset(features), **more)  # type: ignore[arg-type]
    return Listener(Actor(kind, BOB, "Bob", access), frozenset({NORTH}))


@pytest.mark.parametrize(
    ("kind", "features", "audience", "heard"),
    [
        (STAFF, (VIEW,), Audience(FOR_STAFF, VIEW), True),
        (STAFF, ("shelf.*",), Audience(FOR_PORTAL, VIEW), True),
        (STAFF, (VIEW,), Audience(FOR_NOBODY, VIEW), False),
        (STAFF, (), Audience(FOR_STAFF, VIEW), False),
        (STAFF, (VIEW,), Audience(FOR_STAFF, VIEW, NORTH), True),
        (STAFF, (VIEW,), Audience(FOR_STAFF, VIEW, SOUTH), False),
        (STAFF, (VIEW,), Audience(FOR_STAFF, VIEW, None, ME), True),
        (STAFF, (VIEW,), Audience(FOR_STAFF, VIEW, None, OTHERS), False),
        (STAFF, (VIEW,), Audience(FOR_STAFF, VIEW, None, frozenset()), False),
        (STAFF, (VIEW,), Audience(FOR_STAFF, VIEW, SOUTH, ME), False),
        (STAFF, (), Audience(FOR_STAFF, VIEW, None, ME), False),
        (STAFF, ("*",), Audience(FOR_STAFF, ""), False),
        (STAFF, (), Audience(FOR_STAFF, "", None, ME), True),
        (STAFF, (VIEW,), Audience(FOR_STAFF, VIEW, None, None, frozenset({(STAFF, BOB)})), True),
        (STAFF, (VIEW,), Audience(FOR_STAFF, VIEW, None, None, frozenset({(CUSTOMER, BOB)})), False),
        (STAFF, (VIEW,), Audience(FOR_STAFF, VIEW, None, ME, frozenset()), False),
        (ActorKind.API_KEY, (VIEW,), Audience(FOR_STAFF, VIEW), True),
        (CUSTOMER, (VIEW,), Audience(FOR_STAFF, VIEW, None, ME), False),
        (CUSTOMER, (VIEW,), Audience(FOR_PORTAL, VIEW), False),
        (CUSTOMER, (), Audience(FOR_PORTAL, VIEW, NORTH, ME), True),
        (CUSTOMER, (), Audience(FOR_PORTAL, VIEW, NORTH, OTHERS), False),
        (ActorKind.WORKFLOW, (VIEW,), Audience(FOR_PORTAL, VIEW, None, ME), False),
        (ActorKind.SYSTEM, ("*",), Audience(FOR_PORTAL, VIEW), False),
        (ActorKind.ANONYMOUS, ("*",), Audience(FOR_PORTAL, VIEW), False),
    ],
)
def test_who_hears(kind: ActorKind, features: tuple[str, ...], audience: Audience, heard: bool) -> None:
    assert hears(listener(kind, *features), audience) is heard


def test_super_admins_hear_what_a_feature_opens_and_nothing_that_none_does() -> None:
    chief = listener(STAFF, is_super_admin=True)
    assert hears(chief, Audience(FOR_STAFF, VIEW))
    assert not hears(chief, Audience(FOR_STAFF, ""))


def test_a_kind_whose_changes_are_shown_has_a_feature_that_opens_its_records() -> None:
    assert [message.id for message in check_streams(None)] == []
    shown = [Event("shelf.mystery.updated", RecordChanged, entity="shelf.mystery", broadcast=FOR_STAFF)]
    assert [message.id for message in judge_shown([*shown, *EVENTS.values()])] == []
    lifecycle = Event(
        "shelf.mystery.updated", RecordChanged, entity="shelf.mystery", broadcast=FOR_STAFF, is_lifecycle=True
    )
    assert [message.id for message in judge_shown([lifecycle])] == ["kernel.E060"]
