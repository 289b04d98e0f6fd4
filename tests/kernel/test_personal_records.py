"""Records that are somebody's own: nobody else sees them, whatever they may do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from apps.auth.models import User
from apps.customers.models import Interaction
from apps.kernel.access.explain import explain_access
from apps.kernel.access.grants import Access
from apps.kernel.access.objects import Level, ObjectRule
from apps.kernel.access.records import about_visible, closed_to, restrictable
from apps.kernel.access.visible import beyond, changeable, decide, visible
from apps.kernel.commands.models import Action
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.customers.factories import make_interaction
from tests.directory.callers import member
from tests.support.scopes import House

EVERYTHING = Access(granted=frozenset({"*"}), is_super_admin=True)


@pytest.fixture
def bob(house: House) -> User:
    return member(house, "customers.*")


@pytest.fixture
def own(house: House, bob: User) -> Interaction:
    return make_interaction(house, "Mine", visibility="private", author_id=bob.pk)


@contextmanager
def acting(house: House, **changes: Any) -> Iterator[Scope]:
    scope = house.scope()
    actor = replace(scope.actor, **changes)
    with using_scope(replace(scope, actor=actor)), scoped_transaction() as opened:
        yield opened


def reach(house: House, row: Interaction, **changes: Any) -> tuple[int, int, int, ObjectRule]:
    with acting(house, **changes):
        rows = Interaction.objects.filter(pk=row.pk)
        seen = (visible(rows).count(), changeable(rows).count(), beyond(rows, Level.VIEW).count())
        return (*seen, decide(row).rule)


def test_only_the_person_and_the_system_reach_it(house: House, bob: User, own: Interaction) -> None:
    assert reach(house, own, id=bob.pk) == (1, 1, 0, ObjectRule.OWN)
    assert reach(house, own, kind=ActorKind.SYSTEM, id=None) == (1, 1, 0, ObjectRule.SYSTEM)
    assert reach(house, own, kind=ActorKind.WORKFLOW, id=None, on_behalf_of=bob.pk) == (1, 1, 0, ObjectRule.OWN)
    hidden = (0, 0, 1, ObjectRule.NOT_GRANTED)
    assert reach(house, own) == hidden
    assert reach(house, own, access=EVERYTHING) == hidden
    assert reach(house, own, kind=ActorKind.API_KEY, id=bob.pk, access=EVERYTHING) == hidden
    assert reach(house, own, kind=ActorKind.CUSTOMER, id=bob.pk) == hidden


def test_nobodys_own_record_is_not_everybodys(house: House) -> None:
    row = make_interaction(house, "Lost", visibility="private", author_id=None)
    hidden = (0, 0, 1, ObjectRule.NOT_GRANTED)
    assert reach(house, row, kind=ActorKind.API_KEY, id=None, access=EVERYTHING) == hidden
    assert reach(house, row, kind=ActorKind.ANONYMOUS, id=None) == hidden


def test_what_is_said_about_it_is_hidden_with_it(house: House, bob: User, own: Interaction) -> None:
    with acting(house, id=bob.pk):
        everything = Action.objects.count()
        assert about_visible(Action.objects.all(), record="resource_id").count() == everything
    with acting(house, access=EVERYTHING) as scope:
        assert Interaction.entity_id in [kind.id for kind in closed_to(scope.actor)]
        assert Interaction.entity_id not in [kind.id for kind in restrictable()]


def test_an_explanation_says_that_it_is_ones_own(house: House, bob: User, own: Interaction) -> None:
    with acting(house):
        actor = Actor(ActorKind.STAFF, bob.pk, "Bob", Access(granted=frozenset({"customers.*"})))
        text = str(explain_access(actor, "customers.interactions.manage", own))
    assert "it is their own" in text
