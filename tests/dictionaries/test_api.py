"""Dictionaries over HTTP: who sees what, what is refused, and that nothing in use vanishes."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.dictionaries.models import Dictionary
from apps.kernel.ids import uuid7
from tests.dictionaries.factories import ENTRIES, LIST, entry_of, genres, make_dictionary, make_entry, offered
from tests.directory.callers import client_of, complaints, member, send
from tests.support.scopes import House
from tests.support.shelf.factories import make_book

MANAGE = ("dictionaries.manage", "shelf.*", "audit_logs.*")


@pytest.fixture
def alice(house: House) -> Client:
    """Works in the whole house, and has chosen its root."""
    return client_of(member(house, *MANAGE, name="Alice"), organization=house.root)


@pytest.fixture
def bob(house: House) -> Client:
    """Works in North only."""
    return client_of(member(house, *MANAGE, only=(house.north,)), organization=house.north)


def test_a_dictionary_is_added_to_the_selected_organization(bob: Client, house: House) -> None:
    answer = send(bob, "post", LIST, {"name": "  Lead   sources "})
    assert answer.status_code == 201, answer.content
    assert {name: answer.json()[name] for name in ("key", "name", "owner_id", "sort_mode", "is_inherited")} == {
        "key": "lead_sources",
        "name": "Lead sources",
        "owner_id": str(house.north.pk),
        "sort_mode": "position",
        "is_inherited": False,
    }


def test_only_who_works_everywhere_adds_one_for_everybody(alice: Client, bob: Client) -> None:
    assert send(alice, "post", LIST, {"name": "Titles", "level": "tenant"}).json()["owner_id"] is None
    answer = send(bob, "post", LIST, {"name": "Titles", "level": "tenant"})
    assert (answer.status_code, complaints(answer)) == (400, {"level": "dictionaries.dictionary.level"})


@pytest.mark.parametrize("key", ["Upper", "dotted.key", "-first", "ä", "a" * 101])
def test_a_bad_key_is_refused_with_everything_else_that_is_wrong(alice: Client, key: str) -> None:
    answer = send(alice, "post", LIST, {"name": "", "key": key, "sort_mode": "odd"})
    assert answer.status_code == 400
    assert {"name", "sort_mode"} <= set(complaints(answer))
    assert "key" in complaints(send(alice, "post", LIST, {"name": "Fine", "key": key}))


def test_a_key_is_free_once_in_each_place(alice: Client, bob: Client) -> None:
    assert send(alice, "post", LIST, {"name": "Tones", "key": "tones"}).status_code == 201
    assert send(bob, "post", LIST, {"name": "Tones", "key": "tones"}).status_code == 201
    answer = send(alice, "post", LIST, {"name": "Tones", "key": "tones"})
    assert (answer.status_code, complaints(answer)) == (409, {"key": "kernel.duplicate"})


def test_organizations_below_read_what_is_above_and_change_nothing_of_it(bob: Client, house: House) -> None:
    above = make_dictionary(house, "Novel", owner=house.root, name="Above")
    everybody = make_dictionary(house, name="Everybody's")
    own = make_dictionary(house, owner=house.north, name="Own")
    make_dictionary(house, owner=house.south, name="South's")
    listed = {item["name"]: item["is_inherited"] for item in bob.get(LIST).json()["results"]}
    assert listed == {"Above": True, "Everybody's": True, "Own": False}
    novel = entry_of(house, above, "Novel")
    for method, path, body in (
        ("patch", f"{LIST}{above.pk}/", {"name": "Mine"}),
        ("delete", f"{LIST}{everybody.pk}/", None),
        ("patch", f"{ENTRIES}{novel.pk}/", {"label": "Mine"}),
        ("delete", f"{ENTRIES}{novel.pk}/", None),
        ("post", ENTRIES, {"dictionary_id": str(above.pk), "value": "Mine"}),
        ("post", f"{LIST}{above.pk}/reorder/", {"entry_ids": [str(novel.pk)]}),
    ):
        answer = send(bob, method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "dictionaries.dictionary.inherited"), path
    assert send(bob, "patch", f"{LIST}{own.pk}/", {"name": "Still mine"}).status_code == 200
    assert offered(house, above) == ["Novel"]


def test_a_hidden_dictionary_a_foreign_one_and_a_missing_one_look_the_same(
    bob: Client, house: House, other_house: House
) -> None:
    hidden = make_dictionary(house, "Novel", owner=house.south)
    foreign = make_dictionary(other_house, "Novel")
    ids = [(hidden.pk, entry_of(house, hidden, "Novel").pk), (foreign.pk, entry_of(other_house, foreign, "Novel").pk)]
    seen = set()
    for dictionary_id, entry_id in [*ids, (uuid7(), uuid7())]:
        for path in (f"{LIST}{dictionary_id}/", f"{ENTRIES}{entry_id}/", f"{ENTRIES}{entry_id}/usages/"):
            answer = bob.get(path)
            seen.add((answer.status_code, answer.content))
        answer = send(bob, "post", ENTRIES, {"dictionary_id": str(dictionary_id), "value": "X"})
        assert (answer.status_code, complaints(answer)) == (400, {"dictionary_id": "kernel.reference.unknown"})
    assert len(seen) == 1
    assert bob.get(ENTRIES).json()["count"] == 0


def test_values_are_told_apart_whatever_their_case_and_spaces(alice: Client, house: House) -> None:
    parent = make_dictionary(house, owner=house.root)
    answer = send(alice, "post", ENTRIES, {"dictionary_id": str(parent.pk), "value": " Trade  Fair "})
    assert (answer.json()["value"], answer.json()["label"]) == ("Trade Fair", "Trade Fair")
    answer = send(alice, "post", ENTRIES, {"dictionary_id": str(parent.pk), "value": "trade FAIR"})
    assert (answer.status_code, complaints(answer)) == (409, {"value": "kernel.duplicate"})
    assert offered(house, parent) == ["Trade Fair"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("color", "red"),
        ("color", "#12345"),
        ("icon", "Bad Icon"),
        ("tone", "loud"),
        ("value", "v" * 151),
        ("value", ""),
    ],
)
def test_a_bad_value_is_refused_on_its_field(alice: Client, house: House, field: str, value: str) -> None:
    parent = make_dictionary(house, owner=house.root)
    answer = send(alice, "post", ENTRIES, {"dictionary_id": str(parent.pk), "value": "Fine", field: value})
    assert (answer.status_code, set(complaints(answer))) == (400, {field})
    assert offered(house, parent) == []


def test_there_is_one_default_at_most(alice: Client, house: House) -> None:
    parent = make_dictionary(house, "Novel", "Atlas", owner=house.root)
    for value in ("Novel", "Atlas"):
        answer = send(alice, "post", f"{ENTRIES}{entry_of(house, parent, value).pk}/set_default/", {})
        assert answer.json()["is_default"] is True
    assert [entry_of(house, parent, value).is_default for value in ("Novel", "Atlas")] == [False, True]
    made = send(alice, "post", ENTRIES, {"dictionary_id": str(parent.pk), "value": "Manual", "is_default": True}).json()
    assert made["is_default"] is True
    assert entry_of(house, parent, "Atlas").is_default is False


def test_values_are_arranged_all_at_once(alice: Client, house: House) -> None:
    parent = make_dictionary(house, "a", "b", "c", owner=house.root, sort_mode="label_asc")
    wanted = [str(entry_of(house, parent, value).pk) for value in ("c", "a", "b")]
    answer = send(alice, "post", f"{LIST}{parent.pk}/reorder/", {"entry_ids": wanted})
    assert (answer.status_code, answer.json()["sort_mode"]) == (200, "position")
    assert offered(house, parent) == ["c", "a", "b"]
    for bad in (wanted[:2], [*wanted[:2], wanted[0]], [*wanted[:2], str(uuid7())]):
        answer = send(alice, "post", f"{LIST}{parent.pk}/reorder/", {"entry_ids": bad})
        assert (answer.status_code, complaints(answer)) == (
            400,
            {"entry_ids": "dictionaries.dictionary.order_incomplete"},
        )
    assert offered(house, parent) == ["c", "a", "b"]


def test_a_value_moves_by_places(alice: Client, house: House) -> None:
    parent = make_dictionary(house, "a", "b", "c", owner=house.root)
    last = entry_of(house, parent, "c").pk
    assert send(alice, "post", f"{ENTRIES}{last}/move/", {"by": -1}).json()["position"] == 1
    assert offered(house, parent) == ["a", "c", "b"]
    send(alice, "post", f"{ENTRIES}{last}/move/", {"by": -9})
    assert offered(house, parent) == ["c", "a", "b"]


def test_a_value_in_use_cannot_vanish(alice: Client, house: House) -> None:
    parent = make_dictionary(house, "Novel", owner=house.root)
    novel = entry_of(house, parent, "Novel")
    for title in ("Dune", "Emma"):
        make_book(house, title, genre_id=novel.pk, scope=house.scope(house.south))
    answer = send(alice, "delete", f"{ENTRIES}{novel.pk}/")
    assert (answer.status_code, answer.json()["code"]) == (409, "dictionaries.entry.in_use")
    assert answer.json()["usages"] == {"shelf.book.genre_id": 2}
    assert answer.json()["merge"] == f"{ENTRIES}{novel.pk}/merge/"
    assert answer.json()["detail"].startswith("Still in use: 2 × books.")
    answer = send(alice, "delete", f"{LIST}{parent.pk}/")
    assert (answer.status_code, answer.json()["usages"]) == (409, {"shelf.book.genre_id": 2})
    assert offered(house, parent) == ["Novel"]


def test_use_in_an_organization_that_the_caller_has_not_selected_counts_too(house: House) -> None:
    parent = make_dictionary(house, "Novel")
    novel = entry_of(house, parent, "Novel")
    make_book(house, genre_id=novel.pk, scope=house.scope(house.south))
    carol = client_of(member(house, *MANAGE, name="Carol"), organization=house.north)
    assert send(carol, "delete", f"{ENTRIES}{novel.pk}/").json()["usages"] == {"shelf.book.genre_id": 1}
    answer = carol.get(f"{ENTRIES}{novel.pk}/usages/").json()
    assert (answer["total"], answer["usages"]) == (1, [{"place": "shelf.book.genre_id", "kind": "books", "count": 1}])


def test_a_merge_moves_every_pointer_and_one_undo_brings_all_back(alice: Client, house: House) -> None:
    parent = make_dictionary(house, "Novel", "novels", "Atlas", owner=house.root)
    wrong, right = entry_of(house, parent, "novels"), entry_of(house, parent, "Novel")
    make_book(house, "Dune", genre_id=wrong.pk, scope=house.scope(house.north))
    make_book(house, "Emma", genre_id=wrong.pk, scope=house.scope(house.south))
    make_book(house, "Maps", genre_id=entry_of(house, parent, "Atlas").pk)
    before = genres(house)
    answer = send(alice, "post", f"{ENTRIES}{wrong.pk}/merge/", {"into_id": str(right.pk)})
    assert (answer.status_code, answer.json()["id"]) == (200, str(right.pk)), answer.content
    assert genres(house) == {"Dune": "Novel", "Emma": "Novel", "Maps": "Atlas"}
    assert offered(house, parent) == ["Novel", "Atlas"]
    assert entry_of(house, parent, "novels").merged_into_id == right.pk
    undo = f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/"
    undone = send(alice, "post", undo, {})
    assert undone.status_code == 200, undone.content
    assert (genres(house), offered(house, parent)) == (before, ["Novel", "novels", "Atlas"])
    again = send(alice, "post", f"/api/audit_logs/actions/{undone['X-Action-Id']}/undo/", {})
    assert again.status_code == 200, again.content
    assert genres(house) == {"Dune": "Novel", "Emma": "Novel", "Maps": "Atlas"}


def test_a_merge_moves_hidden_rows_and_raises_their_versions(alice: Client, house: House) -> None:
    parent = make_dictionary(house, "Novel", "novels", owner=house.root)
    wrong, right = entry_of(house, parent, "novels"), entry_of(house, parent, "Novel")
    book = make_book(house, "Dune", genre_id=wrong.pk)
    other = make_book(house, "Emma", genre_id=wrong.pk)
    send(alice, "delete", f"/api/shelf/books/{other.pk}/")
    send(alice, "post", f"{ENTRIES}{wrong.pk}/merge/", {"into_id": str(right.pk)})
    assert genres(house) == {"Dune": "Novel", "Emma": "Novel"}
    answer = send(alice, "patch", f"/api/shelf/books/{book.pk}/", {"title": "Dune 2"}, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["current_version"]) == (412, 2)


def test_a_merge_hands_the_mark_of_the_default_on(alice: Client, house: House) -> None:
    parent = make_dictionary(house, "Novel", owner=house.root)
    wrong = make_entry(house, parent, "novels", position=1, is_default=True)
    right = entry_of(house, parent, "Novel")
    assert send(alice, "post", f"{ENTRIES}{wrong.pk}/merge/", {"into_id": str(right.pk)}).json()["is_default"] is True


def test_a_value_is_merged_into_another_living_one_of_its_dictionary_only(alice: Client, house: House) -> None:
    parent, other = (make_dictionary(house, "Novel", owner=house.root) for _ in range(2))
    novel = entry_of(house, parent, "Novel").pk
    for target in (novel, entry_of(house, other, "Novel").pk, uuid7()):
        answer = send(alice, "post", f"{ENTRIES}{novel}/merge/", {"into_id": str(target)})
        assert (answer.status_code, complaints(answer)) == (400, {"into_id": "dictionaries.entry.merge_impossible"})
    assert offered(house, parent) == ["Novel"]


def test_taking_back_a_value_that_is_in_use_meanwhile_is_refused(alice: Client, house: House) -> None:
    parent = make_dictionary(house, owner=house.root)
    made = send(alice, "post", ENTRIES, {"dictionary_id": str(parent.pk), "value": "Novel"})
    make_book(house, genre_id=made.json()["id"], scope=house.scope(house.south))
    answer = send(alice, "post", f"/api/audit_logs/actions/{made['X-Action-Id']}/undo/", {})
    assert answer.status_code == 409
    assert offered(house, parent) == ["Novel"]


def test_repeating_a_deletion_is_refused_once_the_value_is_used_again(alice: Client, house: House) -> None:
    parent = make_dictionary(house, "Novel", owner=house.root)
    novel = entry_of(house, parent, "Novel")
    gone = send(alice, "delete", f"{ENTRIES}{novel.pk}/")
    back = send(alice, "post", f"/api/audit_logs/actions/{gone['X-Action-Id']}/undo/", {})
    make_book(house, genre_id=novel.pk)
    answer = send(alice, "post", f"/api/audit_logs/actions/{back['X-Action-Id']}/undo/", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "dictionaries.entry.in_use")
    assert offered(house, parent) == ["Novel"]


def test_a_record_may_point_to_a_value_from_above_and_to_no_hidden_or_deleted_one(bob: Client, house: House) -> None:
    above = make_dictionary(house, "Novel", owner=house.root)
    hidden = make_dictionary(house, "Novel", owner=house.south)
    book = {"title": "Dune", "code": "d"}
    answer = send(bob, "post", "/api/shelf/books/", {**book, "genre_id": str(entry_of(house, above, "Novel").pk)})
    assert answer.status_code == 201, answer.content
    record = bob.get(f"/api/shelf/books/{answer.json()['id']}/?expand=genre").json()
    assert record["genre"]["label"] == "Novel"
    answer = send(bob, "post", "/api/shelf/books/", {**book, "genre_id": str(entry_of(house, hidden, "Novel").pk)})
    assert (answer.status_code, complaints(answer)) == (400, {"genre_id": "kernel.reference.unknown"})


def test_the_nearest_dictionary_of_a_key_is_offered(bob: Client, house: House) -> None:
    def offers() -> list[str]:
        return [item["label"] for item in bob.get(f"{LIST}options/?key=tones").json()["results"]]

    assert offers() == []
    make_dictionary(house, "everybody's", key="tones")
    assert offers() == ["everybody's"]
    make_dictionary(house, "b above", "a above", key="tones", owner=house.root, sort_mode="label_asc")
    assert offers() == ["a above", "b above"]
    own = make_dictionary(house, "own", key="tones", owner=house.north)
    assert offers() == ["own"]
    assert send(bob, "patch", f"{LIST}{own.pk}/", {"is_active": False}).status_code == 200
    assert offers() == ["a above", "b above"]


def test_a_dictionary_goes_with_its_values_and_comes_back_with_them(alice: Client, house: House) -> None:
    parent = make_dictionary(house, "a", "b", owner=house.root)
    gone = send(alice, "delete", f"{LIST}{parent.pk}/")
    assert (gone.status_code, offered(house, parent)) == (204, [])
    assert alice.get(f"{LIST}{parent.pk}/").status_code == 404
    answer = send(alice, "post", f"/api/audit_logs/actions/{gone['X-Action-Id']}/undo/", {})
    assert (answer.status_code, offered(house, parent)) == (200, ["a", "b"])


def test_who_may_only_look_changes_nothing(house: House) -> None:
    reader = client_of(member(house, "dictionaries.view"), organization=house.root)
    parent = make_dictionary(house, "Novel", owner=house.root)
    assert reader.get(LIST).json()["count"] == 1
    answer = send(reader, "patch", f"{LIST}{parent.pk}/", {"name": "Mine"})
    assert (answer.status_code, answer.json()["feature"]) == (403, "dictionaries.manage")
    novel = entry_of(house, parent, "Novel").pk
    assert send(reader, "post", f"{ENTRIES}{novel}/merge/", {"into_id": str(uuid7())}).status_code == 403


def test_what_a_module_needs_is_protected(alice: Client, house: House) -> None:
    parent = make_dictionary(house, key="shelf.states", is_system=True)
    assert isinstance(parent, Dictionary)
    for method, body in (("patch", {"is_active": False}), ("patch", {"key": "mine"}), ("delete", None)):
        answer = send(alice, method, f"{LIST}{parent.pk}/", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "dictionaries.dictionary.protected")
    answer = send(alice, "put", f"{LIST}{parent.pk}/", {"key": "shelf.states", "name": "States", "is_active": True})
    assert (answer.status_code, answer.json()["name"]) == (200, "States")
