"""Tenants: founding, settings, closing and opening, and who may do what."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

import pytest
from django.db import connections
from django.test import Client

from apps.directory.contracts import TenantBook, TenantProfile
from apps.directory.errors import PlatformOnly, WrongStatus
from apps.directory.models import Organization, Tenant
from apps.directory.services import (
    create_tenant,
    reactivate_tenant,
    set_up_tenant,
    suspend_tenant,
    update_tenant,
)
from apps.kernel.commands.errors import Duplicate
from apps.kernel.commands.models import Action
from apps.kernel.errors import InvalidInput, RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.ports import OrganizationTree
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, current_scope, system_scope, using_scope
from apps.kernel.tenancy.transactions import reading, scoped_transaction
from tests.directory.callers import client_of, complaints, member, send
from tests.support import databases
from tests.support.scopes import House

LIST = "/api/directory/tenants/"


def platform(tenant_id: UUID | None = None) -> AbstractContextManager[Scope]:
    return system_scope(tenant_id or uuid7(), "tests")


def found(name: str = "Initech", **values: str) -> Tenant:
    with platform():
        return create_tenant(name=name, **values)


def within(tenant: Tenant, look: Callable[[], object]) -> object:
    with platform(tenant.pk), scoped_transaction():
        organizations = service(OrganizationTree).all_living()
    with system_scope(tenant.pk, "tests", organization_ids=organizations), scoped_transaction():
        return look()


def test_a_new_tenant_has_a_root_organization_roles_and_currencies(database: None) -> None:
    tenant = found("Zażółć Sp. z o.o.", locale="pl", base_currency="NOK", time_zone="Europe/Warsaw")
    assert (tenant.slug, tenant.status) == ("zazolc-sp-z-o-o", "trial")
    roots = within(tenant, lambda: list(Organization.objects.values_list("name", "slug", "depth")))
    assert roots == [("Zażółć Sp. z o.o.", "zazolc-sp-z-o-o", 0)]
    keys = within(tenant, lambda: set(ENTITIES["auth.role"].living().values_list("system_key", flat=True)))
    assert keys == {"superadmin", "admin", "employee"}
    base = within(tenant, lambda: [str(row) for row in ENTITIES["currencies.currency"].living().filter(is_base=True)])
    assert base == ["NOK — korona norweska"]


def test_the_founding_stands_in_the_new_tenants_history_alone(house: House) -> None:
    before = Tenant.objects.count()
    with platform(house.tenant.pk):
        tenant = create_tenant(name="Initech")
        assert current_scope().tenant_id == house.tenant.pk
    rows = within(tenant, lambda: list(Action.objects.filter(parent_id=None).values_list("command", flat=True)))
    assert rows == ["directory.tenant.create"]
    with using_scope(house.scope()), scoped_transaction():
        assert not Action.objects.filter(command="directory.tenant.create").exists()
    assert Tenant.objects.count() == before + 1


def test_founding_inside_a_read_gives_the_read_back_as_it_was(house: House) -> None:
    with platform(house.tenant.pk), reading():
        assert Organization.objects.count() == 3
        create_tenant(name="Initech")
        assert Organization.objects.count() == 3


def test_set_up_again_changes_nothing(database: None) -> None:
    tenant = found()

    def state() -> object:
        return within(
            tenant,
            lambda: (
                list(Organization.objects.order_by("pk").values()),
                list(ENTITIES["auth.role"].living().order_by("pk").values("pk", "version")),
                list(ENTITIES["currencies.currency"].living().order_by("pk").values()),
            ),
        )

    before = state()
    with platform(tenant.pk):
        set_up_tenant(tenant.pk)
    assert state() == before


def test_a_handle_belongs_to_one_tenant(database: None) -> None:
    found(slug="initech")
    with pytest.raises(Duplicate) as refusal:
        found("Other", slug="initech")
    assert [error.field for error in refusal.value.errors] == ["slug"]
    assert Tenant.objects.filter(name="Other").count() == 0


def test_two_tenants_of_one_name_get_different_organization_handles(database: None) -> None:
    first, second = found(slug="initech"), found(slug="initech-two")
    slugs = [within(tenant, lambda: Organization.objects.get().slug) for tenant in (first, second)]
    assert slugs == ["initech", "initech-two-initech"]


def test_all_bad_settings_are_named(database: None) -> None:
    with pytest.raises(InvalidInput) as refusal:
        found("", slug="A B", locale="xx", time_zone="Mars/Olympus", base_currency="DEM", status="suspended")
    fields = {error.field for error in refusal.value.errors}
    assert fields == {"name", "slug", "locale", "time_zone", "base_currency", "status"}
    assert Tenant.objects.count() == 0


def test_staff_found_no_tenants(house: House) -> None:
    with using_scope(house.scope()), pytest.raises(PlatformOnly):
        create_tenant(name="Initech")
    client = client_of(member(house, "directory.*", is_super_admin=True))
    answer = send(client, "post", LIST, {"name": "Initech"})
    assert (answer.status_code, answer.json()["code"]) == (403, "directory.tenant.platform_only")
    assert not Tenant.objects.filter(name="Initech").exists()


def test_a_tenant_sees_and_names_itself_only(house: House, other_house: House) -> None:
    client = client_of(member(house, "directory.tenants.manage"))
    assert [row["id"] for row in client.get(LIST).json()["results"]] == [str(house.tenant.pk)]
    missing, foreign = f"{LIST}{uuid7()}/", f"{LIST}{other_house.tenant.pk}/"
    for method, body in (("get", None), ("patch", {"name": "x"})):
        answers = [send(client, method, path, body) for path in (missing, foreign)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content
    other_house.tenant.refresh_from_db()
    assert other_house.tenant.name == "Globex"


def test_the_service_names_foreign_tenants_no_more_than_the_api(house: House, other_house: House) -> None:
    with using_scope(house.scope()):
        for tenant_id in (other_house.tenant.pk, uuid7()):
            with pytest.raises(RowNotFound):
                update_tenant(tenant_id, name="x")
    assert [str(row) for row in foreign_choices(house)] == ["Acme"]


def foreign_choices(house: House) -> list[str]:
    with using_scope(house.scope()), scoped_transaction():
        return [label for _pk, label in ENTITIES["directory.tenant"].find("")]


def test_settings_change_and_the_status_does_not(house: House) -> None:
    client = client_of(member(house, "directory.tenants.manage"))
    path = f"{LIST}{house.tenant.pk}/"
    answer = send(client, "patch", path, {"name": "Acme & Sons", "locale": "de", "time_zone": "Europe/Berlin"})
    assert (answer.status_code, answer.json()["name"], answer.json()["locale"]) == (200, "Acme & Sons", "de")
    answer = send(client, "patch", path, {"status": "trial", "locale": "xx", "base_currency": "DEM"})
    assert complaints(answer)["status"] == "read_only"
    answer = send(client, "patch", path, {"locale": "xx", "base_currency": "DEM"})
    assert set(complaints(answer)) == {"locale", "base_currency"}


def test_staff_neither_close_nor_open_their_tenant(house: House) -> None:
    client = client_of(member(house, "directory.*", is_super_admin=True))
    for action in ("suspend/", "reactivate/"):
        answer = send(client, "post", f"{LIST}{house.tenant.pk}/{action}", {})
        assert (answer.status_code, answer.json()["code"]) == (403, "directory.tenant.platform_only")
    house.tenant.refresh_from_db()
    assert house.tenant.status == "active"


def test_in_a_suspended_tenant_open_sessions_get_403_and_work_again_later(house: House) -> None:
    client = client_of(member(house, "directory.organizations.view"))
    with platform(house.tenant.pk):
        suspend_tenant(house.tenant.pk)
    answer = client.get("/api/directory/organizations/")
    assert (answer.status_code, answer.json()["code"]) == (403, "directory.tenant.suspended")
    with platform(house.tenant.pk):
        reactivate_tenant(house.tenant.pk)
    assert client.get("/api/directory/organizations/").status_code == 200


def test_a_suspended_tenant_cannot_be_suspended_again(house: House) -> None:
    with platform(house.tenant.pk):
        suspend_tenant(house.tenant.pk)
        with pytest.raises(WrongStatus) as refusal:
            suspend_tenant(house.tenant.pk)
    assert refusal.value.context == {"status": "suspended", "allowed": "trial, active"}


def test_the_platform_works_on_any_tenant_from_its_own(house: House, other_house: House) -> None:
    with platform(house.tenant.pk):
        suspend_tenant(other_house.tenant.pk)
        assert current_scope().tenant_id == house.tenant.pk
    commands = within(other_house.tenant, lambda: list(Action.objects.values_list("command", "actor_label")))
    assert isinstance(commands, list)
    assert ("directory.tenant.suspend", "system: tests") in commands


@pytest.mark.committed
def test_a_platform_admin_founds_and_closes_tenants_over_http(house: House, other_house: House) -> None:
    carol = member(house, "directory.*", is_super_admin=True, name="Carol")
    promote(carol.pk)
    client = client_of(carol)
    assert client.get(LIST).json()["count"] == 2
    answer = send(client, "post", LIST, {"name": "Initech", "base_currency": "CHF"})
    assert answer.status_code == 201, answer.content
    answer = send(client, "post", f"{LIST}{other_house.tenant.pk}/suspend/", {}, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["status"]) == (200, "suspended")
    labels = within(
        other_house.tenant,
        lambda: list(Action.objects.filter(command="directory.tenant.suspend").values_list("actor_label", "actor_id")),
    )
    assert labels == [("Carol (platform)", carol.pk)]


def promote(user_id: UUID) -> None:
    with databases.admin(connections["default"].settings_dict["NAME"]) as connection:
        connection.execute(
            "INSERT INTO platform_admin (id, user_id, note, created_at) VALUES (uuid7(), %s, '', now())", [user_id]
        )


def test_other_modules_read_the_tenants_settings(house: House) -> None:
    with using_scope(house.scope()), scoped_transaction():
        profile = service(TenantBook).profile()
    assert profile == TenantProfile(house.tenant.pk, "Acme", house.tenant.slug, "en", "UTC", "EUR")


def test_nobody_sees_tenants_without_the_feature(house: House, client: Client) -> None:
    assert client.get(LIST).status_code == 401
    admin = client_of(member(house, "directory.organizations.*"))
    assert admin.get(LIST).status_code == 403
