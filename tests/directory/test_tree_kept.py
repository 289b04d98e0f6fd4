"""The tree that a process remembers: right after every change, and read once for each version."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.directory.models import Organization, Tenant
from apps.directory.services import (
    activate_organization,
    create_organization,
    deactivate_organization,
    move_organization,
)
from apps.kernel.commands.bulk import BulkOrder, run_bulk
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.directory.callers import client_of, member
from tests.support.crowds import all_at_once
from tests.support.scopes import House, seeding


def below_root(house: House) -> frozenset[object]:
    with using_scope(house.scope()), scoped_transaction():
        return service(OrganizationTree).subtree(house.root.pk)


def test_a_known_tree_costs_one_query(house: House) -> None:
    below_root(house)
    with using_scope(house.scope()), scoped_transaction(), CaptureQueriesContext(connection) as queries:
        state = service(OrganizationTree).state(house.tenant.pk)
        state.subtree(house.north.pk), state.all_living(), state.is_active(house.south.pk)
    assert len(queries.captured_queries) == 1


def test_every_change_shows_at_once(house: House) -> None:
    assert below_root(house) == {house.root.pk, house.north.pk, house.south.pk}
    with using_scope(house.scope()):
        west = create_organization(name="West", parent_id=house.north.pk)
        assert west.pk in below_root(house)
        move_organization(house.north.pk, parent_id=None)
    assert below_root(house) == {house.root.pk, house.south.pk}


def test_changes_that_are_not_committed_are_seen_and_not_remembered(house: House) -> None:
    before = below_root(house)
    with pytest.raises(RuntimeError), seeding(house.scope()):
        Organization.objects.filter(pk=house.south.pk).update(is_active=False)
        assert not service(OrganizationTree).is_active(house.south.pk)
        raise RuntimeError
    with using_scope(house.scope()), scoped_transaction():
        assert service(OrganizationTree).is_active(house.south.pk)
    assert below_root(house) == before


def test_a_switched_off_organization_cannot_be_selected_but_its_rows_stay_in_sight(house: House) -> None:
    user = member(house, "directory.organizations.view")
    assert client_of(user, organization=house.north).get("/api/directory/organizations/").status_code == 200
    with using_scope(house.scope()):
        deactivate_organization(house.north.pk)
    answer = client_of(user, organization=house.north).get("/api/directory/organizations/")
    assert (answer.status_code, answer.json()["code"]) == (422, "kernel.scope.organization_invalid")
    names = {row["name"] for row in client_of(user).get("/api/directory/organizations/").json()["results"]}
    assert "North" in names


def test_a_suspended_tenant_is_closed_at_the_next_request(house: House) -> None:
    client = client_of(member(house, "directory.organizations.view"))
    assert client.get("/api/directory/organizations/").status_code == 200
    for status, answered in (("suspended", 403), ("active", 200), ("deleted", 403)):
        with seeding(house.scope()):
            Tenant.objects.filter(pk=house.tenant.pk).update(status=status)
        assert client.get("/api/directory/organizations/").status_code == answered


@pytest.mark.committed
def test_branches_made_at_the_same_moment_are_all_seen(house: House) -> None:
    def grow(number: int) -> None:
        with using_scope(house.scope()):
            create_organization(name=f"Branch {number}")

    assert all_at_once(8, grow) == [None] * 8
    with using_scope(house.scope()), scoped_transaction():
        assert len(service(OrganizationTree).all_living()) == 11


@pytest.mark.committed
def test_many_at_once_and_one_by_one_wait_for_each_other_instead_of_blocking(house: House) -> None:
    branches = (house.north.pk, house.south.pk)

    def switch(number: int) -> None:
        with using_scope(house.scope()):
            for turn in range(5):
                if number % 2:
                    run_bulk(BulkOrder("directory.organization.deactivate", branches, {}))
                else:
                    activate_organization(branches[turn % 2])

    assert all_at_once(6, switch) == [None] * 6
