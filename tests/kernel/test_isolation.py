"""Isolation, generated over every tenant table: two walls, and each holds alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, models

from apps.directory.models import Organization
from apps.kernel.bases.models import TenantModel
from apps.kernel.errors import PlatformError
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.errors import ForeignRow, OrganizationRequired, ScopeMissing, ScopeNotApplied
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.tenancy.wall import is_walled
from tests.kernel.planting import plant, query
from tests.support.rolling import rolled_back
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


@pytest.fixture(scope="module")
def whole_houses(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[House, House]]:
    """Acme and Globex, made once, in a transaction that is never committed."""
    with django_db_blocker.unblock(), rolled_back():
        yield make_house("Acme"), make_house("Globex")


@pytest.fixture
def houses(whole_houses: tuple[House, House]) -> Iterator[tuple[House, House]]:
    """Both as they were made, whatever the test writes."""
    with rolled_back():
        yield whole_houses
        connection.check_constraints()


@pytest.fixture
def house(houses: tuple[House, House]) -> House:
    return houses[0]


@pytest.fixture
def other_house(houses: tuple[House, House]) -> House:
    return houses[1]


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
