"""Comments, labels and followers over HTTP: whose they are, who sees them, and who is told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from apps.auth.models import User
from apps.customers.models import Comment, Follower, Labelling, Person
from apps.kernel.work.sweeper import sweep
from tests.auth.programs import make_key, program
from tests.customers.factories import (
    COMMENTS,
    COMPANIES,
    FOLLOWERS,
    LABELS,
    PEOPLE,
    WORKS,
    clerk,
    make_company,
    make_person,
)
from tests.directory.callers import client_of, complaints, member, send
from tests.kernel.events_probes import run_all
from tests.notifications.notices import notifications
from tests.search.factories import build_index
from tests.support.scopes import House, seeding

WRITER = ("customers.people.manage", "customers.comments.write", "customers.labels.use", "customers.followers.use")
NOBODY = "01a2056d-6f6b-75e5-baed-229d1661d77d"


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house)


def writer(house: House, *more: str, name: str = "Carol") -> tuple[User, Client]:
    """Somebody who may write comments and manage nobody else's."""
    user = member(house, *WRITER, "audit_logs.undo_self", *more, name=name)
    return user, client_of(user, organization=house.north)


def made(client: Client, path: str, **values: Any) -> dict[str, Any]:
    answer = send(client, "post", path, values)
    assert answer.status_code == 201, answer.content
    record: dict[str, Any] = answer.json()
    return record


def said(house: House) -> list[tuple[UUID, str, str]]:
    """Who was told what, after everything that has happened was handled."""
    run_all(2)
    sweep()
    return [(row.recipient_id, row.type, row.title) for row in notifications(house)]


def test_a_comment_is_said_changed_and_taken_away_and_undo_brings_it_back(house: House) -> None:
    person, (carol, client) = make_person(house), writer(house)
    comment = made(client, COMMENTS, customer_id=str(person.pk), body="  Asked for an offer.\n")
    assert (comment["body"], comment["author_id"]) == ("Asked for an offer.", str(carol.pk))
    path = f"{COMMENTS}{comment['id']}/"
    assert send(client, "patch", path, {"body": "Asked twice."}).json()["version"] == 2
    gone = send(client, "delete", path)
    assert (gone.status_code, client.get(path).status_code) == (204, 404)
    undone = send(client, "post", f"/api/audit_logs/actions/{gone['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    assert client.get(path).json()["body"] == "Asked twice."
    listed = client.get(COMMENTS, {"customer_id": str(person.pk), "body__icontains": "TWICE"}).json()
    assert [item["id"] for item in listed["results"]] == [comment["id"]]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"body": ""}, {"body": "blank"}),
        ({"body": " \n "}, {"body": "blank"}),
        ({"body": "x" * 8001}, {"body": "max_length"}),
        ({"body": "x", "mention_ids": [NOBODY]}, {"mention_ids.0": "kernel.reference.unknown"}),
        ({"body": "x", "customer_id": NOBODY}, {"customer_id": "kernel.reference.unknown"}),
        ({"body": "x", "customer_id": None}, {"customer_id": "customers.comment.one_subject"}),
        ({"body": "x", "author_id": NOBODY}, {"author_id": "read_only"}),
        ({"body": "x", "deal_id": NOBODY}, dict.fromkeys(("customer_id", "deal_id"), "customers.comment.one_subject")),
    ],
)
def test_a_comment_that_cannot_be_is_refused(
    bob: Client, house: House, body: dict[str, Any], expected: dict[str, str]
) -> None:
    answer = send(bob, "post", COMMENTS, {"customer_id": str(make_person(house).pk), **body})
    assert complaints(answer) == expected
    assert bob.get(COMMENTS).json()["count"] == 0
    with seeding(house.scope()):
        assert not Follower.objects.exists()


def test_the_author_and_who_manages_comments_may_change_them(bob: Client, house: House) -> None:
    comment = made(writer(house)[1], COMMENTS, customer_id=str(make_person(house).pk), body="Mine.")
    path = f"{COMMENTS}{comment['id']}/"
    other = writer(house, name="Dora")[1]
    assert other.get(path).status_code == 200
    for method, values in (("patch", {"body": "No."}), ("delete", None)):
        answer = send(other, method, path, values)
        assert (answer.status_code, answer.json()["feature"]) == (403, "customers.comments.manage")
    assert send(bob, "patch", path, {"body": "Mended."}).json()["body"] == "Mended."


def test_what_a_comment_is_about_stays(bob: Client, house: House) -> None:
    person = make_person(house)
    comment = made(bob, COMMENTS, customer_id=str(person.pk), body="x")
    answer = send(bob, "patch", f"{COMMENTS}{comment['id']}/", {"customer_id": str(make_person(house).pk)})
    assert complaints(answer) == {"customer_id": "read_only"}


