"""One action by its id is asked only about kinds that it can concern: the answer is that of the whole condition."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.auth.models import User
from apps.customers.models import Interaction
from apps.kernel.access.records import closed_to, dependent
from apps.kernel.commands.history.restriction import without_hidden
from apps.kernel.commands.history.visibility import readable_action, readable_actions
from apps.kernel.commands.models import Action
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.auth.factories import acting_as, make_role, make_user
from tests.customers.factories import (
    COMMENTS,
    DEALS,
    FEATURES,
    INTERACTIONS,
    PEOPLE,
    make_company,
    make_deal,
    make_interaction,
    make_person,
)
from tests.directory.callers import client_of, member, send
from tests.support.scopes import House, seeding
from tests.support.shelf.factories import make_book
from tests.support.shelf.models import Book
from tests.support.shelf.services import create_book

ABLE = (*FEATURES, "shelf.*", "audit_logs.view_tenant", "audit_logs.undo_tenant")


@pytest.fixture
def owner(house: House) -> Client:
    return client_of(member(house, *ABLE, name="Alice"), organization=house.north)


def written(owner: Client, method: str, path: str, body: Any = None) -> str:
    answer = send(owner, method, path, body or {})
    assert answer.status_code < 300, answer.content
    return str(answer["X-Action-Id"])


def changed_and_undone(owner: Client, path: str, field: str) -> None:
    """A change of a record, its undo, and the undo of that."""
    change = written(owner, "patch", path, {field: "Looks at stars"})
    written(owner, "post", f"/api/audit_logs/actions/{change}/undo/")
    written(owner, "post", f"/api/audit_logs/actions/{change}/redo/")


@pytest.fixture
def actions(house: House, owner: Client) -> list[UUID]:
    """What was done with one record of each kind, and with what is about it; the second of each kind is restricted.

    A third one is restricted as well, and deleted for good.
    """
    for is_second in (False, True):
        person, deal, call = make_person(house), make_deal(house), make_interaction(house)
        records: list[Any] = [person, make_company(house), deal, call, make_book(house)]
        changed_and_undone(owner, f"{PEOPLE}{person.pk}/", "description")
        changed_and_undone(owner, f"{DEALS}{deal.pk}/", "description")
        changed_and_undone(owner, f"{INTERACTIONS}{call.pk}/", "body")
        for about in ({"customer_id": str(person.pk)}, {"deal_id": str(deal.pk)}):
            written(owner, "post", COMMENTS, {**about, "body": "Said"})
        with seeding(house.scope()):
            for record in records if is_second else ():
                own = {"visibility": "private"} if isinstance(record, Interaction) else {}
                type(record).objects.filter(pk=record.pk).update(is_restricted=True, **own)
    with acting_as(house, member(house, *ABLE, name="Frank")):
        lost = create_book(title="Lost", code="L")
    with seeding(house.scope()):
        Book.objects.filter(pk=lost.pk).update(is_restricted=True)
        Book.objects.filter(pk=lost.pk).delete()
    with acting_as(house, member(house, "*")), scoped_transaction():
        return list(Action.objects.values_list("pk", flat=True))


def readers(house: House) -> dict[str, User]:
    role = make_role(house, "*", is_super_admin=True)
    return {
        "a stranger": member(house, *ABLE, name="Carol"),
        "who sees people": member(house, *ABLE, "customers.people.view_all", name="Eve"),
        "who sees own": member(house, *FEATURES, name="Bob"),
        "who sees nothing": member(house, "customers.*", name="Mallory"),
        "a super admin": make_user(house, name="Dave", roles=(role,)),
    }


def test_an_action_is_read_by_its_id_by_whoever_finds_it_in_the_list(house: House, actions: list[UUID]) -> None:
    seen = {}
    for name, user in readers(house).items():
        with acting_as(house, user), scoped_transaction():
            whole = set(readable_actions().values_list("pk", flat=True))
            assert {pk for pk in actions if readable_action(pk).exists()} == whole & set(actions), name
            seen[name] = len(whole & set(actions))
    assert seen["who sees nothing"] == 0
    assert 0 < seen["a stranger"] < seen["who sees people"] < seen["a super admin"] <= len(actions)


def test_so_it_is_for_actions_about_every_record_that_can_be_hidden(house: House, actions: list[UUID]) -> None:
    with acting_as(house, readers(house)["a stranger"]), scoped_transaction():
        kinds = {entity.id: entity for entity in (*closed_to(current_scope().actor), *dependent())}
        for name, entity in kinds.items():
            about = Action.objects.filter(resource_id__in=entity.model._default_manager.values("pk"))
            found = set(without_hidden(about).values_list("pk", flat=True))
            assert {pk for pk in about.values_list("pk", flat=True) if readable_action(pk).exists()} == found, name
        hidden = Action.objects.exclude(pk__in=without_hidden(Action.objects.all()).values("pk"))
        told = set(hidden.values_list("resource_entity", flat=True))
    assert {"customers.person", "customers.deal", "customers.interaction", "customers.comment"} <= told
    assert {Book.entity_id, Action.entity_id} <= told


def test_kinds_that_an_action_cannot_concern_are_not_asked(house: House, owner: Client) -> None:
    change = written(owner, "patch", f"{PEOPLE}{make_person(house).pk}/", {"description": "Looks at stars"})
    with CaptureQueriesContext(connection) as captured:
        assert owner.get(f"/api/audit_logs/actions/{change}/").status_code == 200
    asked = [item["sql"] for item in captured if "resource_id" in item["sql"] and "EXISTS" in item["sql"]]
    assert asked
    for other in ("deal", "interaction", "company", "shelf_book"):
        assert not any(f'FROM "{other}"' in sql and "is_restricted" in sql for sql in asked), other
