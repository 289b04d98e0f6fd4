"""What points to a merged customer, in whatever module, points to the one in its place; and merges that meet."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from apps.attachments.models import Attachment
from apps.customers.models import NotDuplicate, Person
from apps.customers.services import merge_people
from apps.kernel.errors import PlatformError
from apps.kernel.tenancy.scope import using_scope
from tests.attachments.factories import upload
from tests.customers.factories import PEOPLE, clerk, make_person
from tests.directory.callers import send
from tests.entities.factories import make_field
from tests.kernel.events_probes import outbox
from tests.support.scopes import House, reading, seeding
from tests.support.shelf.factories import make_book
from tests.support.shelf.models import Loan


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house, "customers.*", "attachments.*", "audit_logs.*")


def merged(bob: Client, this: Person, other: Person) -> Any:
    return send(bob, "post", f"{PEOPLE}{this.pk}/merge/", {"other_id": str(other.pk)})


def lend(house: House, borrower: Person, due: date, *, title: str) -> None:
    book = make_book(house, title, organization_id=house.north.pk)
    with seeding(house.scope()):
        Loan(book_id=book.pk, borrower_id=borrower.pk, due_on=due).save(force_insert=True)


def borrowers(house: House) -> set[Any]:
    with reading(house.scope()):
        return set(Loan.objects.values_list("borrower_id", flat=True))


def test_references_of_other_modules_are_turned_and_undo_turns_them_back(bob: Client, house: House) -> None:
    this, other = make_person(house), make_person(house)
    lend(house, other, date(2026, 1, 1), title="Dune")
    lend(house, other, date(2026, 1, 2), title="Emma")
    answer = merged(bob, this, other)
    assert borrowers(house) == {this.pk}
    undone = send(bob, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    assert borrowers(house) == {other.pk}


def test_what_stands_once_for_each_customer_elsewhere_stands_in_the_way(bob: Client, house: House) -> None:
    this, other = make_person(house), make_person(house)
    for person, title in ((this, "Dune"), (other, "Emma")):
        lend(house, person, date(2026, 1, 1), title=title)
    answer = merged(bob, this, other)
    assert (answer.status_code, answer.json()["code"]) == (409, "customers.merge.in_the_way")
    assert "1 × loans" in answer.json()["detail"]
    assert borrowers(house) == {this.pk, other.pk}


def test_custom_values_files_and_decisions_follow(bob: Client, house: House) -> None:
    make_field(house, key="contact", kind="relation", entity="customers.company", target="customers.person")
    this, other, third = (make_person(house, name) for name in ("Ada", "Ada Lovelace", "Ada King"))
    company = send(bob, "post", "/api/customers/companies/", {"brand_name": "E", "cf_contact": str(other.pk)}).json()
    assert upload(bob, other, entity="customers.person").status_code == 201
    for person in (this, other):
        body = {"first_id": str(third.pk), "second_id": str(person.pk)}
        assert send(bob, "post", "/api/customers/duplicates/dismiss/", body).status_code == 201
    answer = merged(bob, this, other)
    assert answer.status_code == 200, answer.content
    shown = bob.get(f"/api/customers/companies/{company['id']}/").json()
    assert shown["custom_fields"]["contact"] == str(this.pk)
    with reading(house.scope()):
        assert [row.record_id for row in Attachment.objects.all()] == [this.pk]
        assert [(row.first_id, row.second_id) for row in NotDuplicate.objects.all()] == [(this.pk, third.pk)]
    undone = send(bob, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    with reading(house.scope()):
        assert [row.record_id for row in Attachment.objects.all()] == [other.pk]
        assert NotDuplicate.objects.count() == 2


def test_a_merge_is_announced(bob: Client, house: House) -> None:
    this, other = make_person(house), make_person(house)
    lend(house, other, date(2026, 1, 1), title="Dune")
    merged(bob, this, other)
    [event] = [item for item in outbox(house.scope()) if item.name == "customers.person.merged"]
    assert event.payload == {"resource_id": str(other.pk), "into_id": str(this.pk), "moved": 1}


@pytest.mark.committed
def test_of_two_merges_that_share_somebody_one_wins_and_the_other_says_so(house: House) -> None:
    left, shared, right = (make_person(house, name) for name in ("Left", "Shared", "Right"))
    start, outcomes = threading.Barrier(2), list[str]()

    def merge(this: Person, other: Person) -> None:
        try:
            start.wait()
            with using_scope(house.scope(house.north)):
                merge_people(this.pk, other_id=other.pk)
            outcomes.append("merged")
        except PlatformError as refusal:
            outcomes.append(",".join(item.code for item in refusal.errors) or refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=merge, args=pair) for pair in ((left, shared), (right, shared))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kernel.reference.unknown", "merged"]


def test_pointers_in_organizations_out_of_sight_are_turned_and_undone_only_by_who_sees_them(house: House) -> None:
    make_field(house, key="contact", kind="relation", entity="customers.company", target="customers.person")
    features = ("customers.*", "audit_logs.*")
    boss, bob = (clerk(house, *features, organization=place) for place in (house.root, house.north))
    this, other = make_person(house), make_person(house)
    made = send(boss, "post", "/api/customers/companies/", {"brand_name": "E", "cf_contact": str(other.pk)})
    company = f"/api/customers/companies/{made.json()['id']}/"
    assert bob.get(company).status_code == 404
    undo = f"/api/audit_logs/actions/{merged(bob, this, other)['X-Action-Id']}/undo/"
    assert boss.get(company).json()["custom_fields"]["contact"] == str(this.pk)
    assert send(bob, "post", undo, {}).status_code == 404
    undone = send(boss, "post", undo, {})
    assert undone.status_code == 200, undone.content
    assert boss.get(company).json()["custom_fields"]["contact"] == str(other.pk)