def test_who_does_not_see_a_customer_sees_nothing_of_what_is_said(
    bob: Client, house: House, other_house: House
) -> None:
    secret, company = make_person(house, "Grace Hopper", is_restricted=True), make_company(house)
    with seeding(house.scope(house.north)):
        Comment(customer_id=secret.pk, body="hush").save(force_insert=True)
        Follower(customer_id=secret.pk, user_id=house.tenant.pk).save(force_insert=True)
    made(bob, COMMENTS, customer_id=str(company.pk), body="About a company.")
    only_people = writer(house)[1]
    south, stranger = clerk(house, organization=house.south), clerk(other_house)
    assert [item["body"] for item in bob.get(COMMENTS).json()["results"]] == ["About a company."]
    assert [client.get(COMMENTS).json()["count"] for client in (only_people, south, stranger)] == [0, 0, 0]
    assert only_people.get(FOLLOWERS).json()["count"] == 0
    for target in (secret, company):
        answer = send(only_people, "post", COMMENTS, {"customer_id": str(target.pk), "body": "x"})
        assert complaints(answer) == {"customer_id": "kernel.reference.unknown"}


def test_search_finds_comments_as_far_as_their_customers_are_seen(house: House) -> None:
    person, secret = make_person(house), make_person(house, "Grace Hopper", is_restricted=True)
    with seeding(house.scope(house.north)):
        Comment(customer_id=person.pk, body="Wants zebras").save(force_insert=True)
        Comment(customer_id=secret.pk, body="Hates zebras").save(force_insert=True)
    build_index(house, Comment.entity_id)
    client = writer(house, "search.view")[1]
    hits = client.get("/api/search/", {"q": "zebras"})
    assert hits.status_code == 200, hits.content
    assert [hit["title"] for hit in hits.json()["results"]] == ["Wants zebras"]


def test_the_mentioned_are_told_once_and_the_author_and_the_blind_are_not(house: House) -> None:
    person = make_person(house, "Ada Lovelace")
    (carol, client), (dora, _) = writer(house), writer(house, name="Dora")
    blind = member(house, "customers.companies.view", name="Eve")
    ids = [str(user.pk) for user in (carol, dora, blind)]
    comment = made(client, COMMENTS, customer_id=str(person.pk), body="Look, Dora.", mention_ids=ids)
    assert comment["mention_ids"] == ids
    expected = [(dora.pk, "customers.mentioned", "Carol mentions you: Ada Lovelace")]
    assert said(house) == expected
    send(client, "patch", f"{COMMENTS}{comment['id']}/", {"body": "Look, Dora!", "mention_ids": ids})
    assert said(house) == expected


def test_followers_hear_what_others_do_in_one_notification(house: House) -> None:
    person = make_person(house, "Ada Lovelace")
    (carol, client), (dora, other) = writer(house), writer(house, name="Dora")
    made(client, FOLLOWERS, customer_id=str(person.pk))
    made(other, COMMENTS, customer_id=str(person.pk), body="They called.")
    send(other, "patch", f"{PEOPLE}{person.pk}/", {"job_title": "Countess"})
    assert said(house) == [(carol.pk, "customers.followed", "News of Ada Lovelace")]
    send(client, "patch", f"{PEOPLE}{person.pk}/", {"job_title": "Analyst"})
    told = said(house)
    assert [item[0] for item in told if item[0] == dora.pk] == [dora.pk], "who comments follows"
    [row] = [item for item in notifications(house) if item.recipient_id == carol.pk]
    assert row.count == 2


def test_following_begins_once_and_ends_for_oneself_only(house: House) -> None:
    person, (carol, client) = make_person(house), writer(house)
    first = made(client, FOLLOWERS, customer_id=str(person.pk))
    assert made(client, FOLLOWERS, customer_id=str(person.pk))["id"] == first["id"]
    assert first["user_id"] == str(carol.pk)
    path = f"{FOLLOWERS}{first['id']}/"
    assert send(writer(house, name="Dora")[1], "delete", path).status_code == 404
    gone = send(client, "delete", path)
    assert (gone.status_code, client.get(path).status_code) == (204, 404)
    send(client, "post", f"/api/audit_logs/actions/{gone['X-Action-Id']}/undo/", {})
    assert client.get(path).status_code == 200


def test_labels_are_seen_by_nobody_else(house: House) -> None:
    person, client, other = make_person(house), writer(house)[1], writer(house, name="Dora")[1]
    label = made(client, LABELS, label="Call  back", color="#0A7D4F")
    assert label["label"] == "Call back"
    assert complaints(send(client, "post", LABELS, {"label": "CALL back"})) == {"label": "kernel.duplicate"}
    made(other, LABELS, label="Call back")
    assert [item["id"] for item in client.get(LABELS).json()["results"]] == [label["id"]]
    path = f"{LABELS}{label['id']}/"
    for method, values in (("get", None), ("patch", {"label": "x"}), ("delete", None)):
        assert send(other, method, path, values).status_code == 404
    answer = send(other, "post", f"{LABELS}assign/", {"label_id": label["id"], "customer_ids": [str(person.pk)]})
    assert (answer.status_code, complaints(answer)) == (400, {"label_id": "kernel.reference.unknown"})


