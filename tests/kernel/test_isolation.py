"""Isolation, generated over every tenant table: two walls, and each holds alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, models, transaction

from apps.directory.models import Organization
from apps.kernel.bases.former import FormerRow
from apps.kernel.bases.models import TenantModel
from apps.kernel.errors import PlatformError
from apps.kernel.eventbus.models import OutboxEvent
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.catalog import faults
from apps.kernel.tenancy.errors import ForeignRow, OrganizationRequired, ScopeMissing, ScopeNotApplied
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.tenancy.wall import is_walled
from apps.sales.models import TaxClass
from config import env
from tests.support.rows import EITHER, ONE_ID, is_organization_model, make_row, tenant_models, writable_models
from tests.support.scopes import House, make_house, seeding, system_actor

ALL = [pytest.param(model, id=model._meta.label) for model in tenant_models()]
WRITABLE = [pytest.param(model, id=model._meta.label) for model in writable_models()]
CHANGEABLE = [
    pytest.param(model, id=model._meta.label)
    for model in writable_models()
    if "UPDATE" in getattr(model, "app_grants", ("UPDATE",))
]
ORGANIZED = [pytest.param(model, id=model._meta.label) for model in tenant_models() if is_organization_model(model)]
KEYED = [
    pytest.param(model, field, id=f"{model._meta.label}.{field.name}")
    for model in writable_models()
    for field in model._meta.local_concrete_fields
    if isinstance(field, models.ForeignKey) and is_walled(field.related_model)
]


def query(sql: str, *params: Any, using: str = DEFAULT_DB_ALIAS) -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall()) if cursor.description else []


def plant(model: type[TenantModel], house: House) -> UUID | None:
    """A row of the table in the house; None where only the kernel itself writes (there are some already)."""
    if model is FormerRow:  # the database writes one where a row was
        with seeding(house.scope()):
            make_row(TaxClass, house).delete()
    if model not in (*writable_models(), OutboxEvent):  # events take some columns only
        return None
    with seeding(house.scope()):
        row_id: UUID = make_row(model, house).pk
    return row_id


def copy_of(model: type[TenantModel], row_id: UUID, **changes: Any) -> dict[str, Any]:
    table = model._meta.db_table
    [(row,)] = query(f'SELECT to_jsonb(t)::text FROM "{table}" t WHERE id = %s', row_id)
    stored = {item.column for item in model._meta.local_concrete_fields if not item.generated}
    copied = {key: value for key, value in json.loads(row).items() if key in stored}
    return {**copied, **{key: str(value) for key, value in changes.items()}}


def insert(model: type[TenantModel], row: dict[str, Any]) -> None:
    columns = ", ".join(f'"{name}"' for name in row)
    query(
        f'INSERT INTO "{model._meta.db_table}" ({columns})'
        f' SELECT {columns} FROM jsonb_populate_record(NULL::"{model._meta.db_table}", %s::jsonb)',
        json.dumps(row),
    )


@pytest.mark.parametrize("model", ALL)
def test_another_tenant_sees_no_row(model: type[TenantModel], house: House, other_house: House) -> None:
    plant(model, house)
    with using_scope(house.scope()), scoped_transaction():
        assert model._default_manager.count() > 0
        own = query(f'SELECT count(*) FROM "{model._meta.db_table}" WHERE tenant_id = %s', house.tenant.pk)
        assert own[0][0] > 0
    with using_scope(other_house.scope()), scoped_transaction():
        sql = f'SELECT count(*) FROM "{model._meta.db_table}" WHERE tenant_id = %s'
        assert query(sql, house.tenant.pk) == [(0,)]
        assert model._default_manager.filter(tenant_id=house.tenant.pk).count() == 0


@pytest.mark.parametrize("model", ALL)
def test_without_a_scope_there_is_an_error_and_never_a_row(model: type[TenantModel], house: House) -> None:
    plant(model, house)
    with pytest.raises(ScopeMissing):
        model._default_manager.all()
    with using_scope(house.scope()), pytest.raises(ScopeNotApplied):
        model._default_manager.count()
    assert query(f'SELECT count(*) FROM "{model._meta.db_table}"') == [(0,)]


@pytest.mark.parametrize("model", WRITABLE)
def test_a_row_cannot_be_written_into_another_tenant(
    model: type[TenantModel], house: House, other_house: House
) -> None:
    row_id = plant(model, house)
    assert row_id is not None
    with using_scope(house.scope()), scoped_transaction():
        row = copy_of(model, row_id, id=uuid7())
    with pytest.raises(DatabaseError, match="row-level security"), seeding(other_house.scope()):
        insert(model, row)


@pytest.mark.parametrize("model", CHANGEABLE)
def test_a_row_cannot_be_changed_or_moved_across_tenants(
    model: type[TenantModel], house: House, other_house: House
) -> None:
    row_id = plant(model, house)
    table = model._meta.db_table
    with seeding(other_house.scope()), connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{table}" SET tenant_id = tenant_id WHERE id = %s', [row_id])
        assert cursor.rowcount == 0
    with (
        pytest.raises(DatabaseError, match=r"row-level security|violates foreign key"),
        seeding(house.scope()),
    ):
        query(f'UPDATE "{table}" SET tenant_id = %s WHERE id = %s', other_house.tenant.pk, row_id)


@pytest.mark.parametrize(("model", "field"), KEYED)
def test_a_foreign_key_cannot_reach_another_tenant(
    model: type[TenantModel], field: Any, house: House, other_house: House
) -> None:
    with seeding(house.scope()):
        foreign = make_row(field.related_model, house)
    with seeding(other_house.scope()):
        is_chosen = field.name in EITHER.get(model._meta.label, ())
        given = {field.name: make_row(field.related_model, other_house)} if is_chosen else {}
        own = make_row(model, other_house, **given)
    columns = {field.column, *({"id"} if ONE_ID.get(model._meta.label) == field.column else set())}
    changes = ", ".join(f'"{column}" = %s' for column in columns)
    with pytest.raises(DatabaseError, match="foreign key"), seeding(other_house.scope()):
        if "UPDATE" in getattr(model, "app_grants", ("UPDATE",)):
            query(f'UPDATE "{model._meta.db_table}" SET {changes} WHERE id = %s', *[foreign.pk] * len(columns), own.pk)
        else:  # facts are closed and added
            insert(model, copy_of(model, own.pk, id=uuid7(), **dict.fromkeys(columns, foreign.pk)))


@pytest.mark.parametrize("model", ORGANIZED)
def test_another_organization_is_invisible_and_cannot_be_written(model: type[TenantModel], house: House) -> None:
    with seeding(house.scope(house.north)):
        row_id = make_row(model, house).pk
        row = copy_of(model, row_id, id=uuid7())
    with using_scope(house.scope(house.south)), scoped_transaction():
        assert not model._default_manager.filter(pk=row_id).exists()
        assert query(f'SELECT count(*) FROM "{model._meta.db_table}"') == [(0,)]
    with pytest.raises(DatabaseError, match="row-level security"), seeding(house.scope(house.south)):
        insert(model, row)
    with pytest.raises(ForeignRow), seeding(house.scope(house.south)):
        make_row(model, house, organization_id=house.north.pk)


@pytest.mark.parametrize("model", ORGANIZED)
def test_no_organization_selected_means_no_row_and_no_write(model: type[TenantModel], house: House) -> None:
    plant(model, house)
    nowhere = Scope(house.tenant.pk, None, frozenset(), system_actor())
    with using_scope(nowhere), scoped_transaction():
        assert model._default_manager.count() == 0
    with pytest.raises(OrganizationRequired), seeding(nowhere):
        make_row(model, house)


@pytest.mark.parametrize("model", WRITABLE)
def test_the_orm_refuses_a_foreign_owner_before_the_database_does(
    model: type[TenantModel], house: House, other_house: House
) -> None:
    kind: Any = model
    with pytest.raises(PlatformError) as refusal, seeding(house.scope()):
        if model is Organization:
            kind(tenant_id=other_house.tenant.pk, name="x", slug="x", path="x").save(force_insert=True)
        make_row(kind, house, tenant_id=other_house.tenant.pk)
    assert refusal.value.code == "kernel.not_found"


@contextmanager
def past_the_wall() -> Iterator[str]:
    """A connection that row-level security does not bind: the manager stands alone."""
    connections.databases["bypass"] = {
        **connections.databases[DEFAULT_DB_ALIAS],
        **env.database(settings.DATABASE_ADMIN_URL),
        "NAME": connection.settings_dict["NAME"],
    }
    try:
        yield "bypass"
    finally:
        connections["bypass"].close()
        del connections["bypass"]
        del connections.databases["bypass"]


@pytest.mark.committed
def test_with_row_level_security_off_the_manager_alone_holds() -> None:
    house, other = make_house("Acme"), make_house("Globex")
    for model in tenant_models():
        plant(model, house)
        plant(model, other)
    with past_the_wall() as using, using_scope(house.scope(house.north)), scoped_transaction(using=using):
        for model in tenant_models():
            table = model._meta.db_table
            everything = query(f'SELECT count(DISTINCT tenant_id) FROM "{table}"', using=using)
            assert everything == [(2,)], f"{table}: the test itself sees only one tenant"
            tenants = set(model._default_manager.using(using).values_list("tenant_id", flat=True))
            assert tenants <= {house.tenant.pk}, table
            if is_organization_model(model):
                rows: Any = cast("Any", model)._default_manager.using(using).values_list("organization_id", flat=True)
                assert set(rows) <= {house.north.pk}, table


def test_the_live_catalog_equals_the_models(database: None) -> None:
    assert faults(DEFAULT_DB_ALIAS) == []


def test_every_table_of_the_database_is_known_to_the_models(database: None) -> None:
    django_tables = {
        "django_migrations",
        "django_content_type",
        "django_admin_log",
        "auth_group",
        "auth_permission",
    }
    known = {model._meta.db_table for model in tenant_models()} | django_tables | {"auth_group_permissions"}
    known |= {model._meta.db_table for model in apps.get_models() if getattr(model, "global_reason", "")}
    live = {name for (name,) in query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert live == known


def test_the_app_role_has_nothing_on_tables_that_list_no_grants(database: None) -> None:
    granted = query(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = 'agora_app' AND table_name IN ('django_admin_log', 'auth_group', 'auth_permission',"
        " 'django_content_type', 'django_migrations', 'auth_group_permissions') ORDER BY 1"
    )
    assert {privilege for _, privilege in granted} <= {"SELECT"}


def test_the_connection_runs_as_a_role_that_cannot_leave_the_walls(database: None) -> None:
    [(role, is_super, bypasses, owns)] = query(
        "SELECT rolname, rolsuper, rolbypassrls, (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid)"
        " FROM pg_roles r WHERE rolname = current_user"
    )
    assert (role, is_super, bypasses, owns) == ("agora_app", False, False, 0)


def test_an_aborted_block_gives_the_scope_back(house: House) -> None:
    with using_scope(house.scope(house.north)), scoped_transaction():
        with pytest.raises(ZeroDivisionError), using_scope(house.scope(house.south)), scoped_transaction():
            raise ZeroDivisionError
        [(organizations,)] = query("SELECT current_setting('app.orgs')")
    assert organizations == str(house.north.pk)


def test_a_finished_transaction_leaves_no_scope_behind(house: House) -> None:
    with using_scope(house.scope()), scoped_transaction():
        pass
    assert query("SELECT coalesce(current_setting('app.tenant_id', true), '')") == [("",)]
    with using_scope(house.scope()), pytest.raises(ScopeNotApplied), transaction.atomic():
        house.root.refresh_from_db()
