"""Dashboards over HTTP: whose they are, who sees and changes them, what is refused, and that undo brings them back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.dashboards.services import create_dashboard, update_dashboard
from apps.kernel.ids import uuid7
from tests.auth.factories import make_role, make_user
from tests.dashboards.factories import CATALOG, DASHBOARDS, START, item_of, make_dashboard, number, stored, widgets
from tests.directory.callers import client_of, complaints, member, send
from tests.support.scopes import House
from tests.support.shelf.factories import acting_as_key

pytestmark = pytest.mark.django_db
OWN = ("dashboards.manage", "audit_logs.*")
NOTE = {"widget": "dashboards.note", "settings": {"text": "Welcome"}}


@pytest.fixture
def alice(house: House) -> Client:
    """Shares dashboards, and chooses what roles start with."""
    return client_of(member(house, "dashboards.*", "audit_logs.*", "auth.roles.view", name="Alice"))


@pytest.fixture
def bob(house: House) -> Client:
    """Has dashboards of his own."""
    return client_of(member(house, *OWN))


def made(client: Client, **values: Any) -> dict[str, Any]:
    answer = send(client, "post", DASHBOARDS, {"name": "Overview", "items": [NOTE], **values})
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_a_dashboard_is_its_makers_own(alice: Client, bob: Client) -> None:
    own = made(bob, period="this_week")
    assert {name: own[name] for name in ("name", "period", "is_shared", "shared_roles", "may_edit")} == {
        "name": "Overview",
        "period": "this_week",
        "is_shared": False,
        "shared_roles": [],
        "may_edit": True,
    }
    assert [(item["widget"], item["width"], item["title"]) for item in own["items"]] == [("dashboards.note", "md", "")]
    assert [client.get(DASHBOARDS).json()["count"] for client in (bob, alice)] == [1, 0]
    address = f"{DASHBOARDS}{own['id']}/"
    missing = f"{DASHBOARDS}{uuid7()}/"
    for method, body in (("get", None), ("patch", {"name": "Mine"}), ("delete", None)):
        foreign, none = (send(alice, method, path, body) for path in (address, missing))
        assert (foreign.status_code, foreign.json()) == (404, none.json())


def test_another_tenant_sees_nothing(bob: Client, other_house: House) -> None:
    own = made(bob)
    charlie = client_of(member(other_house, "dashboards.*", name="Charlie"))
    assert charlie.get(f"{DASHBOARDS}{own['id']}/").status_code == 404
    assert charlie.get(f"{DASHBOARDS}{own['id']}/data/").status_code == 404
    assert charlie.get(DASHBOARDS).json()["count"] == 0


def test_a_shared_one_is_read_and_copied_and_changed_by_who_may_share(house: House, alice: Client, bob: Client) -> None:
    own = made(alice)
    address = f"{DASHBOARDS}{own['id']}/"
    assert send(alice, "post", f"{address}share/", {"is_shared": True}).json()["is_shared"] is True
    assert bob.get(address).json()["may_edit"] is False
    for method, path, body in (
        ("patch", address, {"name": "Mine"}),
        ("delete", address, None),
    ):
        answer = send(bob, method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "dashboards.dashboard.read_only")
    copy = send(bob, "post", f"{address}copy/", {}).json()
    assert (copy["name"], copy["may_edit"], copy["is_shared"]) == ("Copy of Overview", True, False)
    assert [item["settings"] for item in copy["items"]] == [{"text": "Welcome"}]
    assert copy["items"][0]["id"] != own["items"][0]["id"]
    carol = client_of(member(house, "dashboards.share"))
    assert send(carol, "patch", address, {"name": "Ours"}).json()["name"] == "Ours"
    assert send(alice, "post", f"{address}share/", {}).json()["is_shared"] is False
    assert bob.get(address).status_code == 404


def test_one_shared_with_a_role_is_seen_by_those_who_have_it(house: House, alice: Client, bob: Client) -> None:
    role = make_role(house, "dashboards.view", name="Clerks")
    clerk = client_of(make_user(house, name="Dora", roles=(role,)))
    own = made(alice)
    answer = send(alice, "post", f"{DASHBOARDS}{own['id']}/share/", {"role_ids": [str(role.pk)]})
    assert answer.json()["shared_roles"] == [str(role.pk)]
    assert [client.get(DASHBOARDS).json()["count"] for client in (clerk, bob)] == [1, 0]
    answer = send(alice, "post", f"{DASHBOARDS}{own['id']}/share/", {"role_ids": [str(uuid7())]})
    assert (answer.status_code, complaints(answer)) == (400, {"role_ids": "kernel.reference.unknown"})


def test_the_own_choice_comes_before_the_roles_and_these_before_the_standard(house: House, alice: Client) -> None:
    role = make_role(house, "dashboards.view", name="Clerks")
    dora = client_of(make_user(house, name="Dora", roles=(role,)))
    assert dora.get(START).json()["id"] is None
    common, other = (made(alice, name=name)["id"] for name in ("Common", "Other"))
    refused = send(alice, "post", f"{DASHBOARDS}{common}/role_defaults/", {"role_ids": [str(role.pk)]})
    assert (refused.status_code, complaints(refused)) == (400, {"role_ids": "dashboards.dashboard.not_shared"})
    for dashboard in (common, other):
        send(alice, "post", f"{DASHBOARDS}{dashboard}/share/", {"is_shared": True})
    assert send(alice, "post", f"{DASHBOARDS}{common}/role_defaults/", {"role_ids": [str(role.pk)]}).status_code == 200
    assert dora.get(START).json()["id"] == common
    assert send(dora, "post", f"{DASHBOARDS}{other}/choose/", {}).status_code == 200
    assert dora.get(START).json()["id"] == other
    send(alice, "post", f"{DASHBOARDS}{other}/share/", {})
    assert dora.get(START).json()["id"] == common
    send(alice, "post", f"{DASHBOARDS}{other}/share/", {"is_shared": True})
    send(dora, "post", f"{DASHBOARDS}{other}/choose/", {"is_chosen": False})
    assert dora.get(START).json()["id"] == common
    assert alice.delete(f"{DASHBOARDS}{common}/").status_code == 204
    assert dora.get(START).json()["id"] is None


def test_all_that_is_wrong_with_widgets_is_said_at_once(bob: Client) -> None:
    items = [
        {"widget": "dashboards.note"},
        {"widget": "dashboards.note", "settings": {"text": "a", "size": 1}, "width": "md"},
        {"widget": "nothing.there"},
        {"widget": "audit_logs.nothing", "width": "xl"},
    ]
    answer = send(bob, "post", DASHBOARDS, {"name": "Overview", "items": items})
    assert (answer.status_code, complaints(answer)) == (
        400,
        {
            "items.0.settings.text": "required",
            "items.1.settings.size": "unknown",
            "items.2.widget": "dashboards.widget.unknown",
            "items.3.widget": "dashboards.widget.unknown",
        },
    )
    answer = send(
        bob, "post", DASHBOARDS, {"name": "", "period": "ever", "items": [{"widget": "x.y", "width": "huge"}]}
    )
    assert {"name", "period"} <= set(complaints(answer))
    assert bob.get(DASHBOARDS).json()["count"] == 0


def test_thirty_widgets_are_enough(bob: Client) -> None:
    own = made(bob, items=[NOTE] * 30)
    assert len(own["items"]) == 30
    assert send(bob, "patch", f"{DASHBOARDS}{own['id']}/", {"items": [NOTE] * 31}).status_code == 400


def test_ids_are_kept_and_given_once(bob: Client) -> None:
    own = made(bob, items=[NOTE, NOTE])
    first, second = own["items"]
    address = f"{DASHBOARDS}{own['id']}/"
    turned = send(bob, "patch", address, {"items": [{**second, "width": "xl"}, first]}).json()["items"]
    assert [(item["id"], item["width"]) for item in turned] == [(second["id"], "xl"), (first["id"], "md")]
    twice = send(bob, "patch", address, {"items": [first, first]})
    assert (twice.status_code, complaints(twice)) == (400, {"items.1.id": "invalid"})


def test_what_is_gone_may_stay_and_be_moved_and_nothing_new_of_it_comes(house: House, bob: Client) -> None:
    user = member(house, *OWN)
    dashboard = make_dashboard(house, owner=user, items=[item_of("gone.widget"), item_of("dashboards.note")])
    client = client_of(user)
    items = client.get(f"{DASHBOARDS}{dashboard.pk}/").json()["items"]
    items[1]["settings"] = {"text": "Still here"}
    assert send(client, "patch", f"{DASHBOARDS}{dashboard.pk}/", {"items": items[::-1]}).status_code == 200
    answer = send(client, "patch", f"{DASHBOARDS}{dashboard.pk}/", {"items": [*items, {"widget": "gone.widget"}]})
    assert (answer.status_code, complaints(answer)) == (400, {"items.2.widget": "dashboards.widget.unknown"})
    assert [item["widget"] for item in stored(house, dashboard).items] == ["dashboards.note", "gone.widget"]


def test_a_change_of_somebody_else_is_412(bob: Client) -> None:
    own = made(bob)
    address = f"{DASHBOARDS}{own['id']}/"
    assert send(bob, "patch", address, {"name": "Second"}, **{"If-Match": '"1"'}).status_code == 200
    answer = send(bob, "patch", address, {"name": "Third"}, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "kernel.stale_version")


def test_undo_brings_a_deleted_one_back_to_the_start_page(bob: Client) -> None:
    own = made(bob)
    send(bob, "post", f"{DASHBOARDS}{own['id']}/choose/", {})
    deleted = bob.delete(f"{DASHBOARDS}{own['id']}/")
    assert (deleted.status_code, bob.get(START).json()["id"]) == (204, None)
    undone = send(bob, "post", f"/api/audit_logs/actions/{deleted['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    assert bob.get(START).json()["id"] == own["id"]


def test_the_catalog_is_what_the_caller_may_use(house: House, bob: Client) -> None:
    with widgets(number("probes.secret", features=("shelf.books.view",)), number("probes.open")):
        found = {item["id"] for item in bob.get(CATALOG).json()["widgets"]}
        clerk = client_of(member(house, *OWN, "shelf.books.view"))
        more = {item["id"] for item in clerk.get(CATALOG).json()["widgets"]}
    open_to_all = {"dashboards.note", "probes.open", "progress.jobs", "progress.failed"}
    assert found == {*open_to_all, "audit_logs.changes_by_day", "audit_logs.people"}
    assert more - found == {"probes.secret"}


def test_a_program_has_dashboards_of_its_own(house: House, bob: Client) -> None:
    with acting_as_key(house, make_role(house, "dashboards.manage")) as scope:
        dashboard = create_dashboard(name="The key's")
        update_dashboard(dashboard.pk, name="Still the key's")
    assert stored(house, dashboard).owner_id == scope.actor.id
    assert bob.get(f"{DASHBOARDS}{dashboard.pk}/").status_code == 404


def test_super_admins_clear_up_behind_others(house: House, bob: Client) -> None:
    own = made(bob)
    root = client_of(member(house, is_super_admin=True, name="Root"))
    assert root.get(f"{DASHBOARDS}{own['id']}/").json()["may_edit"] is True
    assert "Overview</option>" in root.get("/backend/dashboards/board/").content.decode()
    assert own["id"] not in root.get("/backend/dashboards/board/?dashboard=standard").content.decode()
    assert root.delete(f"{DASHBOARDS}{own['id']}/").status_code == 204
