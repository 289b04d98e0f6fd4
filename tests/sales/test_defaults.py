"""Which channel and which tax class an organization takes where nobody says: exactly one, whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction
from django.test import Client

from apps.directory.services import create_organization
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.tenancy.scope import using_scope
from apps.sales.models import Channel
from apps.sales.services import create_channel, delete_channel, update_channel
from tests.directory.callers import client_of, complaints, member, send
from tests.sales.factories import make_channel
from tests.support.scopes import House, seeding

KINDS = {
    "/api/sales/channels/": lambda name: {"name": name, "code": name.lower()},
    "/api/sales/tax-classes/": lambda name: {"name": name, "code": name.lower(), "rate": "23"},
}
Body = Callable[[str], dict[str, Any]]


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "sales.*"), organization=house.north)


def defaults(client: Client, address: str) -> list[str]:
    """Names of the default ones."""
    return [row["name"] for row in client.get(address, {"is_default": "true"}).json()["results"]]


def add(client: Client, address: str, body: dict[str, Any]) -> str:
    """Address of a new one."""
    answer = send(client, "post", address, body)
    assert answer.status_code == 201, answer.content
    return str(answer.headers["Location"])


@pytest.mark.parametrize(("address", "body"), KINDS.items())
def test_the_first_is_it_until_another_is(manager: Client, address: str, body: Body) -> None:
    first = add(manager, address, body("One"))
    second = add(manager, address, body("Two"))
    assert defaults(manager, address) == ["One"]
    assert send(manager, "patch", second, {"is_default": True}).status_code == 200
    assert defaults(manager, address) == ["Two"]
    add(manager, address, {**body("Three"), "is_default": True})
    assert defaults(manager, address) == ["Three"]
    assert manager.get(first).json()["is_default"] is False


@pytest.mark.parametrize(("address", "body"), KINDS.items())
def test_the_mark_is_given_and_not_taken(manager: Client, address: str, body: Body) -> None:
    first = add(manager, address, body("One"))
    answer = send(manager, "patch", first, {"is_default": False, "name": "Other"})
    assert (answer.status_code, complaints(answer)) == (400, {"is_default": "sales.default_needed"})
    assert defaults(manager, address) == ["One"]


@pytest.mark.parametrize(("address", "body"), KINDS.items())
def test_of_one_that_goes_the_next_takes_the_place(manager: Client, address: str, body: Body) -> None:
    first = add(manager, address, body("One"))
    add(manager, address, body("Two"))
    assert send(manager, "delete", first).status_code == 204
    assert defaults(manager, address) == ["Two"]


def test_a_channel_out_of_use_is_none(house: House, manager: Client) -> None:
    address = "/api/sales/channels/"
    first = add(manager, address, {"name": "One", "code": "one", "is_active": False})
    assert defaults(manager, address) == []
    second = add(manager, address, {"name": "Two", "code": "two"})
    assert defaults(manager, address) == ["Two"]
    answer = send(manager, "patch", second, {"is_active": False})
    assert (answer.status_code, complaints(answer)) == (400, {"is_active": "sales.channel.default_inactive"})
    assert send(manager, "patch", first, {"is_default": True}).status_code == 400
    assert send(manager, "delete", second).status_code == 204
    assert defaults(manager, address) == []


def test_undo_gives_the_mark_back(house: House, manager: Client) -> None:
    with using_scope(house.scope(house.north)):
        first = create_channel(name="One", code="one")
        with collecting_actions() as actions:
            create_channel(name="Two", code="two", is_default=True)
            delete_channel(first.pk)
        for action in reversed(actions):
            undo(action)
    assert defaults(manager, "/api/sales/channels/") == ["One"]


def test_a_new_organization_has_a_channel_that_takes_orders(house: House, manager: Client) -> None:
    with using_scope(house.scope(house.root)):
        made = create_organization(name="East")
    with seeding(house.scope(made)):
        rows = Channel.objects.filter(organization_id=made.pk)
        assert [(row.is_default, row.allow_direct_orders) for row in rows] == [(True, True)]


def test_the_database_knows_it_too(house: House) -> None:
    make_channel(house, is_default=True)
    with pytest.raises(IntegrityError, match="sales_channel_one_default"), transaction.atomic():
        make_channel(house, is_default=True)
    with pytest.raises(IntegrityError, match="sales_channel_default_active"), transaction.atomic():
        make_channel(house, is_default=True, is_active=False)


@pytest.mark.committed
def test_two_who_choose_at_once_follow_one_another(house: House) -> None:
    rows = [make_channel(house, name=name, is_default=name == "0") for name in "012"]
    start, faults = Barrier(2), list[BaseException]()

    def choose(row: Channel) -> None:
        try:
            with using_scope(house.scope(house.north)):
                start.wait()
                update_channel(row.pk, is_default=True)
        except BaseException as error:  # noqa: BLE001 - judged below
            faults.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=choose, args=(row,)) for row in rows[1:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with seeding(house.scope(house.north)):
        assert Channel.objects.filter(is_default=True).count() == 1
