"""Restricted records: who sees them, who may change them, and that everybody else finds nothing at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext, isolate_apps

from apps.auth.models import User
from apps.auth.services.object_grants import grant_access
from apps.currencies.models import Currency
from apps.kernel.access.checks import judge_kind
from apps.kernel.access.errors import RecordReadOnly
from apps.kernel.access.explain import explain_access
from apps.kernel.access.grants import Access
from apps.kernel.access.objects import Level
from apps.kernel.access.records import about_visible
from apps.kernel.access.visible import beyond, changeable, decide, visible
from apps.kernel.bases.mixins import ObjectAccess
from apps.kernel.bases.models import TenantModel
from apps.kernel.commands.models import Action
from apps.kernel.errors import InvalidInput, PlatformError, RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.ports import NullPorts
from apps.kernel.references.validation import demand_targets
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, current_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.auth.factories import acting_as, make_role, make_user
from tests.support.databases import admin
from tests.support.scopes import House
from tests.support.shelf.factories import (
    ENTITY,
    acting_as_key,
    given,
    make_book,
    make_reader,
    scope_of,
    titles,
)
from tests.support.shelf.models import Book, Shelf
from tests.support.shelf.services import delete_book, update_book

SOMEBODY_WAITS = "SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"


@pytest.fixture
def owner(house: House) -> User:
    """Alice, who restricts."""
    return make_reader(house, "Alice")


@pytest.fixture
def bob(house: House) -> User:
    return make_reader(house, "Bob")


@pytest.fixture
def secret(house: House, owner: User) -> Book:
    """A book that Alice alone sees, beside an open one."""
    make_book(house, "Open")
    book = make_book(house, "Secret")
    with acting_as(house, owner):
        grant_access(**given(book, user_id=owner.pk, level="change", restrict=True))
    return book


@contextmanager
def acting(scope: Scope, **changes: Any) -> Iterator[None]:
    with using_scope(replace(scope, actor=replace(scope.actor, **changes))):
        yield


def grant(house: House, owner: User, book: Book, **holder: Any) -> None:
    with acting_as(house, owner):
        grant_access(**given(book, **holder))


def test_an_open_record_is_seen_by_everybody_and_a_restricted_one_by_those_granted(
    house: House, owner: User, bob: User, secret: Book
) -> None:
    with acting_as(house, owner):
        assert titles() == ["Open", "Secret"]
    with acting_as(house, bob):
        assert titles() == ["Open"]
    grant(house, owner, secret, user_id=bob.pk)
    with acting_as(house, bob):
        assert titles() == ["Open", "Secret"]


def test_a_grant_of_a_role_reaches_those_who_have_it(house: House, owner: User, bob: User, secret: Book) -> None:
    readers = make_role(house)
    grant(house, owner, secret, role_id=readers.pk)
    carol = make_user(house, name="Carol", roles=(readers,))
    with acting_as(house, carol):
        assert titles() == ["Open", "Secret"]
    with acting_as(house, bob):
        assert titles() == ["Open"]


def test_a_key_reaches_what_its_roles_do(house: House, owner: User, secret: Book) -> None:
    readers = make_role(house, "shelf.*")
    with acting_as_key(house, readers):
        assert titles() == ["Open"]
    grant(house, owner, secret, role_id=readers.pk)
    with acting_as_key(house, readers):
        assert titles() == ["Open", "Secret"]
    with acting_as_key(house, make_role(house, "shelf.*")):
        assert titles() == ["Open"]


EVERYTHING_HELD = Access(granted=frozenset({"*", "portal.*"}), organization_ids=None)


@pytest.mark.parametrize(
    ("kind", "access", "seen"),
    [
        (ActorKind.SYSTEM, EVERYTHING_HELD, True),
        (ActorKind.STAFF, Access(is_super_admin=True), True),
        (ActorKind.API_KEY, Access(is_super_admin=True), True),
        (ActorKind.STAFF, EVERYTHING_HELD, False),
        (ActorKind.API_KEY, EVERYTHING_HELD, False),
        (ActorKind.WORKFLOW, EVERYTHING_HELD, False),
        (ActorKind.CUSTOMER, EVERYTHING_HELD, False),
        (ActorKind.CUSTOMER, Access(is_super_admin=True), False),
        (ActorKind.ANONYMOUS, Access(), False),
    ],
)
def test_only_the_system_and_super_admins_need_no_grant(
    house: House, secret: Book, kind: ActorKind, access: Access, seen: bool
) -> None:
    with using_scope(scope_of(house, Actor(kind, uuid7(), "Somebody", access))):
        assert titles() == (["Open", "Secret"] if seen else ["Open"])
        with scoped_transaction():
            assert (decide(secret_again(secret)).level is not None) is seen


def secret_again(book: Book) -> Book:
    found: Book = Book.objects.get(pk=book.pk)
    return found


def test_a_workflow_reaches_what_its_initiator_does(house: House, owner: User, secret: Book) -> None:
    actor = Actor(ActorKind.WORKFLOW, uuid7(), "Approval", EVERYTHING_HELD, on_behalf_of=owner.pk)
    with using_scope(scope_of(house, actor)):
        assert titles() == ["Open", "Secret"]
    with using_scope(scope_of(house, replace(actor, kind=ActorKind.CUSTOMER))):
        assert titles() == ["Open"]


def test_a_hidden_record_is_found_labelled_and_referenced_nowhere(house: House, bob: User, secret: Book) -> None:
    with acting_as(house, bob), scoped_transaction():
        entity = ENTITIES[ENTITY]
        assert entity.labels([secret.pk]) == {}
        assert entity.find("Secret") == []
        with pytest.raises(InvalidInput) as hidden:
            demand_targets([("book_id", ENTITY, secret.pk)])
        with pytest.raises(InvalidInput) as unknown:
            demand_targets([("book_id", ENTITY, uuid7())])
    assert hidden.value.errors == unknown.value.errors


def test_those_who_see_it_may_refer_to_it(house: House, owner: User, secret: Book) -> None:
    with acting_as(house, owner), scoped_transaction():
        demand_targets([("book_id", ENTITY, secret.pk)])
        assert ENTITIES[ENTITY].labels([secret.pk]) == {secret.pk: "Secret"}


def refusal_of(command: Any, *args: Any, **kwargs: Any) -> tuple[int, str, str]:
    with pytest.raises(PlatformError) as refusal:
        command(*args, **kwargs)
    return refusal.value.status, refusal.value.code, refusal.value.detail


def test_a_command_on_a_hidden_record_is_refused_like_one_on_a_missing_record(
    house: House, bob: User, secret: Book
) -> None:
    with acting_as(house, bob):
        hidden = refusal_of(update_book, secret.pk, title="Mine")
        assert hidden == refusal_of(update_book, uuid7(), title="Mine")
        assert refusal_of(delete_book, secret.pk) == hidden == (404, "kernel.not_found", "There is no such record.")


def test_a_grant_to_view_does_not_open_changes_and_one_to_change_opens_both(
    house: House, owner: User, bob: User, secret: Book
) -> None:
    grant(house, owner, secret, user_id=bob.pk, level="view")
    with acting_as(house, bob):
        assert titles() == ["Open", "Secret"]
        assert refusal_of(update_book, secret.pk, title="Mine")[:2] == (403, "kernel.record.read_only")
    grant(house, owner, secret, user_id=bob.pk, level=Level.CHANGE)
    with acting_as(house, bob):
        assert update_book(secret.pk, title="Ours").title == "Ours"


def test_the_highest_of_several_grants_counts(house: House, owner: User, bob: User, secret: Book) -> None:
    readers, writers = make_role(house, name="Readers"), make_role(house, name="Writers")
    grant(house, owner, secret, role_id=readers.pk)
    grant(house, owner, secret, role_id=writers.pk, level="change")
    carol = make_user(house, roles=(readers, writers))
    with acting_as(house, carol), scoped_transaction():
        decision = decide(secret_again(secret))
        assert [item.pk for item in changeable(Book.objects.filter(is_restricted=True))] == [secret.pk]
    assert decision.level is Level.CHANGE
    assert [(item.level, item.source) for item in decision.grants] == [
        ("view", "role Readers"),
        ("change", "role Writers"),
    ]


def test_rows_within_and_beyond_reach_are_all_rows_at_each_level(
    house: House, owner: User, bob: User, secret: Book
) -> None:
    grant(house, owner, secret, user_id=bob.pk, level="view")
    make_book(house, "Other")
    with acting_as(house, bob), scoped_transaction():
        rows = Book.objects.all()
        assert (visible(rows).count(), beyond(rows, Level.VIEW).count()) == (3, 0)
        assert (changeable(rows).count(), beyond(rows, Level.CHANGE).count()) == (2, 1)


def test_visible_costs_no_query_and_leaves_other_kinds_untouched(house: House, bob: User, secret: Book) -> None:
    with acting_as(house, bob), scoped_transaction():
        plain = Currency.objects.all()
        assert visible(plain) is plain
        with CaptureQueriesContext(connection) as captured:
            assert [row.title for row in visible(Book.objects.all())] == ["Open"]
        assert len(captured) == 1
    with acting(house.scope(), access=Access(is_super_admin=True)), scoped_transaction():
        books = Book.objects.all()
        assert visible(books) is books


def test_locking_an_open_record_costs_no_query_for_grants(house: House, bob: User, secret: Book) -> None:
    book = make_book(house)
    with acting_as(house, bob), CaptureQueriesContext(connection) as captured:
        update_book(book.pk, title="Changed")
    # The statement that ends a command names every table with events.
    assert [item for item in captured if "_grant" in item["sql"] and "end_command(" not in item["sql"]] == []


def test_another_tenants_grants_reach_nobody_here(house: House, other_house: House, secret: Book) -> None:
    charlie = make_reader(other_house, "Charlie")
    foreign = make_book(other_house, "Foreign")
    with acting_as(other_house, charlie):
        grant_access(**given(foreign, user_id=charlie.pk, restrict=True))
        assert titles() == ["Foreign"]
    with acting_as(house, charlie):
        assert titles() == ["Open"]


def test_without_a_module_that_answers_nothing_was_granted(house: House, owner: User, secret: Book) -> None:
    null, actor = NullPorts(), Actor(ActorKind.STAFF, owner.pk, "Alice", EVERYTHING_HELD)
    with acting_as(house, owner), scoped_transaction():
        condition = null.granted_rows(Book, Level.VIEW, actor, record="pk")
        assert Book.objects.filter(condition).count() == 0
        assert Book.objects.exclude(condition).count() == 2
        assert null.grants_on(secret, actor) == ()


def test_rows_about_hidden_records_are_left_out(house: House, owner: User, bob: User, secret: Book) -> None:
    with acting_as(house, bob), scoped_transaction():
        actions = Action.objects.filter(command="access.grant")
        assert actions.count() == 1
        assert about_visible(actions, record="resource_id").count() == 0
    with acting_as(house, owner), scoped_transaction():
        assert about_visible(actions, record="resource_id").count() == 1


def explained(house: House, user: User, feature: str, book: Book) -> Any:
    with acting_as(house, user), scoped_transaction():
        return explain_access(current_scope().actor, feature, secret_again(book))


def test_an_explanation_names_the_grants_on_the_record(house: House, owner: User, secret: Book) -> None:
    readers = make_role(house, "shelf.*", name="Readers")
    grant(house, owner, secret, role_id=readers.pk)
    carol = make_user(house, name="Carol", roles=(readers,))
    reads = explained(house, carol, "shelf.books.view", secret)
    writes = explained(house, carol, "shelf.books.manage", secret)
    assert (reads.allowed, reads.record.rule, reads.record.level) == (True, "granted", "view")
    assert (writes.allowed, writes.level, writes.record.level) == (False, "change", "view")
    assert str(writes) == (
        "Alice may not shelf.books.manage: holds shelf.* from role Readers;"
        " the record is restricted and granted: view through role Readers."
    )


def test_an_explanation_says_when_the_record_is_open_hidden_or_unbounded(
    house: House, owner: User, bob: User, secret: Book
) -> None:
    book = make_book(house)
    rules = {
        "open": explained(house, bob, "shelf.books.manage", book),
        "not_granted": explained(house, bob, "shelf.books.view", secret),
        "granted": explained(house, owner, "shelf.books.manage", secret),
    }
    assert {rule: item.record.rule for rule, item in rules.items()} == {rule: rule for rule in rules}
    assert [item.allowed for item in rules.values()] == [True, False, True]
    admin = Actor(ActorKind.STAFF, uuid7(), "Root", Access(is_super_admin=True))
    with using_scope(scope_of(house, admin)), scoped_transaction():
        said = explain_access(admin, "shelf.books.manage", secret_again(secret))
    assert (said.allowed, said.record and said.record.rule) == (True, "super_admin")


def test_a_lacking_feature_is_not_made_up_for_by_a_grant(house: House, owner: User, secret: Book) -> None:
    carol = make_user(house)
    grant(house, owner, secret, user_id=carol.pk, level="change")
    said = explained(house, carol, "shelf.books.view", secret)
    assert (said.allowed, said.decision.rule, said.record.rule) == (False, "not_granted", "granted")
    with acting_as(house, carol):
        assert refusal_of(update_book, secret.pk, title="Mine")[:2] == (403, "kernel.feature_required")


def test_a_record_that_cannot_be_restricted_is_open_in_explanations(house: House) -> None:
    actor = Actor(ActorKind.STAFF, uuid7(), "Alice", EVERYTHING_HELD)
    assert str(explain_access(actor, "shelf.books.manage", Shelf(name="A"))) == (
        "Alice may shelf.books.manage: holds *; the record is not restricted."
    )


@isolate_apps("tests.support.shelf")
def test_a_kind_that_may_be_restricted_names_its_features_and_keeps_its_permissions() -> None:
    class Loose(ObjectAccess, TenantModel):
        view_feature = "shelf.books.view"
        change_feature = "shelf.books.mange"

        class Meta:
            app_label = "shelf"
            default_permissions = ("add",)

    assert [message.id for message in judge_kind(Loose)] == ["kernel.E030", "kernel.E031", "kernel.E032"]
    assert list(judge_kind(Book)) == []


@pytest.mark.committed
def test_a_change_that_waited_for_a_revoke_is_refused(house: House, owner: User, bob: User, secret: Book) -> None:
    grant(house, owner, secret, user_id=bob.pk, level="change")
    refusals: list[PlatformError] = []

    def change() -> None:
        try:
            with acting_as(house, bob), pytest.raises(PlatformError) as refusal:
                update_book(secret.pk, title="Mine")
            refusals.append(refusal.value)
        finally:
            connections.close_all()

    waiting = threading.Thread(target=change)
    with admin(connection.settings_dict["NAME"]) as revoker:
        revoker.execute("SET session_replication_role = replica")  # a revoke in the middle, without its command
        with revoker.transaction():
            revoker.execute("SELECT FROM shelf_book WHERE id = %s FOR NO KEY UPDATE", [secret.pk])
            waiting.start()
            while revoker.execute(SOMEBODY_WAITS).fetchone() is None:
                assert waiting.is_alive()
            revoker.execute("DELETE FROM staff_user_grant WHERE user_id = %s", [bob.pk])
        waiting.join()
    assert [type(refusal) for refusal in refusals] == [RowNotFound]


def test_a_read_only_record_names_itself_in_no_refusal(house: House, owner: User, bob: User, secret: Book) -> None:
    grant(house, owner, secret, user_id=bob.pk)
    with acting_as(house, bob), pytest.raises(RecordReadOnly) as refusal:
        update_book(secret.pk, title="Mine")
    assert refusal.value.context == {}
