"""References between modules: checked in commands, counted before a deletion, found when they dangle."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.auth.models import User
from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.commands.executor import execute
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import InvalidInput
from apps.kernel.ids import uuid7
from apps.kernel.references.fields import OnDeletion, ReferenceField, reference_fields
from apps.kernel.references.usages import InUse, release, usages
from apps.kernel.references.validation import validate_references
from apps.kernel.registry.store import NotRegistered
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.auth.factories import make_user
from tests.support.scopes import House, seeding

TARGET = "directory.organization"


@pytest.fixture
def scoped(house: House) -> Iterator[House]:
    with using_scope(house.scope()):
        yield house


def pointing_to(organization_id: UUID) -> User:
    return User(name="Bob", home_organization_id=organization_id)


def test_a_reference_to_a_living_record_passes_in_one_query(scoped: House) -> None:
    with scoped_transaction(), CaptureQueriesContext(connection) as captured:
        validate_references([pointing_to(item.pk) for item in (scoped.north, scoped.south, scoped.root)])
    assert len([query for query in captured if "organization" in query["sql"]]) == 1


def test_unknown_foreign_and_deleted_targets_give_the_same_complaint(scoped: House, other_house: House) -> None:
    with seeding():
        scoped.south.deleted_at = scoped.south.created_at
        scoped.south.save()
    complaints = []
    for target in (uuid7(), other_house.north.pk, scoped.south.pk):
        with scoped_transaction(), pytest.raises(InvalidInput) as refusal:
            validate_references([pointing_to(target)])
        complaints.append(refusal.value.errors)
    assert len(set(complaints)) == 1
    assert [(item.field, item.code) for item in complaints[0]] == [("home_organization_id", "kernel.reference.unknown")]


def test_where_a_stored_row_points_already_may_stay_and_nothing_else(scoped: House, other_house: House) -> None:
    bob = make_user(scoped, home_organization_id=scoped.south.pk)
    with seeding():
        scoped.south.deleted_at = scoped.south.created_at
        scoped.south.save()
    with scoped_transaction():
        validate_references([bob])
    for target in (uuid7(), other_house.north.pk):
        bob.home_organization_id = target
        with scoped_transaction(), pytest.raises(InvalidInput):
            validate_references([bob])


def test_usages_are_counted_by_field(scoped: House) -> None:
    make_user(scoped, home_organization_id=scoped.north.pk)
    make_user(scoped, home_organization_id=scoped.north.pk)
    make_user(scoped, home_organization_id=scoped.south.pk)
    with scoped_transaction():
        [usage] = usages(TARGET, [scoped.north.pk])
    assert (usage.model, usage.field, usage.count) == (User, "home_organization_id", 2)


def test_a_clearing_reference_becomes_empty(scoped: House) -> None:
    user = make_user(scoped, home_organization_id=scoped.north.pk)
    with seeding():
        release(TARGET, [scoped.north.pk])
    with scoped_transaction():
        user.refresh_from_db()
    assert user.home_organization_id is None


def test_a_protecting_reference_refuses_with_counts(scoped: House, monkeypatch: pytest.MonkeyPatch) -> None:
    [field] = reference_fields(User)
    monkeypatch.setattr(field, "on_deletion", OnDeletion.PROTECT)
    make_user(scoped, home_organization_id=scoped.north.pk)
    with pytest.raises(InUse) as refusal, seeding():
        release(TARGET, [scoped.north.pk])
    assert refusal.value.context["usages"] == {"staff_auth.user.home_organization_id": 1}


def test_a_reference_to_a_module_that_is_not_installed_is_not_available() -> None:
    assert ReferenceField("catalog.nothing").is_available is False
    assert ReferenceField(TARGET).is_available is True


def test_a_reference_survives_migrations() -> None:
    _, path, args, kwargs = ReferenceField(TARGET, on_deletion=OnDeletion.KEEP, null=True).deconstruct()
    assert (path.rpartition(".")[2], args, kwargs) == (
        "ReferenceField",
        [TARGET],
        {"on_deletion": "keep", "null": True},
    )


def test_an_unknown_entity_is_named_with_its_neighbours() -> None:
    from apps.kernel.registry.entities import ENTITIES

    with pytest.raises(NotRegistered, match=r"directory\.organization"):
        ENTITIES["directory.nothing"]


def test_undoing_a_deletion_restores_the_pointers_that_it_cleared(scoped: House) -> None:
    user = make_user(scoped, home_organization_id=scoped.north.pk)
    with collecting_actions() as actions:
        execute(COMMANDS["directory.organization.delete"], (scoped.north.pk,), {})
    with scoped_transaction():
        user.refresh_from_db()
        assert user.home_organization_id is None
    undo(actions[-1])
    with scoped_transaction():
        user.refresh_from_db()
        assert user.home_organization_id == scoped.north.pk


def test_undo_does_not_bring_back_a_pointer_to_what_is_gone(scoped: House) -> None:
    user = make_user(scoped, home_organization_id=scoped.north.pk)
    with collecting_actions() as actions:
        execute(COMMANDS["auth.user.update"], (user.pk,), {"home_organization_id": None})
    execute(COMMANDS["directory.organization.delete"], (scoped.north.pk,), {})
    with pytest.raises(InvalidInput) as refusal:
        undo(actions[-1])
    assert [item.field for item in refusal.value.errors] == ["home_organization_id"]


def test_dangling_references_are_reported(scoped: House) -> None:
    make_user(scoped, home_organization_id=scoped.north.pk)
    out = StringIO()
    call_command("check_references", tenant=scoped.tenant.pk, stdout=out)
    assert "No reference" in out.getvalue()
    make_user(scoped, home_organization_id=uuid7())
    with pytest.raises(CommandError, match="1 references"):
        call_command("check_references", tenant=scoped.tenant.pk, stdout=out)
    assert "staff_user.home_organization_id" in out.getvalue()
