"""Undo, redo and the plan over HTTP: who may, what is in the way, and what a repeated request does."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.auth.models import RoleAcl
from apps.kernel.commands.models import Action, ActionUndo
from tests.audit_logs.calls import ACTIONS, BOOKS, CLERK, add_book, caller, change, refusal, staff, title_of
from tests.auth.factories import reading_in, system
from tests.directory.callers import client_of, complaints, send
from tests.support.scopes import House, seeding

ORGANIZATIONS = "/api/directory/organizations/"


@pytest.fixture
def alice(house: House) -> Client:
    return caller(house, "*", name="Alice")


@pytest.fixture
def book(alice: Client) -> str:
    return str(add_book(alice).json()["id"])


def undo(client: Client, action: str, *, verb: str = "undo", body: object = None, **headers: str) -> Any:
    return send(client, "post", f"{ACTIONS}{action}/{verb}/", {} if body is None else body, **headers)


def plan(client: Client, action: str) -> dict[str, Any]:
    answer = client.get(f"{ACTIONS}{action}/undo_plan/")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def written(house: House) -> tuple[int, int]:
    with reading_in(house):
        return Action.objects.count(), ActionUndo.objects.count()


def test_undo_answers_with_the_new_action(alice: Client, book: str) -> None:
    action = change(alice, book, title="Dune 2")
    answer = undo(alice, action)
    assert answer.status_code == 200
    new = answer.json()
    assert answer["X-Action-Id"] == new["id"]
    assert (new["command"], new["title"], new["undoes"]) == ("audit_logs.action.undo", "Undid a change", [action])
    assert (new["source"], new["actor_label"]) == ("api", "Alice")
    assert new["changes"][0]["fields"][0]["after"] == "Dune"
    assert title_of(alice, book) == "Dune"


def test_redo_takes_the_undo_back_and_so_on(alice: Client, book: str) -> None:
    action = change(alice, book, title="Dune 2")
    first = undo(alice, action).json()["id"]
    again = undo(alice, action, verb="redo")
    assert (again.status_code, again.json()["undoes"]) == (200, [first])
    assert title_of(alice, book) == "Dune 2"
    assert undo(alice, action).status_code == 200
    assert title_of(alice, book) == "Dune"
    assert undo(alice, action, verb="redo").status_code == 200
    assert title_of(alice, book) == "Dune 2"


def test_undo_of_a_creation_and_its_redo_keep_the_id(alice: Client, book: str) -> None:
    made = alice.get(ACTIONS, {"command": "shelf.book.create"}).json()["results"][0]["id"]
    assert undo(alice, made).status_code == 200
    assert alice.get(f"{BOOKS}{book}/").status_code == 404
    assert undo(alice, made, verb="redo").status_code == 200
    assert title_of(alice, book) == "Dune"


def test_what_was_not_undone_cannot_be_redone(alice: Client, book: str, house: House) -> None:
    action = change(alice, book, title="Dune 2")
    before = written(house)
    assert refusal(undo(alice, action, verb="redo")) == (409, "audit_logs.redo.not_undone")
    assert written(house) == before


def test_undoing_twice_is_refused(alice: Client, book: str, house: House) -> None:
    action = change(alice, book, title="Dune 2")
    undo(alice, action)
    before = written(house)
    answer = undo(alice, action)
    assert refusal(answer) == (409, "audit_logs.undo.already_undone")
    assert "X-Action-Id" not in answer
    assert written(house) == before


def test_later_changes_are_a_conflict_that_lists_them(alice: Client, book: str, house: House) -> None:
    action, later = change(alice, book, title="First"), change(alice, book, title="Second")
    before = written(house)
    answer = undo(alice, action)
    assert refusal(answer) == (409, "audit_logs.undo.conflict")
    assert answer.json()["actions"] == [later]
    assert [row["id"] for row in answer.json()["rows"]] == [book]
    assert written(house) == before
    assert title_of(alice, book) == "Second"


def test_cascade_takes_the_later_ones_back_as_well_in_one_action(alice: Client, book: str) -> None:
    action, later = change(alice, book, title="First"), change(alice, book, title="Second")
    answer = undo(alice, action, body={"cascade": True})
    assert answer.status_code == 200
    assert title_of(alice, book) == "Dune"
    [inner] = answer.json()["children"]
    assert inner["command"] == "audit_logs.action.undo"
    assert alice.get(ACTIONS, {"is_undone": "true"}).json()["count"] == 2
    assert alice.get(f"{ACTIONS}{later}/").json()["is_undone"] is True


def test_the_plan_of_a_free_action(alice: Client, book: str, house: House) -> None:
    action = change(alice, book, title="Dune 2")
    before = written(house)
    found = plan(alice, action)
    assert written(house) == before
    assert (found["is_possible"], found["row_count"], found["can_cascade"]) == (True, 1, False)
    assert found["permission"] == {"is_granted": True, "feature": ""}
    assert (found["conflicts"], found["later"]) == ([], [])
    assert [(item["before"], item["after"]) for item in found["rows"][0]["fields"]] == [("Dune 2", "Dune")]


def test_the_plan_names_conflicts_and_later_actions(alice: Client, book: str) -> None:
    action, later = change(alice, book, title="First"), change(alice, book, title="Second")
    found = plan(alice, action)
    assert (found["is_possible"], found["can_cascade"]) == (False, True)
    assert [item["id"] for item in found["later"]] == [later]
    [conflict] = found["conflicts"]
    assert (conflict["entity"], conflict["id"], conflict["label"], conflict["reason"]) == (
        "shelf.book",
        book,
        "Second",
        "changed",
    )


def test_the_plan_says_which_right_is_missing(house: House, alice: Client, book: str) -> None:
    action = change(alice, book, title="Dune 2")
    found = plan(caller(house, "audit_logs.view_tenant", "shelf.*"), action)
    assert found["permission"] == {"is_granted": False, "feature": "audit_logs.undo_tenant"}
    assert (found["is_possible"], found["conflicts"], found["later"]) == (False, None, None)
    assert found["rows"][0]["fields"][0]["after"] == "Dune"


def test_the_plan_of_what_is_final_or_undone_says_why(alice: Client, book: str) -> None:
    list(alice.get(BOOKS, {"format": "csv"}).streaming_content)  # type: ignore[attr-defined]
    final = alice.get(ACTIONS, {"command": "kernel.list.export"}).json()["results"][0]["id"]
    assert plan(alice, final)["reason"]["code"] == "declared"
    assert refusal(undo(alice, final)) == (409, "audit_logs.undo.not_undoable")
    action = change(alice, book, title="Dune 2")
    undo(alice, action)
    assert (plan(alice, action)["is_undone"], plan(alice, action)["is_possible"]) == (True, False)


@pytest.mark.parametrize(
    ("features", "own", "missing"),
    [
        (CLERK, True, ""),
        (("shelf.*", "audit_logs.view_self"), True, "audit_logs.undo_self"),
        ((*CLERK, "audit_logs.view_tenant"), False, "audit_logs.undo_tenant"),
        (("audit_logs.undo_tenant",), False, "shelf.books.manage"),
        (("audit_logs.undo_tenant", "shelf.books.manage"), False, ""),
    ],
)
def test_who_may_undo_what(house: House, book: str, features: tuple[str, ...], own: bool, missing: str) -> None:
    alice, bob = caller(house, "*", name="Alice"), caller(house, *features)
    action = change(bob if own else alice, book, title="Dune 2")
    answer = undo(bob, action)
    assert answer.status_code == (403 if missing else 200)
    assert answer.json().get("feature", "") == missing
    assert title_of(alice, book) == ("Dune 2" if missing else "Dune")


def test_redo_needs_the_feature_of_the_command_that_comes_back(house: House, alice: Client, book: str) -> None:
    user = staff(house, *CLERK)
    bob = client_of(user)
    action = change(bob, book, title="Dune 2")
    undone = undo(bob, action).json()["id"]
    with seeding(system(house)):
        RoleAcl.objects.filter(role__memberships__user_id=user.pk).update(
            features=["shelf.books.view", "audit_logs.view_self", "audit_logs.undo_self"]
        )
    for answer in (undo(bob, action, verb="redo"), undo(bob, undone)):
        assert refusal(answer) == (403, "kernel.feature_required")
        assert answer.json()["feature"] == "shelf.books.manage"
    assert title_of(alice, book) == "Dune"


def test_cascade_into_changes_of_others_needs_the_wider_right(house: House, alice: Client, book: str) -> None:
    bob = caller(house, *CLERK)
    action = change(bob, book, title="Bob's")
    change(alice, book, title="Alice's")
    assert undo(bob, action).json()["code"] == "audit_logs.undo.conflict"
    answer = undo(bob, action, body={"cascade": True})
    assert (answer.status_code, answer.json()["feature"]) == (403, "audit_logs.undo_tenant")
    assert title_of(alice, book) == "Alice's"


def test_an_action_beyond_the_own_organizations_is_not_there(house: House, alice: Client, book: str) -> None:
    action = change(alice, book, title="Dune 2")
    north = caller(house, "*", only=(house.north,))
    assert refusal(undo(north, action)) == (404, "kernel.not_found")
    assert title_of(alice, book) == "Dune 2"


@pytest.mark.parametrize("verb", ["undo", "redo"])
def test_a_repeated_request_is_answered_again_and_done_once(alice: Client, book: str, house: House, verb: str) -> None:
    action = change(alice, book, title="Dune 2")
    if verb == "redo":
        undo(alice, action)
    first = undo(alice, action, verb=verb, **{"Idempotency-Key": "k1"})
    before = written(house)
    second = undo(alice, action, verb=verb, **{"Idempotency-Key": "k1"})
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json() == first.json()
    assert second["Idempotency-Replayed"] == "true"
    assert written(house) == before
    other = undo(alice, action, verb=verb, body={"cascade": True}, **{"Idempotency-Key": "k1"})
    assert refusal(other) == (422, "kernel.idempotency.reused")


def test_a_stated_version_does_not_matter(alice: Client, book: str) -> None:
    action = change(alice, book, title="Dune 2")
    assert undo(alice, action, **{"If-Match": '"77"'}).status_code == 200


def test_strange_input_is_refused(alice: Client, book: str) -> None:
    action = change(alice, book, title="Dune 2")
    answer = undo(alice, action, body={"cascade": "yes", "colour": "red"})
    assert (answer.status_code, complaints(answer)) == (400, {"cascade": "invalid", "colour": "unknown"})
    assert alice.get(f"{ACTIONS}{action}/undo_plan/", {"x": "1"}).status_code == 400
    assert alice.get(f"{ACTIONS}{action}/undo/").status_code == 405


def test_a_part_of_an_action_is_undone_with_the_whole(alice: Client, house: House) -> None:
    made = send(alice, "post", ORGANIZATIONS, {"name": "West", "parent_id": str(house.root.pk)})
    part = alice.get(ACTIONS, {"parent": made["X-Action-Id"]}).json()["results"][0]["id"]
    assert refusal(undo(alice, part)) == (409, "audit_logs.undo.not_undoable")


def test_an_organization_comes_back_although_nobody_can_select_it_meanwhile(alice: Client, house: House) -> None:
    made = send(alice, "post", ORGANIZATIONS, {"name": "West", "parent_id": str(house.root.pk)})
    west, creation = made.json()["id"], made["X-Action-Id"]
    deletion = send(alice, "delete", f"{ORGANIZATIONS}{west}/")["X-Action-Id"]
    assert alice.get(f"{ACTIONS}{deletion}/").json()["changes"]
    assert undo(alice, deletion).status_code == 200
    assert alice.get(f"{ORGANIZATIONS}{west}/").json()["name"] == "West"
    assert undo(alice, creation).status_code == 200
    assert alice.get(f"{ORGANIZATIONS}{west}/").status_code == 404
    limited = caller(house, "*", only=(house.root, house.north, house.south))
    assert limited.get(f"{ACTIONS}{creation}/").status_code == 404
    assert undo(alice, creation, verb="redo").status_code == 200
    assert alice.get(f"{ORGANIZATIONS}{west}/").json()["name"] == "West"
