"""Tags and groups over HTTP: unique labels, what deleting takes along, and what undo gives back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.customers.factories import GROUPS, PEOPLE, TAGS, clerk, make_group, make_person, make_tag
from tests.directory.callers import complaints, send
from tests.support.scopes import House


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house)


def made(bob: Client, path: str, **values: Any) -> str:
    answer = send(bob, "post", path, values)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def test_a_label_stands_once_whatever_its_capitals(bob: Client, house: House) -> None:
    first = made(bob, TAGS, label="Key  account", color="#0A7D4F")
    assert bob.get(f"{TAGS}{first}/").json()["label"] == "Key account"
    assert complaints(send(bob, "post", TAGS, {"label": "KEY ACCOUNT"})) == {"label": "kernel.duplicate"}
    other = made(bob, TAGS, label="Press")
    assert complaints(send(bob, "patch", f"{TAGS}{other}/", {"label": "key account"})) == {"label": "kernel.duplicate"}
    assert send(bob, "patch", f"{TAGS}{first}/", {"label": "KEY account"}).status_code == 200
    made(clerk(house, organization=house.south), TAGS, label="Key account")
    send(bob, "delete", f"{TAGS}{first}/")
    made(bob, TAGS, label="Key account")
    assert complaints(send(bob, "post", TAGS, {"label": " ", "color": "red"})).keys() == {"label", "color"}


@pytest.mark.parametrize(
    ("path", "values", "argument"),
    [(TAGS, {"label": "Press"}, "tag_ids"), (GROUPS, {"code": "press", "name": "Press"}, "group_ids")],
)
def test_deleting_takes_it_from_everybody_and_undo_gives_it_back(
    bob: Client, house: House, path: str, values: dict[str, Any], argument: str
) -> None:
    mark, person = made(bob, path, **values), f"{PEOPLE}{make_person(house).pk}/"
    assert send(bob, "patch", person, {argument: [mark, mark]}).json()[argument] == [mark]
    gone = send(bob, "delete", f"{path}{mark}/")
    assert bob.get(person).json()[argument] == []
    assert complaints(send(bob, "patch", person, {argument: [mark]})) == {f"{argument}.0": "kernel.reference.unknown"}
    undone = send(bob, "post", f"/api/audit_logs/actions/{gone['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    assert bob.get(person).json()[argument] == [mark]


def test_a_tag_that_was_deleted_out_of_sight_of_the_customer_is_a_missing_one(house: House) -> None:
    above, south = clerk(house, organization=house.root), clerk(house, organization=house.south)
    tag, person = made(south, TAGS, label="Press"), f"{PEOPLE}{make_person(house).pk}/"
    assert send(above, "patch", person, {"tag_ids": [tag]}).json()["tag_ids"] == [tag]
    gone = send(south, "delete", f"{TAGS}{tag}/")
    assert (above.get(person).json()["tag_ids"], above.get(PEOPLE, {"tag_id": tag}).json()["count"]) == ([], 0)
    assert send(south, "post", f"/api/audit_logs/actions/{gone['X-Action-Id']}/undo/", {}).status_code == 200
    assert (above.get(person).json()["tag_ids"], above.get(PEOPLE, {"tag_id": tag}).json()["count"]) == ([tag], 1)


def test_a_group_has_a_code_of_its_own(bob: Client) -> None:
    made(bob, GROUPS, code="wholesale", name="Wholesalers")
    assert complaints(send(bob, "post", GROUPS, {"code": "wholesale", "name": "X"})) == {"code": "kernel.duplicate"}
    assert complaints(send(bob, "post", GROUPS, {"code": "Whole sale", "name": ""})).keys() == {"code", "name"}


def test_the_group_of_the_lowest_rank_comes_first(house: House) -> None:
    bob = clerk(house)
    last, first = (made(bob, GROUPS, code=code, name=code, rank=rank) for code, rank in (("a", 20), ("b", 10)))
    person = f"{PEOPLE}{make_person(house).pk}/"
    assert send(bob, "patch", person, {"group_ids": [last, first]}).json()["group_ids"] == [first, last]
    lines = b"".join(bob.get(PEOPLE, {"format": "csv", "fields": "groups"}).streaming_content)  # type: ignore[attr-defined]
    assert lines.decode().splitlines()[1] == '"[""b"",""a""]"'


def test_whoever_only_sees_sets_up_nothing(house: House) -> None:
    looking = clerk(house, "customers.people.manage")
    answer = send(looking, "post", TAGS, {"label": "x"})
    assert (answer.status_code, answer.json()["feature"]) == (403, "customers.settings.manage")


def test_customers_are_filtered_by_their_tags_and_groups(house: House) -> None:
    bob, tag, group = clerk(house), make_tag(house, "Press"), make_group(house)
    tagged, member_of, _nobody = (make_person(house, name) for name in ("Ada King", "Bob King", "Eve King"))
    assert send(bob, "patch", f"{PEOPLE}{tagged.pk}/", {"tag_ids": [str(tag.pk)]}).status_code == 200
    assert send(bob, "patch", f"{PEOPLE}{member_of.pk}/", {"group_ids": [str(group.pk)]}).status_code == 200
    for name, mark, found in (("tag_id", tag, "Ada King"), ("group_id", group, "Bob King")):
        for asked in ({name: str(mark.pk)}, {f"{name}__in": str(mark.pk)}):
            assert [row["display_name"] for row in bob.get(PEOPLE, asked).json()["results"]] == [found]
    assert bob.get(PEOPLE, {"tag_id": "x"}).status_code == 400
    role = make_role(house, "customers.*")
    alice = signed_in(make_user(house, name="Alice", roles=(role,), home_organization_id=house.north.pk))
    for chosen, names in (({"tag": "press"}, ["Ada King"]), ({"group": group.code}, ["Bob King"]), ({"tag": "x"}, [])):
        rows = alice.get("/backend/customers/person/", chosen).context["cl"].result_list
        assert [row.display_name for row in rows] == names
