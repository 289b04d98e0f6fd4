"""Back office pages of organizations and tenants: the same commands, the same refusals."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.directory.models import Organization
from apps.kernel.commands.models import Action
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.directory.callers import client_of, member
from tests.directory.trees import faults, tree
from tests.support.scopes import House

LIST = "/backend/directory/organization/"
TENANTS = "/backend/directory/tenant/"


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "directory.organizations.*"))


def stored(house: House, organization: Organization) -> Organization:
    with using_scope(house.scope()), scoped_transaction():
        found: Organization = Organization.objects.get(pk=organization.pk)
    return found


def commands(house: House) -> list[tuple[str, str]]:
    with using_scope(house.scope()), scoped_transaction():
        rows = Action.objects.filter(command__startswith="directory.", parent_id=None).order_by("pk")
        return list(rows.values_list("command", "source"))


def test_the_list_is_an_indented_tree(manager: Client, other_house: House) -> None:
    page = manager.get(LIST).content.decode()
    places = [page.index(name) for name in ("Acme Group", "— North", "— South")]
    assert places == sorted(places)
    assert "Globex" not in page


def test_an_organization_is_created_below_a_parent(manager: Client, house: House) -> None:
    assert "— North" in manager.get(f"{LIST}add/").content.decode()
    answer = manager.post(f"{LIST}add/", {"name": "Northend", "parent_id": str(house.north.pk), "slug": ""})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    with using_scope(house.scope()), scoped_transaction():
        created = Organization.objects.get(name="Northend")
    assert (created.parent_id, created.slug) == (house.north.pk, f"{house.tenant.slug}-northend")
    assert commands(house) == [("directory.organization.create", "admin")]


def test_a_taken_handle_is_said_beside_its_field(manager: Client, house: House) -> None:
    answer = manager.post(f"{LIST}add/", {"name": "Copy", "parent_id": str(house.root.pk), "slug": house.north.slug})
    assert answer.status_code == 200
    assert "This handle is taken." in answer.content.decode()
    assert commands(house) == []


def test_names_change_and_places_do_not(manager: Client, house: House) -> None:
    page = f"{LIST}{house.north.pk}/change/"
    assert "Acme Group / North" in manager.get(page).content.decode()
    body = {"name": "Nord", "slug": house.north.slug, "logo_url": "", "parent_id": "", "expected_version": "1"}
    assert manager.post(page, body).status_code == 302
    found = stored(house, house.north)
    assert (found.name, found.parent_id, found.version) == ("Nord", house.root.pk, 2)


def test_the_move_button_moves(manager: Client, house: House) -> None:
    button = f"{LIST}{house.north.pk}/do/move/"
    assert "— South" in manager.get(button).content.decode()
    answer = manager.post(button, {"parent_id": str(house.south.pk), "expected_version": "1"})
    assert answer.status_code == 302
    assert stored(house, house.north).parent_id == house.south.pk
    with using_scope(house.scope()):
        assert faults(tree()) == []


def test_a_move_goes_nowhere_by_an_oversight_and_to_the_top_on_demand(manager: Client, house: House) -> None:
    button = f"{LIST}{house.north.pk}/do/move/"
    assert manager.post(button, {"parent_id": ""}).status_code == 200
    assert stored(house, house.north).parent_id == house.root.pk
    assert manager.post(button, {"parent_id": "top"}).status_code == 302
    assert stored(house, house.north).parent_id is None


def test_a_new_organization_is_expected_below_the_selected_one(house: House) -> None:
    client = client_of(member(house, "directory.organizations.*"), organization=house.south)
    assert f'value="{house.south.pk}" selected' in client.get(f"{LIST}add/").content.decode()


def test_a_move_below_itself_is_said_in_the_form(manager: Client, house: House) -> None:
    answer = manager.post(f"{LIST}{house.root.pk}/do/move/", {"parent_id": str(house.north.pk)})
    assert "Choose a parent outside of the organization." in answer.content.decode()
    assert stored(house, house.root).parent_id is None


def test_the_top_is_offered_to_who_sees_the_whole_tenant(manager: Client, house: House) -> None:
    limited = client_of(member(house, "directory.organizations.*", only=(house.north,)))
    assert "At the top" in manager.get(f"{LIST}add/").content.decode()
    assert "At the top" not in limited.get(f"{LIST}add/").content.decode()
    assert limited.get(f"{LIST}{house.south.pk}/change/").status_code == 404


def test_an_organization_that_is_not_empty_is_kept(manager: Client, house: House) -> None:
    answer = manager.post(f"{LIST}{house.root.pk}/delete/", {"post": "yes"})
    assert (answer.status_code, "still holds" in answer.content.decode()) == (409, True)
    assert manager.post(f"{LIST}{house.north.pk}/delete/", {"post": "yes"}).status_code == 302
    assert stored(house, house.north).is_deleted


def test_viewers_find_no_buttons(house: House) -> None:
    viewer = client_of(member(house, "directory.organizations.view"))
    assert viewer.get(LIST).status_code == 200
    assert viewer.get(f"{LIST}add/").status_code == 403
    assert viewer.post(f"{LIST}{house.north.pk}/do/move/", {"parent_id": ""}).status_code == 403
    assert stored(house, house.north).parent_id == house.root.pk


def test_a_tenants_staff_see_their_own_tenant_and_change_its_settings(house: House, other_house: House) -> None:
    client = client_of(member(house, "directory.*", is_super_admin=True))
    page = client.get(TENANTS).content.decode()
    assert "Acme" in page
    assert "Globex" not in page
    assert client.get(f"{TENANTS}{other_house.tenant.pk}/change/").status_code == 404
    assert client.get(f"{TENANTS}add/").status_code == 403
    fields = {"name": "Acme & Sons", "slug": house.tenant.slug, "locale": "de", "time_zone": "Europe/Berlin"}
    answer = client.post(f"{TENANTS}{house.tenant.pk}/change/", {**fields, "base_currency": "EUR"})
    assert answer.status_code == 302
    house.tenant.refresh_from_db()
    assert (house.tenant.name, house.tenant.time_zone) == ("Acme & Sons", "Europe/Berlin")


def test_suspension_is_offered_to_the_platform_only(house: House) -> None:
    client = client_of(member(house, "directory.*", is_super_admin=True))
    assert "/do/suspend/" not in client.get(f"{TENANTS}{house.tenant.pk}/change/").content.decode()
    assert client.post(f"{TENANTS}{house.tenant.pk}/do/suspend/", {}).status_code in {403, 404}
    house.tenant.refresh_from_db()
    assert house.tenant.status == "active"
