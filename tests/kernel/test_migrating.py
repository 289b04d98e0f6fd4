"""Data migrations as the owner, who is under row-level security as well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connections
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

from apps.currencies.models import Currency
from apps.directory.models import Organization
from apps.kernel.commands.models import Action, RowImage
from apps.kernel.tenancy.operations import AddTenantForeignKey, ForEachTenant
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.support.databases import admin
from tests.support.probes import create_currency
from tests.support.scopes import House

KEY = "organization_parent_id_tenant_fk"


@contextmanager
def as_owner() -> Iterator[BaseDatabaseSchemaEditor]:
    with connections["owner"].schema_editor() as editor:
        yield editor
    connections["owner"].close()


def shout(installed: Any, tenant_id: UUID) -> None:
    """A data change as a migration would write it."""
    model = installed.get_model("currencies", "Currency")
    with connections["owner"].cursor() as cursor:
        cursor.execute(f'UPDATE "{model._meta.db_table}" SET name = upper(name)')


@pytest.mark.committed
def test_for_each_tenant_changes_every_tenants_rows_and_leaves_images(house: House, other_house: House) -> None:
    for each in (house, other_house):
        with using_scope(each.scope(each.north)):
            create_currency("EUR", name="euro")
    state = ProjectState.from_apps(apps)
    with as_owner() as editor:
        operation = ForEachTenant(shout, "shout")
        operation.database_forwards("currencies", editor, state, state)
    for each in (house, other_house):
        with using_scope(each.scope()), scoped_transaction():
            assert Currency.objects.get().name == "EURO"
            action = Action.objects.get(command="kernel.schema.migrate")
            assert (action.reason, RowImage.objects.filter(action_id=action.pk).count()) == ("shout", 1)


@pytest.mark.committed
def test_a_bare_statement_of_the_owner_changes_nothing(house: House) -> None:
    with using_scope(house.scope()):
        create_currency("EUR", name="euro")
    with as_owner() as editor:
        editor.execute("UPDATE currency SET name = 'gone'", None)
    with using_scope(house.scope()), scoped_transaction():
        assert Currency.objects.get().name == "euro"


def drop_key() -> None:
    with admin(connections["owner"].settings_dict["NAME"]) as connection:
        connection.execute(f"ALTER TABLE organization DROP CONSTRAINT {KEY}")


@pytest.mark.committed
def test_a_key_added_later_validates_the_rows_that_are_there(house: House, other_house: House) -> None:
    drop_key()
    with admin(connections["owner"].settings_dict["NAME"]) as connection:
        connection.execute("ALTER TABLE organization DISABLE TRIGGER USER")
        connection.execute(
            "UPDATE organization SET parent_id = %s WHERE id = %s", [house.root.pk, other_house.north.pk]
        )
    state = ProjectState.from_apps(apps)
    with pytest.raises(Exception, match="violates foreign key"), as_owner() as editor:
        AddTenantForeignKey("Organization", "parent").database_forwards("directory", editor, state, state)


@pytest.mark.committed
def test_a_key_added_later_leaves_the_walls_standing(house: House) -> None:
    from apps.kernel.tenancy.catalog import faults

    drop_key()
    state = ProjectState.from_apps(apps)
    assert any("foreign keys" in fault for fault in faults("default"))
    with as_owner() as editor:
        AddTenantForeignKey("Organization", "parent").database_forwards("directory", editor, state, state)
    assert faults("default") == []
    with using_scope(house.scope()), scoped_transaction():
        assert Organization.objects.count() == 3