def test_labels_are_given_taken_and_come_back_with_undo(house: House) -> None:
    person, company, client = make_person(house), make_company(house), writer(house)[1]
    label = made(client, LABELS, label="Call back")
    given = {"label_id": label["id"], "customer_ids": [str(person.pk)]}
    for _ in range(2):
        assert send(client, "post", f"{LABELS}assign/", given).status_code == 200
    on_person = {"customer_id": str(person.pk)}
    assert client.get(LABELS, on_person).json()["count"] == 1
    for wrong in (str(company.pk), NOBODY):  # Carol sees no companies
        answer = send(client, "post", f"{LABELS}assign/", {**given, "customer_ids": [str(person.pk), wrong]})
        assert complaints(answer) == {"customer_ids.1": "kernel.reference.unknown"}
    gone = send(client, "delete", f"{LABELS}{label['id']}/")
    assert client.get(LABELS, on_person).json()["count"] == 0
    send(client, "post", f"/api/audit_logs/actions/{gone['X-Action-Id']}/undo/", {})
    assert client.get(LABELS, on_person).json()["count"] == 1
    assert send(client, "post", f"{LABELS}unassign/", given).status_code == 200
    with seeding(house.scope()):
        assert not Labelling.objects.exists()


def test_labels_are_not_asked_for_by_a_customer_who_is_hidden(house: House) -> None:
    client, owner, person = clerk(house), clerk(house), make_person(house)
    label = made(client, LABELS, label="Call back")
    given = {"label_id": label["id"], "customer_ids": [str(person.pk)]}
    assert send(client, "post", f"{LABELS}assign/", given).status_code == 200
    assert send(owner, "post", f"/api/customers/people/{person.pk}/restrict/", {}).status_code == 200
    assert client.get(LABELS, {"customer_id": str(person.pk)}).json()["count"] == 0
    assert client.get(LABELS).json()["count"] == 1


def test_a_program_comments_and_has_neither_labels_nor_things_it_follows(house: House) -> None:
    person = make_person(house)
    key = program(make_key(house, "customers.*").secret, **{"X-Organization-Id": str(house.north.pk)})
    assert made(key, COMMENTS, customer_id=str(person.pk), body="Imported.")["author_id"] is None
    for path, body in ((LABELS, {"label": "x"}), (FOLLOWERS, {"customer_id": str(person.pk)})):
        answer = send(key, "post", path, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "customers.actor.no_person")


def test_a_timeline_tells_changes_in_words_and_comments_page_by_page(bob: Client, house: House) -> None:
    reader = clerk(house, *WORKS, "audit_logs.view_tenant")
    person = made(reader, PEOPLE, first_name="Ada")
    path = f"{PEOPLE}{person['id']}/"
    send(reader, "patch", path, {"job_title": "Countess"})
    made(reader, COMMENTS, customer_id=person["id"], body="They called.")
    first = reader.get(f"{path}timeline/", {"page_size": 2}).json()
    assert [(item["kind"], item["title"]) for item in first["results"]] == [
        ("customers.comments", "Comment"),
        ("audit_logs.changes", "Changed"),
    ]
    assert (first["results"][0]["text"], first["results"][0]["who"]) == ("They called.", "Bob")
    [change] = [row for row in first["results"][1]["payload"]["changes"] if row["entity"] == "customers.person"]
    assert [(item["label"], item["after"]) for item in change["fields"]] == [("Job title", "Countess")]
    rest = reader.get(f"{path}timeline/", {"page_size": 2, "cursor": first["next"]}).json()
    assert ([item["title"] for item in rest["results"]], rest["next"]) == (["Created"], None)
    alone = reader.get(f"{path}timeline/", {"kind": "customers.comments"}).json()
    assert [item["kind"] for item in alone["results"]] == ["customers.comments"]


def test_a_timeline_refuses_what_it_does_not_know(bob: Client, house: House, other_house: House) -> None:
    path = f"{PEOPLE}{make_person(house).pk}/timeline/"
    for parameters, field in (
        ({"kind": "nonsense"}, "kind"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"page_size": "0"}, "page_size"),
        ({"colour": "red"}, "colour"),
    ):
        answer = bob.get(path, parameters)
        assert (answer.status_code, list(complaints(answer))) == (400, [field]), parameters
    secret = make_person(house, "Grace Hopper", is_restricted=True)
    assert bob.get(f"{PEOPLE}{secret.pk}/timeline/").status_code == 404
    assert clerk(other_house).get(path).status_code == 404
    assert bob.get(f"{COMPANIES}{make_company(house).pk}/timeline/").status_code == 200


def test_the_history_tells_nothing_of_what_is_said_about_a_hidden_customer(house: House) -> None:
    person, (_carol, client) = make_person(house), writer(house)
    made(client, COMMENTS, customer_id=str(person.pk), body="Owes us money.")
    auditor = clerk(house, *WORKS, "audit_logs.view_tenant")
    actions = {"command__in": "customers.comment.create,customers.follower.follow"}
    told = auditor.get("/api/audit_logs/actions/", actions).json()
    assert [row["resource_label"] for row in told["results"]] == ["Owes us money."]
    with seeding(house.scope(house.north)):
        Person.objects.filter(pk=person.pk).update(is_restricted=True)
    assert auditor.get("/api/audit_logs/actions/", actions).json()["results"] == []
