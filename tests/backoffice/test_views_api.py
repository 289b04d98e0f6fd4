"""Saved views over REST: the same rules as above the lists."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from apps.backoffice.models import SavedView
from tests.auth.factories import make_role, make_user, reading_in
from tests.backoffice.test_views_saved import CURRENCY, SHARE, USE, make_view
from tests.directory.callers import client_of, complaints, member, send
from tests.support.scopes import House

VIEWS = "/api/backoffice/views/"
UNKNOWN = {"field": "x", "operator": "=", "value": 1.5}
ODD = {"and": [{"field": "code", "operator": "~"}]}
NEW: dict[str, Any] = {"list": CURRENCY, "name": "Off", "settings": {"columns": ["code"], "page_size": 20}}


@pytest.fixture
def bob(house: House) -> Client:
    """Keeps views of his own."""
    user = member(house, USE, "currencies.view")
    client = client_of(user)
    client.user = user  # type: ignore[attr-defined]
    return client


def names(client: Client, query: str = "") -> list[str]:
    return [item["name"] for item in client.get(f"{VIEWS}{query}").json()["results"]]


def test_a_view_is_kept_changed_and_deleted(bob: Client) -> None:
    made = send(bob, "post", VIEWS, {**NEW, "is_default": True})
    assert (made.status_code, made.json()["owner_kind"]) == (201, "user")
    assert made.json()["owner_id"] == str(bob.user.pk)  # type: ignore[attr-defined]
    address = f"{VIEWS}{made.json()['id']}/"
    changed = send(bob, "patch", address, {"name": "Mine", "settings": {"sort": ["-code"]}})
    assert (changed.json()["settings"], changed.json()["version"]) == ({"sort": ["-code"]}, 2)
    assert send(bob, "post", f"{address}clear_default/", {}).json()["is_default"] is False
    assert send(bob, "delete", address).status_code == 204
    assert send(bob, "get", address).status_code == 404


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ([], {"settings": "invalid"}),
        ({"width": 3}, {"settings.width": "unknown"}),
        ({"columns": "code"}, {"settings.columns": "invalid"}),
        ({"columns": ["code", "code", 7]}, {"settings.columns.1": "repeated", "settings.columns.2": "invalid"}),
        ({"sort": ["a"] * 21}, {"settings.sort": "invalid"}),
        ({"page_size": 500}, {"settings.page_size": "invalid_choice"}),
        ({"page_size": True}, {"settings.page_size": "invalid_choice"}),
        ({"page_size": [20]}, {"settings.page_size": "invalid_choice"}),
        ({"search": "x" * 201}, {"settings.search": "invalid"}),
        ({"parameters": {"filter": ["x"]}}, {"settings.parameters.filter": "invalid"}),
        ({"parameters": {"a": "x"}}, {"settings.parameters.a": "invalid"}),
        ({"filter": UNKNOWN}, {"settings.filter": "kernel.expression.not_compilable"}),
        ({"filter": ODD}, {"settings.filter.and[0].operator": "unknown_operator"}),
        ({"filter": {"field": "code", "operator": "=", "value": 10**60}}, {"settings.filter.value": "bad_number"}),
        ({"filter": [1]}, {"settings.filter": "expected_object"}),
    ],
)  # fmt: skip
def test_settings_are_looked_at_as_a_whole(house: House, bob: Client, settings: object, found: dict[str, str]) -> None:
    answer = send(bob, "post", VIEWS, {**NEW, "settings": settings})
    assert (answer.status_code, complaints(answer)) == (400, found)
    with reading_in(house):
        assert not SavedView.objects.exists()


def test_everything_wrong_is_said_at_once(bob: Client) -> None:
    answer = send(bob, "post", VIEWS, {"list": "no.such", "name": "x" * 121, "settings": {"page_size": 1}})
    assert set(complaints(answer)) >= {"name"}
    answer = send(bob, "post", VIEWS, {"list": "no.such", "name": " ", "settings": {"page_size": 1}, "owner_id": "x"})
    assert answer.status_code == 400
    answer = send(bob, "post", VIEWS, {"list": "no.such", "name": "x", "settings": {"page_size": 1}})
    assert set(complaints(answer)) == {"list", "settings.page_size"}


def test_a_name_is_taken_once_for_each_owner_and_list(bob: Client) -> None:
    assert send(bob, "post", VIEWS, NEW).status_code == 201
    assert send(bob, "post", VIEWS, NEW).status_code == 409
    assert send(bob, "post", VIEWS, {**NEW, "list": "auth.role"}).status_code == 201
    assert names(bob, f"?list={CURRENCY}") == ["Off"]


def test_lists_show_own_views_and_those_of_roles(house: House) -> None:
    role = make_role(house, USE, name="Buyers")
    carol = make_user(house, name="Carol", roles=(role,))
    make_view(house, carol.pk, "Own")
    make_view(house, role.pk, "Of the role", owner_kind="role")
    make_view(house, uuid4(), "Of another role", owner_kind="role")
    linked = make_view(house, uuid4(), "Linked", is_linked=True)
    closed = make_view(house, uuid4(), "Closed")
    client = client_of(carol)
    assert names(client) == ["Of the role", "Own"]
    assert client.get(f"{VIEWS}{linked.pk}/").status_code == 200
    assert client.get(f"{VIEWS}{closed.pk}/").status_code == 404
    assert send(client, "patch", f"{VIEWS}{linked.pk}/", {"name": "X"}).json()["code"] == "backoffice.view.not_yours"


def test_giving_to_roles_needs_its_feature(house: House, bob: Client) -> None:
    role = make_role(house, USE, name="Buyers")
    view = send(bob, "post", VIEWS, NEW).json()["id"]
    refused = send(bob, "post", f"{VIEWS}{view}/share/", {"role_ids": [str(role.pk)]})
    assert (refused.status_code, refused.json()["feature"]) == (403, SHARE)
    refused = send(bob, "post", VIEWS, {**NEW, "name": "For them", "role_id": str(role.pk)})
    assert (refused.status_code, refused.json()["feature"]) == (403, SHARE)
    alice = client_of(member(house, USE, SHARE, "currencies.view", name="Alice"))
    given = {**NEW, "role_id": str(role.pk)}
    assert (
        send(alice, "post", VIEWS, {**given, "is_default": True}).json()["feature"] == "backoffice.views.role_defaults"
    )
    assert send(alice, "post", VIEWS, given).json()["owner_kind"] == "role"
    missing = send(alice, "post", VIEWS, {**given, "role_id": str(uuid4())})
    assert complaints(missing) == {"role_id": "kernel.reference.unknown"}


def test_sharing_again_renews_what_the_role_has(house: House) -> None:
    role = make_role(house, USE, name="Buyers")
    alice = client_of(member(house, "backoffice.*", "currencies.view", name="Alice"))
    view = f"{VIEWS}{send(alice, 'post', VIEWS, NEW).json()['id']}/"
    for settings in (NEW["settings"], {"columns": ["name"]}):
        send(alice, "patch", view, {"settings": settings})
        assert send(alice, "post", f"{view}share/", {"role_ids": [str(role.pk)]}).status_code == 200
    with reading_in(house):
        [given] = SavedView.objects.filter(owner_kind="role")
    assert (given.owner_id, given.settings, given.version) == (role.pk, {"columns": ["name"]}, 2)


def test_another_tenants_views_are_missing(house: House, other_house: House, bob: Client) -> None:
    foreign = make_view(other_house, uuid4(), is_linked=True)
    for method, path, body in (
        ("get", "", None),
        ("patch", "", {"name": "X"}),
        ("delete", "", None),
        ("post", "set_default/", {}),
    ):
        there = send(bob, method, f"{VIEWS}{foreign.pk}/{path}", body)
        gone = send(bob, method, f"{VIEWS}{uuid4()}/{path}", body)
        assert (there.status_code, there.content) == (404, gone.content)


def test_numbers_with_a_point_are_kept_as_they_are(bob: Client) -> None:
    body = '{"list":"currencies.exchange_rate","name":"R","settings":{"filter":%s}}'
    answer = bob.post(VIEWS, body % '{"field":"rate","operator":">","value":4.25}', content_type="application/json")
    assert (answer.status_code, answer.json()["settings"]["filter"]["value"]) == (201, 4.25)
    answer = bob.post(VIEWS, body % '{"field":"rate","operator":">","value":1.5e399}', content_type="application/json")
    assert answer.status_code == 400


LONG = "0.12345678901234567890123"


def filtering(number: str) -> str:
    return f'{{"filter": {{"field": "decimal_places", "operator": ">", "value": {number}}}}}'


def test_a_number_that_would_be_rounded_is_refused_and_nothing_is_kept(house: House, bob: Client) -> None:
    body = f'{{"list": "{CURRENCY}", "name": "Exact", "settings": {filtering(LONG)}}}'
    made = bob.post(VIEWS, body, content_type="application/json")
    assert (made.status_code, complaints(made)) == (400, {"settings.filter.value": "bad_number"})
    given = {"list": CURRENCY, "name": "Exact", "state": filtering(LONG), "next": "/backend/"}
    bob.post("/backend/views/save/", given)
    kept = send(bob, "post", VIEWS, {**NEW, "settings": {"columns": ["code"]}}).json()["id"]
    settings = f'{{"settings": {filtering(LONG)}}}'
    changed = bob.patch(f"{VIEWS}{kept}/", settings, content_type="application/json")
    assert (changed.status_code, complaints(changed)) == (400, {"settings.filter.value": "bad_number"})
    with reading_in(house):
        assert list(SavedView.objects.values_list("settings", flat=True)) == [{"columns": ["code"]}]
