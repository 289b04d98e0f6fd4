"""`access.grant` and `access.revoke`: who may grant what on a record, and that nobody loses or gains by surprise."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, transaction
from guardian.shortcuts import assign_perm, get_groups_with_perms, get_perms, remove_perm

from apps.auth.errors import GrantBeyondOwn, GrantMissing, OwnAccessLost, RecordOpen
from apps.auth.models import RoleGrant, User, UserGrant
from apps.auth.services.object_grants import grant_access, revoke_access
from apps.auth.services.passwords import set_password
from apps.auth.services.users import create_user, set_user_roles, update_user
from apps.kernel.access.objects import Level
from apps.kernel.commands.models import Action
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import FeatureRequired, InvalidInput, PlatformError, RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.auth.factories import acting_as, make_role, make_user, reading_in, system
from tests.support.scopes import House
from tests.support.shelf.factories import ENTITY, acting_as_key, given, make_book, make_reader, titles
from tests.support.shelf.models import Book


@pytest.fixture
def owner(house: House) -> User:
    return make_reader(house, "Alice")


@pytest.fixture
def bob(house: House) -> User:
    return make_reader(house, "Bob")


@pytest.fixture
def book(house: House) -> Book:
    return make_book(house)


def grants(house: House) -> list[tuple[str, str]]:
    """Holder and level of every grant."""
    with reading_in(house):
        users = [(row.user.name, row.level.value) for row in UserGrant.objects.select_related("user", "permission")]
        roles = [(row.role.name, row.level.value) for row in RoleGrant.objects.select_related("role", "permission")]
    return sorted(users + roles)


def is_restricted(house: House, book: Book) -> bool:
    with reading_in(house):
        return bool(Book.objects.get(pk=book.pk).is_restricted)


def test_the_first_grant_restricts_only_when_it_says_so(house: House, owner: User, bob: User, book: Book) -> None:
    with acting_as(house, owner):
        grant_access(**given(book, user_id=bob.pk))
        assert is_restricted(house, book) is False
        grant_access(**given(book, user_id=bob.pk, restrict=True))
    assert is_restricted(house, book) is True


def test_whoever_restricts_keeps_access_by_a_grant_of_their_own(
    house: House, owner: User, bob: User, book: Book
) -> None:
    with acting_as(house, owner):
        grant_access(**given(book, user_id=bob.pk, restrict=True))
        assert titles() == ["Dune"]
    assert grants(house) == [("Alice", "change"), ("Bob", "view")]


def test_whoever_keeps_access_through_a_role_gets_no_grant_beside_it(house: House, book: Book) -> None:
    readers = make_role(house, "shelf.*", "auth.acl.manage", name="Readers")
    carol = make_user(house, name="Carol", roles=(readers,))
    with acting_as(house, carol):
        grant_access(**given(book, role_id=readers.pk, level="change", restrict=True))
    assert grants(house) == [("Readers", "change")]


def test_restricting_to_oneself_opens_changes_as_well(house: House, owner: User, book: Book) -> None:
    with acting_as(house, owner):
        grant = grant_access(**given(book, user_id=owner.pk, level="view", restrict=True))
    assert grant.level is Level.CHANGE
    assert grants(house) == [("Alice", "change")]


def test_a_program_does_not_lock_itself_out(house: House, bob: User, book: Book) -> None:
    holding = make_role(house, "shelf.*", "auth.acl.manage", name="Importers")
    with acting_as_key(house, holding):
        with pytest.raises(OwnAccessLost):
            grant_access(**given(book, user_id=bob.pk, restrict=True))
        assert (is_restricted(house, book), grants(house)) == (False, [])
        grant_access(**given(book, role_id=holding.pk, level="change", restrict=True))
        grant_access(**given(book, user_id=bob.pk))
    assert grants(house) == [("Bob", "view"), ("Importers", "change")]


def test_a_second_grant_replaces_the_first(house: House, owner: User, bob: User, book: Book) -> None:
    with acting_as(house, owner):
        first = grant_access(**given(book, user_id=bob.pk))
        second = grant_access(**given(book, user_id=bob.pk, level="change"))
    assert (first.pk, first.level, second.level) == (second.pk, "view", "change")
    assert grants(house) == [("Bob", "change")]


def test_an_action_names_the_record_and_its_organization(house: House, owner: User, bob: User, book: Book) -> None:
    with acting_as(house, owner):
        grant_access(**given(book, user_id=bob.pk))
    with reading_in(house):
        action = Action.objects.get(command="access.grant")
    assert (action.resource_entity, action.resource_id, action.resource_label) == (ENTITY, book.pk, "Dune")
    assert action.organizations == [house.root.pk]


def test_taking_the_last_grant_away_opens_nothing(house: House, owner: User, book: Book) -> None:
    with acting_as(house, owner):
        grant_access(**given(book, user_id=owner.pk, restrict=True))
        revoke_access(**given(book, user_id=owner.pk))
        assert titles() == []
    assert (is_restricted(house, book), grants(house)) == (True, [])
    with using_scope(system(house)):
        assert titles() == ["Dune"]


def test_opening_again_is_said_explicitly_and_takes_all_grants_away(
    house: House, owner: User, bob: User, book: Book
) -> None:
    with acting_as(house, owner):
        grant_access(**given(book, user_id=bob.pk, restrict=True))
        grant_access(**given(book, role_id=make_role(house).pk))
        assert revoke_access(**given(book, reopen=True)).is_restricted is False
    assert (is_restricted(house, book), grants(house)) == (False, [])


def test_nobody_loses_a_record_by_the_way(house: House, bob: User, book: Book) -> None:
    readers = make_role(house, "shelf.*", "auth.acl.manage", name="Readers")
    carol = make_user(house, name="Carol", roles=(readers,))
    with acting_as(house, carol):
        grant_access(**given(book, role_id=readers.pk, level="change", restrict=True))
        for refused in (
            lambda: revoke_access(**given(book, role_id=readers.pk)),
            lambda: grant_access(**given(book, role_id=readers.pk, level="view")),
        ):
            with pytest.raises(OwnAccessLost):
                refused()
        grant_access(**given(book, user_id=carol.pk, level="change"))
        revoke_access(**given(book, role_id=readers.pk))
    assert grants(house) == [("Carol", "change")]


def test_what_was_not_granted_cannot_be_taken_away_and_what_is_open_not_opened(
    house: House, owner: User, bob: User, book: Book
) -> None:
    with acting_as(house, owner):
        with pytest.raises(GrantMissing):
            revoke_access(**given(book, user_id=bob.pk))
        with pytest.raises(RecordOpen):
            revoke_access(**given(book, reopen=True))


def complaints(command: Any, **given: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refusal:
        command(**given)
    return [(item.field, item.code) for item in refusal.value.errors]


UNKNOWN = "kernel.reference.unknown"


def test_bad_input_is_refused_with_all_complaints(house: House, other_house: House, owner: User, book: Book) -> None:
    gone = make_user(house, deleted_at=book.created_at)
    foreign, far = make_user(other_house), make_role(other_house)
    with acting_as(house, owner):
        assert complaints(grant_access, record_id=book.pk, entity="currencies.currency", level="own") == [
            ("entity", "auth.object_grant.kind"),
            ("user_id", "auth.object_grant.holder"),
            ("level", "auth.object_grant.level"),
        ]
        for user in (gone, foreign):
            assert complaints(grant_access, **given(book, user_id=user.pk)) == [("user_id", UNKNOWN)]
        assert complaints(grant_access, **given(book, role_id=far.pk)) == [("role_id", UNKNOWN)]
        both = given(book, role_id=far.pk, user_id=foreign.pk)
        assert complaints(grant_access, **both) == [("user_id", "auth.object_grant.holder")]
        assert complaints(revoke_access, **given(book)) == [("user_id", "auth.object_grant.holder")]
    assert grants(house) == []


def test_missing_foreign_and_deleted_records_are_the_same(
    house: House, other_house: House, owner: User, bob: User
) -> None:
    deleted, foreign = make_book(house, deleted_at="2026-01-01T00:00:00Z"), make_book(other_house)
    with acting_as(house, owner):
        for record_id in (uuid7(), deleted.pk, foreign.pk):
            with pytest.raises(RowNotFound):
                grant_access(record_id, entity=ENTITY, user_id=bob.pk)


def test_granting_needs_the_feature_to_grant(house: House, bob: User, book: Book) -> None:
    clerk = make_reader(house, "Clerk", features=("shelf.*",))
    with acting_as(house, clerk):
        for command in (grant_access, revoke_access):
            with pytest.raises(FeatureRequired):
                command(**given(book, user_id=bob.pk))


@pytest.mark.parametrize(
    ("features", "wanted", "lacking"),
    [
        ((), {"level": "view"}, ["shelf.books.view"]),
        (("shelf.books.view",), {"level": "view"}, None),
        (("shelf.books.view",), {"level": "view", "restrict": True}, ["shelf.books.manage"]),
        (("shelf.books.view",), {"level": "change"}, ["shelf.books.manage"]),
        (("shelf.*",), {"level": "change", "restrict": True}, None),
    ],
)
def test_nobody_grants_what_they_could_not_do_themselves(
    house: House, book: Book, features: tuple[str, ...], wanted: dict[str, Any], lacking: list[str] | None
) -> None:
    bob, clerk = make_user(house), make_reader(house, "Clerk", features=("auth.acl.manage", *features))
    with acting_as(house, clerk):
        if lacking is None:
            grant_access(**given(book, user_id=bob.pk, **wanted))
            return
        with pytest.raises(GrantBeyondOwn) as refusal:
            grant_access(**given(book, user_id=bob.pk, **wanted))
    assert refusal.value.context["features"] == lacking
    assert (grants(house), is_restricted(house, book)) == ([], False)


def test_nobody_grants_on_a_record_that_is_hidden_or_only_to_be_seen(
    house: House, owner: User, bob: User, book: Book
) -> None:
    def code() -> str:
        with acting_as(house, bob), pytest.raises(PlatformError) as refusal:
            grant_access(**given(book, user_id=bob.pk, level="change"))
        return refusal.value.code

    with acting_as(house, owner):
        grant_access(**given(book, user_id=owner.pk, restrict=True))
    assert code() == "kernel.not_found"
    with acting_as(house, owner):
        grant_access(**given(book, user_id=bob.pk))
    assert code() == "kernel.record.read_only"
    assert grants(house) == [("Alice", "change"), ("Bob", "view")]


MANAGER = ("shelf.*", "auth.*")


def test_nobody_takes_a_role_to_reach_its_records(house: House, owner: User, book: Book) -> None:
    readers = make_role(house, name="Readers")
    manager = make_reader(house, "Manager", features=MANAGER)
    with acting_as(house, owner):
        grant_access(**given(book, role_id=readers.pk, restrict=True))
    with acting_as(house, manager):
        with pytest.raises(GrantBeyondOwn) as refusal:
            set_user_roles(manager.pk, roles=[readers.pk])
        assert refusal.value.context == {"records": True}
        with pytest.raises(GrantBeyondOwn):
            create_user(email="new@example.org", name="New", password="correct horse battery", roles=[readers.pk])
        assert titles() == []
    with acting_as(house, owner):
        grant_access(**given(book, user_id=manager.pk))
    with acting_as(house, manager):
        set_user_roles(make_user(house).pk, roles=[readers.pk])


def test_a_role_with_grants_for_changes_is_not_handed_out_by_those_who_may_only_look(
    house: House, owner: User, book: Book
) -> None:
    writers, manager = make_role(house, name="Writers"), make_reader(house, "Manager", features=MANAGER)
    with acting_as(house, owner):
        grant_access(**given(book, role_id=writers.pk, level="change", restrict=True))
        grant_access(**given(book, user_id=manager.pk))
    with acting_as(house, manager), pytest.raises(GrantBeyondOwn):
        set_user_roles(manager.pk, roles=[writers.pk])


def test_grants_on_open_records_keep_nobody_from_handing_out_a_role(house: House, owner: User, book: Book) -> None:
    readers, manager = make_role(house), make_reader(house, "Manager", features=MANAGER)
    with acting_as(house, owner):
        grant_access(**given(book, role_id=readers.pk))
    with acting_as(house, manager):
        set_user_roles(make_user(house).pk, roles=[readers.pk])


def test_nobody_takes_an_account_over_to_reach_its_records(house: House, owner: User, book: Book) -> None:
    manager = make_reader(house, "Manager", features=(*MANAGER, "audit_logs.*"))
    with acting_as(house, manager):
        set_password(owner.pk, password="another long passphrase")
    with acting_as(house, owner):
        grant_access(**given(book, user_id=owner.pk, restrict=True))
    with acting_as(house, manager), pytest.raises(GrantBeyondOwn):
        set_password(owner.pk, password="yet another passphrase")


def test_nobody_lets_an_account_in_that_reaches_records_beyond_theirs(house: House, owner: User, book: Book) -> None:
    manager = make_reader(house, "Manager", features=(*MANAGER, "audit_logs.*"))
    sleeper = make_reader(house, "Sleeper")
    with acting_as(house, owner):
        grant_access(**given(book, user_id=sleeper.pk, restrict=True))
    with acting_as(house, manager), collecting_actions() as actions:
        update_user(sleeper.pk, is_active=False)
    with acting_as(house, manager):
        for let_in in (lambda: update_user(sleeper.pk, is_active=True), lambda: undo(actions[-1])):
            with pytest.raises(GrantBeyondOwn):
                let_in()
    with acting_as(house, owner):
        grant_access(**given(book, user_id=manager.pk))
    with acting_as(house, manager):
        undo(actions[-1])


def test_guardians_own_shortcuts_write_nothing_outside_a_command(house: House, bob: User, book: Book) -> None:
    readers = make_role(house)
    with using_scope(system(house)):
        for holder in (bob, readers.group):
            with pytest.raises(DatabaseError, match=r"outside a command|null value"), scoped_transaction():
                assign_perm("shelf.view_book", holder, book)
    assert grants(house) == []
    with acting_as(house, bob):
        grant_access(**given(book, user_id=bob.pk, restrict=True))
    with using_scope(system(house)), pytest.raises(DatabaseError, match="outside a command"), scoped_transaction():
        remove_perm("shelf.change_book", bob, book)
    assert grants(house) == [("Bob", "change")]


def test_guardian_answers_with_the_same_grants(house: House, owner: User, bob: User, book: Book) -> None:
    readers = make_role(house, name="Readers")
    carol = make_user(house, name="Carol", roles=(readers,))
    with acting_as(house, owner):
        grant_access(**given(book, user_id=owner.pk, restrict=True))
        grant_access(**given(book, role_id=readers.pk))
    with reading_in(house):
        held = {user.name: get_perms(user, book) for user in (owner, bob, carol)}
        assert held == {"Alice": ["change_book"], "Bob": [], "Carol": ["view_book"]}
        assert get_perms(readers.group, book) == ["view_book"]
        assert get_groups_with_perms(book, attach_perms=True) == {readers.group: ["view_book"]}


def test_the_app_role_cannot_write_permissions_of_its_own(house: House) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Permission.objects.create(codename="all_books", name="x", content_type_id=1)


def test_users_and_permissions_go_without_guardians_own_tables(house: House, bob: User) -> None:
    from django.db.models.deletion import Collector

    with using_scope(system(house)), scoped_transaction():
        collector = Collector(using="default")
        collector.collect([bob])
        names = {model._meta.label for model in collector.data} | {
            rows.model._meta.label for rows in collector.fast_deletes
        }
    assert "staff_auth.UserGrant" in names
    assert not [name for name in names if name.startswith("guardian.")]
