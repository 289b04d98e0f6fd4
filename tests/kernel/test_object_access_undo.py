"""Undo sees what its actor sees: changes of hidden records look as if they had never been made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from apps.auth.models import RoleGrant, User, UserGrant, UserRole
from apps.auth.services.object_grants import grant_access, revoke_access
from apps.auth.services.roles import create_role, delete_role
from apps.auth.services.users import set_user_roles
from apps.kernel.access.errors import RecordReadOnly
from apps.kernel.commands.declarations import COMMANDS, command
from apps.kernel.commands.errors import UndoConflict
from apps.kernel.commands.loading import load_for_update
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import plan_undo, undo
from apps.kernel.errors import FeatureRequired, PlatformError, RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.auth.factories import acting_as, make_role, make_user, scope_as, system
from tests.support.digests import digest
from tests.support.scopes import House, seeding
from tests.support.shelf.factories import LIBRARIAN, given, make_book, make_reader, titles
from tests.support.shelf.models import Book
from tests.support.shelf.services import create_book, update_book

TABLES = ("shelf_book", "staff_user_grant", "staff_role_grant")


@command("tests.book.burn", open_reason="a probe of the tests", resource="shelf.book", example=lambda scope: {})
def burn_book(book_id: UUID) -> None:
    """Delete a book for good."""
    load_for_update(Book, book_id).delete()


@pytest.fixture(autouse=True)
def _probe() -> Iterator[None]:
    if burn_book.spec.id not in COMMANDS:
        COMMANDS.add(burn_book.spec.id, burn_book.spec)
    yield
    COMMANDS.remove(burn_book.spec.id)


@pytest.fixture
def owner(house: House) -> User:
    return make_reader(house, "Alice")


@pytest.fixture
def bob(house: House) -> User:
    return make_reader(house, "Bob")


def done(house: House, user: User, work: Any, *args: Any, **kwargs: Any) -> UUID:
    """Run a command as the user and give its action."""
    with acting_as(house, user), collecting_actions() as actions:
        work(*args, **kwargs)
    return actions[-1]


def state(house: House) -> dict[str, str]:
    with using_scope(system(house)), scoped_transaction():
        return digest(*TABLES)


def restricted(house: House, owner: User, **values: Any) -> Book:
    book = make_book(house, **values)
    done(house, owner, grant_access, **given(book, user_id=owner.pk, level="change", restrict=True))
    return book


def refused(house: House, user: User, action: UUID) -> PlatformError:
    with acting_as(house, user):
        with scoped_transaction(), pytest.raises(PlatformError) as planned:
            plan_undo(action)
        with pytest.raises(PlatformError) as refusal:
            undo(action)
    assert type(planned.value) is type(refusal.value)
    return refusal.value


def test_a_change_of_a_hidden_record_cannot_be_taken_back_and_looks_missing(
    house: House, owner: User, bob: User
) -> None:
    book = make_book(house)
    action = done(house, bob, update_book, book.pk, title="By Bob")
    done(house, owner, grant_access, **given(book, user_id=owner.pk, restrict=True))
    before = state(house)
    hidden = refused(house, bob, action)
    with acting_as(house, bob), pytest.raises(RowNotFound) as missing:
        undo(uuid7())
    assert (type(hidden), hidden.detail, hidden.context) == (RowNotFound, missing.value.detail, missing.value.context)
    assert state(house) == before


def test_who_may_only_see_the_record_is_told_so(house: House, owner: User, bob: User) -> None:
    book = restricted(house, owner)
    done(house, owner, grant_access, **given(book, user_id=bob.pk, level="change"))
    action = done(house, bob, update_book, book.pk, title="By Bob")
    done(house, owner, grant_access, **given(book, user_id=bob.pk, level="view"))
    assert type(refused(house, bob, action)) is RecordReadOnly
    done(house, owner, grant_access, **given(book, user_id=bob.pk, level="change"))
    with acting_as(house, bob):
        undo(action)
        assert titles() == ["Dune"]


def test_a_restricted_record_that_was_deleted_for_good_comes_back_only_for_those_granted(
    house: House, owner: User, bob: User
) -> None:
    book = restricted(house, owner)
    before = state(house)
    action = done(house, owner, burn_book, book.pk)
    assert type(refused(house, bob, action)) is RowNotFound
    with acting_as(house, owner):
        undo(action)
    assert state(house) == before


def test_the_creation_of_a_record_that_was_restricted_since_cannot_be_undone_by_others(
    house: House, owner: User, bob: User
) -> None:
    action = done(house, bob, create_book, title="By Bob", code="B-1")
    with using_scope(system(house)), scoped_transaction():
        [book] = Book.objects.all()
    done(house, owner, grant_access, **given(book, user_id=owner.pk, restrict=True))
    assert type(refused(house, bob, action)) is RowNotFound


def test_granting_with_restriction_is_undone_and_redone_whole(house: House, owner: User, bob: User) -> None:
    book = make_book(house)
    before = state(house)
    action = done(house, owner, grant_access, **given(book, user_id=bob.pk, restrict=True))
    after = state(house)
    taken = done(house, owner, undo, action)
    assert state(house) == before != after
    done(house, owner, undo, taken)
    assert state(house) == after


def test_revoking_is_undone_and_redone(house: House, owner: User, bob: User) -> None:
    book = restricted(house, owner)
    done(house, owner, grant_access, **given(book, user_id=bob.pk))
    before = state(house)
    action = done(house, owner, revoke_access, **given(book, user_id=bob.pk))
    taken = done(house, owner, undo, action)
    assert state(house) == before
    with acting_as(house, bob):
        assert titles() == ["Dune"]
    done(house, owner, undo, taken)
    with acting_as(house, bob):
        assert titles() == []


def test_reopening_is_undone_with_all_grants(house: House, owner: User, bob: User) -> None:
    book = restricted(house, owner)
    done(house, owner, grant_access, **given(book, role_id=make_role(house).pk))
    before = state(house)
    action = done(house, owner, revoke_access, **given(book, reopen=True))
    with using_scope(system(house)), scoped_transaction():
        assert (UserGrant.objects.count(), RoleGrant.objects.count()) == (0, 0)
    # Bob sees the record now that it is open, and hides it from himself by undoing: he holds no grant on it.
    with acting_as(house, bob):
        undo(action)
        assert titles() == []
    assert state(house) == before


def test_undo_gives_back_no_grant_that_the_actor_could_not_give(house: House, owner: User, bob: User) -> None:
    book = make_book(house)
    clerk = make_reader(house, "Clerk", features=("shelf.books.view", "auth.acl.manage", "audit_logs.*"))
    done(house, owner, grant_access, **given(book, user_id=bob.pk, level="change"))
    action = done(house, owner, revoke_access, **given(book, user_id=bob.pk))
    with acting_as(house, clerk), pytest.raises(PlatformError) as refusal:
        undo(action)
    assert refusal.value.code == "auth.grant.beyond_own"
    with using_scope(system(house)), scoped_transaction():
        assert UserGrant.objects.count() == 0


def test_undo_of_a_grant_needs_the_feature_to_grant(house: House, owner: User, bob: User) -> None:
    book = make_book(house)
    action = done(house, owner, grant_access, **given(book, user_id=bob.pk))
    auditor = make_reader(house, "Auditor", features=("shelf.*", "audit_logs.*"))
    with acting_as(house, auditor), pytest.raises(FeatureRequired):
        undo(action)


def test_a_grant_in_an_organization_out_of_sight_cannot_be_undone(house: House, owner: User, bob: User) -> None:
    book = make_book(house, scope=house.scope(house.south))
    action = done(house, owner, grant_access, **given(book, user_id=bob.pk))
    limited = make_user(
        house, name="Northern", roles=(make_role(house, *LIBRARIAN, organization_ids=[house.north.pk]),)
    )
    access = scope_as(house, limited).actor.access
    northern = house.scope(house.north, access=access, actor_id=limited.pk)
    with using_scope(northern), pytest.raises(RowNotFound):
        undo(action)


def test_a_deleted_role_comes_back_with_its_grants_on_records(house: House, owner: User) -> None:
    book, readers = restricted(house, owner), make_role(house, name="Readers")
    done(house, owner, grant_access, **given(book, role_id=readers.pk))
    before = state(house)
    with using_scope(system(house)):
        with collecting_actions() as actions:
            delete_role(readers.pk)
        with scoped_transaction():
            assert RoleGrant.objects.count() == 0
        undo(actions[-1])
    assert state(house) == before


def test_a_deleted_role_with_grants_on_hidden_records_comes_back_for_nobody_who_cannot_reach_them(
    house: House, owner: User
) -> None:
    book, readers = restricted(house, owner), make_role(house, name="Readers")
    done(house, owner, grant_access, **given(book, role_id=readers.pk))
    manager = make_reader(house, "Manager", features=(*LIBRARIAN, "auth.*"))
    action = done(house, manager, delete_role, readers.pk)
    with acting_as(house, manager), pytest.raises(RowNotFound):
        undo(action)
    done(house, owner_with_roles(house, owner), undo, action)


def owner_with_roles(house: House, owner: User) -> User:
    with seeding(system(house)):
        UserRole(user=owner, role=make_role(house, "auth.*")).save(force_insert=True)
    return owner


def test_the_creation_of_a_role_cannot_be_undone_past_its_grants(house: House, owner: User) -> None:
    book = restricted(house, owner)
    with using_scope(system(house)), collecting_actions() as actions:
        readers = create_role(name="Readers")
    grant = done(house, owner, grant_access, **given(book, role_id=readers.pk))
    with using_scope(system(house)):
        with pytest.raises(UndoConflict) as refusal:
            undo(actions[-1])
        assert refusal.value.context["actions"] == [str(grant)]
        undo(actions[-1], cascade=True)
        with scoped_transaction():
            assert RoleGrant.objects.count() == 0


def test_a_membership_with_grants_beyond_the_actor_is_not_given_back(house: House, owner: User, bob: User) -> None:
    book, readers = restricted(house, owner), make_role(house, name="Readers")
    carol = make_user(house, name="Carol", roles=(readers,))
    manager = make_reader(house, "Manager", features=(*LIBRARIAN, "auth.*"))
    action = done(house, manager, set_user_roles, carol.pk, roles=[])
    done(house, owner, grant_access, **given(book, role_id=readers.pk))
    with acting_as(house, manager), pytest.raises(PlatformError) as refusal:
        undo(action)
    assert refusal.value.code == "auth.grant.beyond_own"
