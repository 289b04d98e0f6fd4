"""Organizations over HTTP: the actor's part of the tree, and its changes."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from apps.directory.errors import OrganizationNotEmpty
from apps.directory.models import Organization
from apps.kernel.commands.models import Action
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.models import HandleIndex
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.currencies.factories import make_currency
from tests.directory.callers import client_of, complaints, member, send
from tests.directory.trees import faults, next_request, tree
from tests.support.probes import plant
from tests.support.scopes import House, make_organization, seeding

LIST = "/api/directory/organizations/"


def at(organization: Organization | UUID, action: str = "") -> str:
    return f"{LIST}{getattr(organization, 'pk', organization)}/{action}"


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "directory.organizations.*"))


def names(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"{LIST}{query}")
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["results"]]


def test_the_list_is_the_tree_whatever_is_selected(house: House, other_house: House, manager: Client) -> None:
    with seeding(house.scope()):
        make_organization("Northend", parent=house.north)
    assert names(manager) == ["Acme Group", "North", "Northend", "South"]
    narrowed = client_of(member(house, "directory.organizations.view"), organization=house.south)
    assert names(narrowed) == ["Acme Group", "North", "Northend", "South"]


def test_a_list_of_organizations_cuts_the_tree(house: House) -> None:
    with seeding(house.scope()):
        make_organization("Northend", parent=house.north)
    limited = client_of(member(house, "directory.organizations.*", only=(house.north,)))
    assert names(limited) == ["North", "Northend"]
    assert limited.get(at(house.south)).status_code == 404
    assert limited.get(at(house.root)).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=nor", ["North"]),
        ("?is_active=false", []),
        ("?ordering=-name", ["South", "North", "Acme Group"]),
    ],
)
def test_the_list_can_be_filtered_and_sorted(manager: Client, query: str, found: list[str]) -> None:
    assert names(manager, query) == found


def test_children_are_found_by_their_parent(house: House, manager: Client) -> None:
    assert names(manager, f"?parent_id={house.root.pk}") == ["North", "South"]
    assert manager.get(f"{LIST}?parent_id=x").status_code == 400


def test_a_new_organization_stands_below_its_parent(house: House, manager: Client) -> None:
    answer = send(manager, "post", LIST, {"name": "Gdańsk Łódź", "parent_id": str(house.north.pk)})
    assert answer.status_code == 201
    record = answer.json()
    assert record["slug"] == f"{house.tenant.slug}-gdansk-lodz"
    assert (record["depth"], record["path"]) == (2, f"{house.north.path}{record['id']}/")
    assert answer.headers["Location"] == at(UUID(record["id"]))


def test_every_complaint_comes_at_once(manager: Client, house: House) -> None:
    body = {"name": "", "slug": "No Slug", "logo_url": "nowhere", "path": "x", "colour": 1, "parent_id": 7}
    answer = send(manager, "post", LIST, body)
    assert answer.status_code == 400
    assert complaints(answer) == {
        "name": "blank",
        "slug": "invalid",
        "logo_url": "invalid",
        "path": "read_only",
        "colour": "unknown",
        "parent_id": "invalid",
    }


@pytest.mark.parametrize("address", ["ftp://example.org/logo.png", "javascript://example.org/%0aalert(1)"])
def test_a_logo_stands_at_a_web_address(manager: Client, house: House, address: str) -> None:
    answer = send(manager, "patch", at(house.north), {"logo_url": address})
    assert (answer.status_code, complaints(answer)) == (400, {"logo_url": "invalid"})


def test_a_parent_that_cannot_be_seen_is_refused_in_the_same_words(
    house: House, other_house: House, manager: Client
) -> None:
    with seeding(house.scope()):
        gone = make_organization("Gone", parent=house.root)
    assert manager.delete(at(gone)).status_code == 204
    answers = [
        send(manager, "post", LIST, {"name": "New", "parent_id": str(parent)})
        for parent in (other_house.root.pk, gone.pk, uuid7())
    ]
    assert [answer.status_code for answer in answers] == [400] * 3
    assert {answer.content for answer in answers} == {answers[0].content}
    assert complaints(answers[0]) == {"parent_id": "kernel.reference.unknown"}


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("get ", None),
        ("patch ", {"name": "x"}),
        ("delete ", None),
        ("post move/", {"parent_id": None}),
        ("post deactivate/", {}),
    ],
)
def test_foreign_hidden_and_missing_organizations_look_the_same(
    house: House, other_house: House, call: str, body: object
) -> None:
    method, action = call.split(" ")
    limited = client_of(member(house, "directory.organizations.*", only=(house.north,)))
    paths = [at(other_house.root, action), at(house.south, action), at(uuid7(), action)]
    answers = [send(limited, method, path, body) for path in paths]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.content for answer in answers}) == 1


def test_renaming_keeps_the_handle_and_the_place(house: House, manager: Client) -> None:
    answer = send(manager, "patch", at(house.north), {"name": "Nord"}, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    record = answer.json()
    assert (record["name"], record["slug"], record["path"]) == ("Nord", house.north.slug, house.north.path)


def test_the_place_is_changed_by_move_only(house: House, manager: Client) -> None:
    answer = send(manager, "patch", at(house.north), {"parent_id": str(house.south.pk)})
    assert (answer.status_code, complaints(answer)) == (400, {"parent_id": "read_only"})


def test_a_move_takes_the_subtree_along_and_undo_brings_it_back(house: House, manager: Client) -> None:
    with seeding(house.scope()):
        end = make_organization("Northend", parent=house.north)
    answer = send(manager, "post", at(house.north, "move/"), {"parent_id": str(house.south.pk)})
    assert (answer.status_code, answer.json()["depth"]) == (200, 2)
    assert manager.get(at(end)).json()["path"] == f"{house.south.path}{house.north.pk}/{end.pk}/"
    with using_scope(house.scope()):
        undo(UUID(answer.headers["X-Action-Id"]))
        assert faults(tree()) == []
    assert manager.get(at(end)).json()["path"] == end.path


def test_a_move_below_itself_is_a_field_error(house: House, manager: Client) -> None:
    answer = send(manager, "post", at(house.root, "move/"), {"parent_id": str(house.north.pk)})
    assert (answer.status_code, answer.json()["code"]) == (400, "directory.organization.loop")
    assert complaints(answer) == {"parent_id": "directory.organization.loop"}


def test_a_stale_move_is_refused(house: House, manager: Client) -> None:
    send(manager, "patch", at(house.north), {"name": "Nord"})
    body = {"parent_id": str(house.south.pk)}
    answer = send(manager, "post", at(house.north, "move/"), body, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["changed_fields"]) == (412, ["name"])


def test_only_who_sees_the_whole_tenant_reaches_the_top(house: House, manager: Client) -> None:
    limited = client_of(member(house, "directory.organizations.*", only=(house.north,)))
    for answer in (
        send(limited, "post", LIST, {"name": "Top"}),
        send(limited, "post", at(house.north, "move/"), {"parent_id": None}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "directory.organization.top_level")
    assert send(manager, "post", at(house.north, "move/"), {"parent_id": None}).json()["depth"] == 0


def test_nothing_comes_below_an_organization_that_is_off(house: House, manager: Client) -> None:
    assert send(manager, "post", at(house.north, "deactivate/"), {}).json()["is_active"] is False
    for answer in (
        send(manager, "post", LIST, {"name": "New", "parent_id": str(house.north.pk)}),
        send(manager, "post", at(house.south, "move/"), {"parent_id": str(house.north.pk)}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "directory.organization.parent_inactive")
    assert send(manager, "post", at(house.north, "activate/"), {}).json()["is_active"] is True


def test_an_organization_with_children_is_kept_and_they_are_counted(house: House, manager: Client) -> None:
    answer = manager.delete(at(house.root))
    assert (answer.status_code, answer.json()["code"]) == (409, "directory.organization.not_empty")
    assert (answer.json()["children"], answer.json()["rows"]) == (2, {})
    assert manager.get(at(house.root)).status_code == 200


def test_equipment_goes_and_comes_back_with_its_organization(house: House, manager: Client) -> None:
    created = send(manager, "post", LIST, {"name": "West", "parent_id": str(house.root.pk)}).json()
    answer = manager.delete(at(UUID(created["id"])))
    assert answer.status_code == 204
    assert manager.get(at(UUID(created["id"]))).status_code == 404
    with using_scope(house.scope()):
        undo(UUID(answer.headers["X-Action-Id"]))
    west = client_of(member(house, "currencies.view"), organization=created["id"])
    assert west.get("/api/currencies/currencies/").json()["count"] == 5


def test_rows_of_other_kinds_keep_an_organization(
    house: House, manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.currencies.setup.organization_equipment", ())
    make_currency(house, "EUR")
    make_currency(house, "USD")
    answer = manager.delete(at(house.north))
    assert (answer.status_code, answer.json()["code"]) == (409, "directory.organization.not_empty")
    assert answer.json()["rows"] == {"currencies.currency": 2}
    assert "2 × currencies" in answer.json()["detail"]


def test_the_last_organization_stays(house: House, manager: Client) -> None:
    for organization in (house.north, house.south):
        assert manager.delete(at(organization)).status_code == 204
    answer = manager.delete(at(house.root))
    assert (answer.status_code, answer.json()["code"]) == (409, "directory.organization.last")


def test_a_creation_under_which_rows_came_later_is_not_undone(house: House) -> None:
    with using_scope(house.scope()):
        with collecting_actions() as actions:
            west = plant(house.root.pk, name="West")
        with using_scope(next_request(house)):
            make_currency(house, "JPY", at=west)
            with pytest.raises(OrganizationNotEmpty) as refusal:
                undo(actions[0])
    assert refusal.value.context["rows"] == {"currencies.currency": 1}


def test_handles_are_unique_in_the_whole_installation(house: House, other_house: House, manager: Client) -> None:
    answer = send(manager, "post", LIST, {"name": "Copy", "slug": other_house.north.slug})
    assert (answer.status_code, complaints(answer)) == (409, {"slug": "kernel.duplicate"})
    answer = send(manager, "patch", at(house.north), {"slug": house.south.slug})
    assert (answer.status_code, complaints(answer)) == (409, {"slug": "kernel.duplicate"})


def test_suggested_handles_are_numbered(house: House, manager: Client) -> None:
    slugs = [send(manager, "post", LIST, {"name": "Zürich!"}).json()["slug"] for _ in range(3)]
    stem = f"{house.tenant.slug}-zurich"
    assert slugs == [stem, f"{stem}-1", f"{stem}-2"]


def test_a_handle_follows_its_organization_and_is_free_again_after_it(house: House, manager: Client) -> None:
    def owner(slug: str) -> UUID | None:
        return HandleIndex.objects.filter(kind="slug", value=slug).values_list("organization_id", flat=True).first()

    former = house.north.slug
    assert send(manager, "patch", at(house.north), {"slug": "der-norden"}).status_code == 200
    assert (owner(former), owner("der-norden")) == (None, house.north.pk)
    assert manager.delete(at(house.north)).status_code == 204
    assert owner("der-norden") is None
    assert send(manager, "patch", at(house.south), {"slug": "der-norden"}).status_code == 200


def test_the_history_says_who_moved_what(house: House, manager: Client) -> None:
    answer = send(manager, "post", at(house.north, "move/"), {"parent_id": str(house.south.pk)})
    with using_scope(house.scope()), scoped_transaction():
        action = Action.objects.get(pk=answer.headers["X-Action-Id"])
    assert (action.command, action.resource_label, action.actor_label) == (
        "directory.organization.move",
        "North",
        "Bob",
    )


def test_who_may_view_may_not_write(house: House) -> None:
    viewer = client_of(member(house, "directory.organizations.view"))
    assert viewer.get(at(house.north)).status_code == 200
    for answer in (
        send(viewer, "post", LIST, {"name": "New"}),
        send(viewer, "post", at(house.north, "move/"), {"parent_id": None}),
        viewer.delete(at(house.north)),
    ):
        assert (answer.status_code, answer.json()["feature"]) == (403, "directory.organizations.manage")
