"""Users who are deleted: what they look after is let go wherever it is, and what protects them says so."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.auth.models import User
from apps.kernel.references.dangling import dangling_references
from tests.auth.factories import MANAGING, make_role
from tests.catalog.factories import make_kind, make_price, make_product
from tests.customers.factories import make_deal
from tests.directory.callers import client_of, member, send
from tests.support.scopes import House, reading

DEALS = "/api/customers/deals/"


@pytest.fixture
def manager(house: House) -> Client:
    """Somebody who manages users and works in South, while all deals are North's."""
    features = (*MANAGING, "customers.*", "catalog.*", "audit_logs.*")
    return client_of(member(house, *features, name="Manager"), organization=house.south)


@pytest.fixture
def ada(house: House) -> User:
    return member(house, "customers.*", name="Ada")


def in_north(house: House, client: Client, path: str) -> Any:
    """A record as it is shown in North."""
    return client.get(path, headers={"X-Organization-Id": str(house.north.pk)}).json()


def test_a_deal_of_whoever_leaves_has_no_owner_until_the_deletion_is_undone(
    house: House, manager: Client, ada: User
) -> None:
    path = f"{DEALS}{make_deal(house, owner_id=ada.pk).pk}/"
    gone = send(manager, "delete", f"/api/auth/users/{ada.pk}/")
    assert (gone.status_code, in_north(house, manager, path)["owner_id"]) == (204, None)
    with reading(house.scope()):
        assert list(dangling_references()) == []
    undo = f"/api/audit_logs/actions/{gone['X-Action-Id']}/undo/"
    assert send(manager, "post", undo, {}, **{"X-Organization-Id": "all"}).status_code == 200
    assert in_north(house, manager, path)["owner_id"] == str(ada.pk)


def test_whoever_has_prices_of_their_own_is_not_deleted(house: House, manager: Client, ada: User) -> None:
    make_price(house, make_product(house), make_kind(house), user_id=ada.pk)
    answer = send(manager, "delete", f"/api/auth/users/{ada.pk}/")
    assert (answer.status_code, answer.json()["code"]) == (409, "kernel.in_use")
    assert answer.json()["usages"] == {"catalog.price.user_id": 1}
    assert manager.get(f"/api/auth/users/{ada.pk}/").status_code == 200


def test_a_role_with_prices_of_its_own_is_not_deleted(house: House, manager: Client) -> None:
    role = make_role(house, name="Wholesalers")
    make_price(house, make_product(house), make_kind(house), user_group_id=role.pk)
    answer = send(manager, "delete", f"/api/auth/roles/{role.pk}/")
    assert (answer.status_code, answer.json()["usages"]) == (409, {"catalog.price.user_group_id": 1})
    assert manager.get(f"/api/auth/roles/{role.pk}/").status_code == 200
