"""The hidden group of a role: made, kept and taken along by the database, whoever writes the role."""

from __future__ import annotations

import importlib

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, connections, transaction

from apps.auth.models import Role, RoleGrant, User
from apps.auth.services.object_grants import grant_access
from apps.auth.services.roles import create_role, delete_role, update_role
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.auth.factories import acting_as, make_role, reading_in, system
from tests.support.databases import admin
from tests.support.scopes import House, seeding
from tests.support.shelf.factories import given, make_book, make_reader
from tests.support.upgrading import upgrade

MIGRATION = importlib.import_module("apps.auth.migrations.0003_object_grants")


def names() -> list[str]:
    return sorted(Group.objects.values_list("name", flat=True))


def test_a_role_gets_one_group_whose_name_tells_nothing(house: House) -> None:
    with using_scope(system(house)):
        role = create_role(name="Board of directors")
    assert role.group_id is not None
    assert names() == [str(role.pk)]
    with reading_in(house):
        assert Role.objects.get(pk=role.pk).group_id == role.group_id


def test_roles_made_at_once_know_their_groups(house: House) -> None:
    with seeding(system(house)):
        roles = Role.objects.bulk_create([Role(name="One"), Role(name="Two")])
    with reading_in(house):
        assert [role.group.name for role in roles] == [str(role.pk) for role in roles]


def test_a_role_keeps_its_group_for_life(house: House) -> None:
    one, other = make_role(house), make_role(house)
    with using_scope(system(house)):
        update_role(one.pk, name="Renamed")
    with seeding(system(house)):
        Role.objects.filter(pk=one.pk).update(group=None)
        Role.objects.filter(pk=one.pk).update(group_id=other.group_id)
    with reading_in(house):
        assert Role.objects.get(pk=one.pk).group_id == one.group_id
    assert names() == sorted([str(one.pk), str(other.pk)])


def test_the_group_goes_with_the_role_and_comes_back_with_it(house: House) -> None:
    role, other = make_role(house), make_role(house)
    with using_scope(system(house)):
        with collecting_actions() as actions:
            delete_role(role.pk)
        assert names() == [str(other.pk)]
        undo(actions[-1])
        with scoped_transaction():
            restored = Role.objects.get(pk=role.pk)
    assert (restored.group_id, names()) == (role.group_id, sorted([str(role.pk), str(other.pk)]))


def test_the_group_of_a_role_whose_creation_is_undone_comes_back_with_redo(house: House) -> None:
    with using_scope(system(house)):
        with collecting_actions() as actions:
            role = create_role(name="Readers")
            undo(actions[-1])
        assert names() == []
        undo(actions[-1])
    assert names() == [str(role.pk)]


def test_a_role_cannot_ask_for_a_group_of_another_or_for_a_number_to_come(house: House, other_house: House) -> None:
    foreign = make_role(other_house)
    group_id = foreign.group_id
    assert group_id is not None
    with seeding(system(house)):
        greedy, early = Role(name="Greedy", group_id=group_id), Role(name="Early", group_id=group_id + 1000)
        greedy.save(force_insert=True)
        early.save(force_insert=True)
    assert group_id not in {greedy.group_id, early.group_id}
    assert early.group_id is not None
    assert early.group_id < group_id + 1000
    assert Group.objects.get(pk=group_id).name == str(foreign.pk)
    assert make_role(house).group_id not in {None, greedy.group_id, early.group_id, group_id}


def test_a_number_that_was_taken_meanwhile_is_not_given_again(house: House) -> None:
    role = make_role(house)
    group_id = role.group_id
    with using_scope(system(house)), collecting_actions() as actions:
        delete_role(role.pk)
    with seeding(system(house)):
        taker = Role(name="Taker", group_id=group_id)
        taker.save(force_insert=True)
    with using_scope(system(house)):
        undo(actions[-1])
    with reading_in(house):
        assert taker.group_id == group_id
        assert Role.objects.get(pk=role.pk).group.name == str(role.pk)


def test_a_grant_carries_the_group_of_its_role_whatever_is_given(house: House) -> None:
    owner: User = make_reader(house, "Alice")
    book, one, other = make_book(house), make_role(house), make_role(house)
    with acting_as(house, owner):
        grant_access(**given(book, role_id=one.pk))
    with seeding(system(house)):
        RoleGrant.objects.update(group_id=other.group_id)
        assert RoleGrant.objects.get().group_id == one.group_id
        RoleGrant.objects.update(role_id=other.pk)
        assert RoleGrant.objects.get().group_id == other.group_id


def test_the_app_role_writes_no_group_itself(house: House) -> None:
    make_role(house)
    for statement in (
        "INSERT INTO auth_group (name) VALUES ('x')",
        "UPDATE auth_group SET name = 'x'",
        "DELETE FROM auth_group",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


@pytest.mark.committed
def test_roles_from_before_get_their_groups(house: House, other_house: House) -> None:
    roles = [make_role(each) for each in (house, house, other_house)]
    with admin(connections["owner"].settings_dict["NAME"]) as past_the_wall:
        past_the_wall.execute("ALTER TABLE staff_role DISABLE TRIGGER USER")
        past_the_wall.execute("UPDATE staff_role SET group_id = NULL")
        past_the_wall.execute("DELETE FROM auth_group")
        past_the_wall.execute("ALTER TABLE staff_role ENABLE TRIGGER USER")
    upgrade("staff_auth", MIGRATION.equip_roles)
    assert names() == sorted(str(role.pk) for role in roles)
    with reading_in(house):
        assert {role.group.name for role in Role.objects.all()} == {str(role.pk) for role in roles[:2]}
