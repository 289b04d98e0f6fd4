"""The walls themselves: the manager without the database's, the live catalog, and what a scope leaves behind."""

from __future__ import annotations

from typing import Any, cast

import pytest
from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, transaction

from apps.kernel.tenancy.catalog import faults
from apps.kernel.tenancy.errors import ScopeNotApplied
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.kernel.planting import past_the_wall, plant, query
from tests.support.rows import is_organization_model, tenant_models
from tests.support.scopes import House, make_house


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
