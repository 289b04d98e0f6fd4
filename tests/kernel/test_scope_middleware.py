"""The scoping middleware over HTTP: who sees what, which selections are refused, and who may visit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.auth.models import Role, User
from apps.kernel.commands.models import Action
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.selection import COOKIE
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.auth.factories import make_role, make_user
from tests.support.databases import admin
from tests.support.probes import create_currency
from tests.support.scopes import House, seeding
from tests.support.sign_in import signed_in

LIST = "/api/currencies/currencies/"
CODES = {"root": "EUR", "north": "NOK", "south": "ZAR"}


@pytest.fixture
def stocked(house: House) -> House:
    """A house with one currency in each organization."""
    for name, code in CODES.items():
        with using_scope(house.scope(getattr(house, name))):
            create_currency(code)
    return house


@pytest.fixture
def manager(stocked: House) -> Callable[..., Client]:
    """Sign in a user with every right on currencies, in the given organizations."""

    def sign_in(**acl: Any) -> Client:
        role: Role = make_role(stocked, "currencies.*", **acl)
        user: User = make_user(stocked, roles=(role,), home_organization_id=stocked.root.pk)
        return signed_in(user)

    return sign_in


def codes(client: Client, **headers: str) -> list[str]:
    answer = client.get(LIST, headers=headers)
    assert answer.status_code == 200, answer.content
    return sorted(row["code"] for row in answer.json()["results"])


def test_nobody_gets_401(house: House) -> None:
    answer = Client().get(LIST)
    assert (answer.status_code, answer.json()["code"]) == (401, "kernel.not_authenticated")


def test_home_and_what_lies_below_is_seen_when_nothing_is_selected(manager: Callable[..., Client]) -> None:
    assert codes(manager()) == ["EUR", "NOK", "ZAR"]


def test_the_header_selects_an_organization(stocked: House, manager: Callable[..., Client]) -> None:
    assert codes(manager(), **{"X-Organization-Id": str(stocked.north.pk)}) == ["NOK"]


def test_the_cookie_selects_an_organization(stocked: House, manager: Callable[..., Client]) -> None:
    client = manager()
    client.cookies[COOKIE] = str(stocked.south.pk)
    assert codes(client) == ["ZAR"]


def test_the_actors_list_cuts_what_is_seen(stocked: House, manager: Callable[..., Client]) -> None:
    assert codes(manager(organization_ids=[stocked.north.pk])) == ["NOK"]


def test_an_empty_list_shows_nothing(manager: Callable[..., Client]) -> None:
    assert codes(manager(organization_ids=[])) == []


@pytest.mark.parametrize("selected", ["forbidden", "unknown", "nonsense"])
def test_a_dead_or_forbidden_selection_by_header_is_refused(
    stocked: House, manager: Callable[..., Client], selected: str
) -> None:
    client = manager(organization_ids=[stocked.north.pk])
    value = {"forbidden": str(stocked.south.pk), "unknown": str(uuid7()), "nonsense": "x"}[selected]
    answer = client.get(LIST, headers={"X-Organization-Id": value})
    assert (answer.status_code, answer.json()["code"]) == (422, "kernel.scope.organization_invalid")


def test_a_read_forgets_a_dead_cookie_and_a_write_never_guesses(stocked: House, manager: Callable[..., Client]) -> None:
    client = manager()
    client.cookies[COOKIE] = str(uuid7())
    refused = client.post(LIST, {"code": "USD"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (422, "kernel.scope.organization_invalid")
    answer = client.get(LIST)
    assert answer.status_code == 200
    assert answer.cookies[COOKIE].value == ""


def test_a_write_needs_one_organization(stocked: House, manager: Callable[..., Client]) -> None:
    client = manager()
    client.cookies[COOKIE] = "all"
    assert codes(client) == ["EUR", "NOK", "ZAR"]
    answer = client.post(LIST, {"code": "USD"}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "kernel.scope.organization_required")


def test_a_suspended_tenant_is_closed_to_open_sessions(stocked: House, manager: Callable[..., Client]) -> None:
    client = manager()
    with seeding(stocked.scope()):
        stocked.tenant.status = "suspended"
        stocked.tenant.save()
    answer = client.get(LIST)
    assert (answer.status_code, answer.json()["code"]) == (403, "directory.tenant.suspended")


def test_a_missing_feature_is_named(stocked: House) -> None:
    client = signed_in(make_user(stocked, home_organization_id=stocked.root.pk))
    answer = client.get(LIST)
    assert (answer.status_code, answer.json()["code"], answer.json()["feature"]) == (
        403,
        "kernel.feature_required",
        "currencies.view",
    )


def test_another_tenants_record_and_a_missing_one_look_the_same(
    stocked: House, other_house: House, manager: Callable[..., Client]
) -> None:
    with using_scope(other_house.scope()):
        foreign = create_currency("GBP")
    client = manager()
    answers = [client.get(f"{LIST}{key}/") for key in (foreign.pk, uuid7())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_an_ordinary_user_cannot_name_another_tenant(other_house: House, manager: Callable[..., Client]) -> None:
    for tenant in (other_house.tenant.pk, uuid7()):
        answer = manager().get(LIST, headers={"X-Tenant-Id": str(tenant), "X-Tenant-Reason": "look"})
        assert (answer.status_code, answer.json()["code"]) == (404, "kernel.not_found")


@pytest.mark.committed
def test_a_platform_admin_visits_with_a_reason_that_the_tenant_keeps(house: House, other_house: House) -> None:
    visitor = make_user(house, name="Root")
    with admin(connection_name()) as session:
        session.execute(
            "INSERT INTO platform_admin (id, user_id, note, created_at) VALUES (%s, %s, '', now())",
            [uuid7(), visitor.pk],
        )
    client = signed_in(visitor)
    headers = {"X-Tenant-Id": str(other_house.tenant.pk)}
    assert client.get(LIST, headers=headers).json()["code"] == "kernel.scope.reason_required"
    for _ in range(2):
        assert client.get(LIST, headers={**headers, "X-Tenant-Reason": "ticket 7"}).status_code == 200
    with using_scope(other_house.scope()), scoped_transaction():
        [visit] = Action.objects.filter(command="kernel.tenant.enter")
        assert (visit.reason, visit.actor_id, visit.actor_label) == ("ticket 7", visitor.pk, "Root (platform)")


def connection_name() -> str:
    return str(connection.settings_dict["NAME"])
