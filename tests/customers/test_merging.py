"""Merging over HTTP: values, lists, what points to either, the old address, undo, and who may not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from apps.customers.models import Customer, Person, PersonCompany
from apps.customers.services import create_employment
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import make_role, make_user
from tests.customers.factories import (
    COMPANIES,
    INTERACTIONS,
    PEOPLE,
    WORKS,
    clerk,
    make_company,
    make_company_roles,
    make_group,
    make_person,
    make_tag,
)
from tests.directory.callers import client_of, complaints, send
from tests.support.digests import digest
from tests.support.scopes import House, reading, seeding

AUDITED = sorted(
    model._meta.db_table for model in apps.get_models() if getattr(model, "audited", False) and not model._meta.proxy
)
WORK = {"channel": "email", "type": "work", "value": "ada@example.org"}
HOME = {"channel": "email", "type": "private", "value": "ada@home.example"}
PHONE = {"channel": "phone", "type": "mobile", "value": "+44 20 7946 0958"}
OFFICE = {"purpose": "office", "line1": "St James's Square 12", "city": "London", "country": "GB"}


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house, *WORKS, "dictionaries.view", "audit_logs.*")


def made(bob: Client, path: str = PEOPLE, **values: Any) -> str:
    named = {"first_name": "Ada", "last_name": "Lovelace"} if path == PEOPLE else {"brand_name": "Engines"}
    answer = send(bob, "post", path, {**named, **values})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def merged(bob: Client, this: str, other: str, path: str = PEOPLE, **choices: str) -> Any:
    return send(bob, "post", f"{path}{this}/merge/", {"other_id": other, "choices": choices})


def state(house: House) -> dict[str, str]:
    with reading(house.scope()):
        return digest(*AUDITED)


def test_values_are_chosen_and_what_nobody_chose_is_the_one_that_is_there(bob: Client) -> None:
    this = made(bob, job_title="Analyst", department="Research", cf_pronouns="she")
    other = made(bob, last_name="King", job_title="Countess", description="Met at the fair", cf_newsletter=True)
    record = merged(bob, this, other, last_name="other", job_title="this").json()
    assert record["id"] == this
    assert [record[name] for name in ("display_name", "last_name", "job_title", "department", "description")] == [
        "Ada King",
        "King",
        "Analyst",
        "Research",
        "Met at the fair",
    ]
    assert record["custom_fields"]["pronouns"] == "she"
    assert record["custom_fields"]["newsletter"] is True


def test_of_two_values_that_nobody_chose_the_later_one_stays(bob: Client) -> None:
    this, other = made(bob, job_title="Analyst"), made(bob, job_title="Countess")
    assert merged(bob, this, other).json()["job_title"] == "Countess"
    third = made(bob, job_title="Programmer")
    send(bob, "patch", f"{PEOPLE}{this}/", {"department": "Research"})
    assert merged(bob, this, third).json()["job_title"] == "Countess"


def test_lists_come_together_without_doubles_and_with_one_primary_each(bob: Client, house: House) -> None:
    tags, groups = [str(make_tag(house).pk) for _ in range(3)], [str(make_group(house).pk) for _ in range(2)]
    this = made(bob, contact_points=[WORK], addresses=[OFFICE], tag_ids=tags[:2], group_ids=groups[:1])
    other = made(
        bob,
        contact_points=[{**HOME, "is_primary": True}, WORK, PHONE],
        addresses=[{**OFFICE, "city": "london"}, {**OFFICE, "line1": "Ockham Park"}],
        tag_ids=tags[1:],
        group_ids=groups,
    )
    record = merged(bob, this, other).json()
    assert {(item["value"], item["is_primary"]) for item in record["contact_points"]} == {
        ("ada@example.org", True),
        ("ada@home.example", False),
        ("+442079460958", True),
    }
    assert [(item["line1"], item["is_primary"]) for item in record["addresses"]] == [
        ("St James's Square 12", True),
        ("Ockham Park", False),
    ]
    assert (set(record["tag_ids"]), set(record["group_ids"])) == (set(tags), set(groups))


def test_two_who_take_part_in_one_interaction_take_part_once(bob: Client, house: House) -> None:
    this, other = made(bob), made(bob, first_name="Augusta")
    both = [{"customer_id": this, "answer": "accepted"}, {"customer_id": other}]
    meeting = send(bob, "post", INTERACTIONS, {"type": "meeting", "title": "Tea", "participants": both})
    alone = send(bob, "post", INTERACTIONS, {"type": "call", "title": "Call", "participants": both[1:]})
    before = state(house)
    answer = merged(bob, this, other)
    assert answer.status_code == 200, answer.content
    paths = [f"{INTERACTIONS}{item.json()['id']}/" for item in (meeting, alone)]
    shown = [[(row["customer_id"], row["answer"]) for row in bob.get(path).json()["participants"]] for path in paths]
    assert shown == [[(this, "accepted")], [(this, "invited")]]
    undone = send(bob, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    assert state(house) == before


def test_places_of_work_stay_one_for_each_company_with_one_primary(bob: Client, house: House) -> None:
    ada, king, bill = (make_person(house, name) for name in ("Ada Lovelace", "Ada King", "Bill"))
    left, right = make_company(house, "Left"), make_company(house, "Right")
    with seeding(house.scope(house.north)):
        for person, company, is_primary in (
            (ada, left, True), (king, left, False), (king, right, True), (bill, left, False), (bill, right, True),
        ):  # fmt: skip
            PersonCompany(person=person, company=company, is_primary=is_primary).save(force_insert=True)
    assert merged(bob, str(ada.pk), str(king.pk)).status_code == 200
    assert work(house) == {
        ("Ada", "Left", True),
        ("Ada", "Right", False),
        ("Bill", "Left", False),
        ("Bill", "Right", True),
    }
    assert (
        merged(bob, str(left.pk), str(right.pk), COMPANIES, display_name="this", brand_name="this").status_code == 200
    )
    assert work(house) == {("Ada", "Left", True), ("Bill", "Left", True)}


def test_two_places_of_work_that_become_one_keep_the_roles_of_both(bob: Client, house: House) -> None:
    decides, pays, uses = make_company_roles(house, "Decides", "Pays", "Uses")
    ada, king = make_person(house, "Ada Lovelace"), make_person(house, "Ada King")
    left, right = make_company(house, "Left"), make_company(house, "Right")
    with using_scope(house.scope(house.north)):
        create_employment(person_id=ada.pk, company_id=left.pk, role_ids=[decides, pays])
        create_employment(person_id=king.pk, company_id=left.pk, role_ids=[pays, uses])
        create_employment(person_id=king.pk, company_id=right.pk, role_ids=[uses])
    path = f"{PEOPLE}{king.pk}/companies/"
    before = bob.get(path).json()
    answer = merged(bob, str(ada.pk), str(king.pk))
    assert answer.status_code == 200, answer.content
    rows = bob.get(f"{PEOPLE}{ada.pk}/companies/").json()["results"]
    assert {row["company"]: {UUID(item) for item in row["role_ids"]} for row in rows} == {
        "Left": {decides, pays, uses},
        "Right": {uses},
    }
    undone = send(bob, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {})
    assert undone.status_code == 200, undone.content
    assert bob.get(path).json() == before


def work(house: House) -> set[tuple[str, str, bool]]:
    with reading(house.scope()):
        rows = PersonCompany.objects.select_related("person", "company")
        return {(row.person.first_name, row.company.brand_name, row.is_primary) for row in rows}


def test_the_old_address_leads_to_the_one_that_took_its_place_by_way_of_others(bob: Client, house: House) -> None:
    first, second, third = (made(bob) for _ in range(3))
    assert merged(bob, second, first).status_code == 200
    assert merged(bob, third, second).status_code == 200
    for old in (first, second):
        answer = bob.get(f"{PEOPLE}{old}/?fields=id")
        assert (answer.status_code, answer["Location"]) == (308, f"{PEOPLE}{third}/?fields=id")
        assert answer.json() == {"merged_into_id": third}
        assert send(bob, "patch", f"{PEOPLE}{old}/", {"last_name": "x"}).status_code == 404
        restored = send(bob, "post", f"{PEOPLE}{old}/restore/", {})
        assert (restored.status_code, restored.json()["code"]) == (409, "customers.customer.merged")
    assert clerk(house, organization=house.south).get(f"{PEOPLE}{first}/").status_code == 404
    assert bob.get(PEOPLE).json()["count"] == 1


@pytest.mark.parametrize(
    ("path", "below"),
    [
        *((PEOPLE, below) for below in ("consents/", "holders/", "companies/", "timeline/?kind=customers.comments")),
        *((COMPANIES, below) for below in ("holders/", "timeline/")),
    ],
)
def test_what_stands_below_the_old_address_is_read_at_the_new_one(
    bob: Client, house: House, path: str, below: str
) -> None:
    names = {"first_name": "Ada", "last_name": "King"} if path == PEOPLE else {"brand_name": "Mills"}
    first, second = (send(bob, "post", path, names).json()["id"] for _ in range(2))
    assert send(bob, "post", f"{path}{second}/merge/", {"other_id": first}).status_code == 200
    answer = bob.get(f"{path}{first}/{below}")
    assert (answer.status_code, answer["Location"]) == (308, f"{path}{second}/{below}")
    assert answer.json() == {"merged_into_id": second}
    assert bob.get(answer["Location"]).status_code == 200
    assert send(bob, "post", f"{path}{first}/restrict/", {}).status_code == 404
    assert send(bob, "post", f"{PEOPLE}{first}/companies/", {"company_id": second}).status_code in {400, 404}
    assert clerk(house, organization=house.south).get(f"{path}{first}/{below}").status_code == 404
    assert clerk(house, "customers.deals.view").get(f"{path}{first}/{below}").status_code == 403


@pytest.mark.parametrize("path", [PEOPLE, COMPANIES])
def test_old_pages_lead_to_those_of_the_one_in_its_place(house: House, path: str) -> None:
    bob, kind = clerk(house, "customers.*", "attachments.*"), "person" if path == PEOPLE else "company"
    this, other = made(bob, path), made(bob, path)
    pages = ("change", "overview", "timeline", "deals", "files")
    before = {page: bob.get(reverse(f"admin:customers_{kind}_{page}", args=[other])).status_code for page in pages}
    assert set(before.values()) == {200}
    assert merged(bob, this, other, path).status_code == 200
    for page in pages:
        answer = bob.get(reverse(f"admin:customers_{kind}_{page}", args=[other]))
        assert (answer.status_code, answer.get("Location")) == (
            302,
            reverse(f"admin:customers_{kind}_{page}", args=[this]),
        )
        assert bob.post(reverse(f"admin:customers_{kind}_{page}", args=[other]), {}).status_code == 404
        stranger = clerk(house, "customers.*", organization=house.south)
        assert stranger.get(reverse(f"admin:customers_{kind}_{page}", args=[other])).status_code == 404


def test_undo_brings_both_back_to_the_letter_and_redo_merges_again(bob: Client, house: House) -> None:
    tag = str(make_tag(house).pk)
    this = made(bob, contact_points=[WORK], addresses=[OFFICE], tag_ids=[tag], cf_pronouns="she")
    other = made(bob, contact_points=[WORK, HOME], addresses=[OFFICE], tag_ids=[tag], cf_newsletter=True)
    before = state(house)
    answer = merged(bob, this, other)
    after = state(house)
    assert before != after
    undone = send(bob, "post", f"/api/audit_logs/actions/{answer['X-Action-Id']}/undo/", {})
    assert (undone.status_code, state(house)) == (200, before), undone.content
    assert bob.get(f"{PEOPLE}{other}/").status_code == 200
    assert send(bob, "post", f"/api/audit_logs/actions/{undone['X-Action-Id']}/undo/", {}).status_code == 200
    assert state(house) == after


def test_the_history_names_both(bob: Client) -> None:
    answer = merged(bob, made(bob), made(bob, last_name="King"), last_name="this", display_name="this")
    action = bob.get(f"/api/audit_logs/actions/{answer['X-Action-Id']}/").json()
    assert action["resource_label"] == "Ada Lovelace, with Ada King"


def test_companies_become_one_with_what_belongs_to_them(bob: Client) -> None:
    top = made(bob, COMPANIES, brand_name="Top")
    this = made(bob, COMPANIES, parent_id=top)
    other = made(bob, COMPANIES, brand_name="Engines Ltd", annual_revenue="5", annual_revenue_currency="GBP")
    low = made(bob, COMPANIES, brand_name="Low", parent_id=other)
    record = merged(bob, this, other, COMPANIES, brand_name="this").json()
    assert (record["brand_name"], record["annual_revenue"], record["annual_revenue_currency"], record["parent_id"]) == (
        "Engines", "5.0000", "GBP", top,
    )  # fmt: skip
    assert bob.get(f"{COMPANIES}{low}/").json()["parent_id"] == this
    assert merged(bob, this, top, COMPANIES).json()["parent_id"] is None


def test_a_company_never_comes_to_belong_to_itself(bob: Client) -> None:
    top = made(bob, COMPANIES, brand_name="Top")
    middle = made(bob, COMPANIES, brand_name="Middle", parent_id=top)
    low = made(bob, COMPANIES, brand_name="Low", parent_id=middle)
    answer = merged(bob, low, top, COMPANIES)
    assert (answer.status_code, answer.json()["code"]) == (409, "customers.company.parent_circle")
    assert bob.get(f"{COMPANIES}{top}/").status_code == 200
    assert merged(bob, low, top, COMPANIES, parent_id="other").json()["parent_id"] is None


def test_what_is_wrong_is_said_and_nothing_is_written(bob: Client, house: House, other_house: House) -> None:
    this = made(bob)
    south, stranger = made(clerk(house, organization=house.south)), str(make_person(other_house).pk)
    unknown = {"other_id": "kernel.reference.unknown"}
    company = made(bob, COMPANIES)
    gone = made(bob)
    send(bob, "delete", f"{PEOPLE}{gone}/")
    before = state(house)
    for other in (south, stranger, company, gone, "01a2056d-6f6b-75e5-baed-229d1661d77d"):
        assert complaints(merged(bob, this, other)) == unknown
    assert complaints(merged(bob, this, this)) == {"other_id": "customers.merge.impossible"}
    assert merged(bob, gone, this).status_code == 404
    assert state(house) == before
    twin = made(bob)
    assert complaints(merged(bob, this, twin, colour="this")) == {"choices.colour": "customers.merge.field_unknown"}
    assert "choices.last_name" in complaints(merged(bob, this, twin, last_name="both"))
    wide = clerk(house, "customers.*", organization=house.root)
    assert complaints(merged(wide, this, south)) == {"other_id": "customers.merge.impossible"}
    assert complaints(send(bob, "post", f"{PEOPLE}{this}/merge/", {"colour": 1})).keys() == {"other_id", "colour"}


def test_merging_needs_its_own_permission(house: House) -> None:
    employee = clerk(house, "customers.people.manage", "customers.companies.manage")
    answer = merged(employee, made(employee), made(employee))
    assert (answer.status_code, answer.json()["feature"]) == (403, "customers.merge")


def test_somebody_who_is_hidden_from_the_actor_is_not_merged(bob: Client, house: House) -> None:
    this, hidden = make_person(house), make_person(house, "Ada King", is_restricted=True)
    assert complaints(merged(bob, str(this.pk), str(hidden.pk))) == {"other_id": "kernel.reference.unknown"}
    assert merged(bob, str(hidden.pk), str(this.pk)).status_code == 404
    with reading(house.scope()):
        assert not Customer.objects.filter(merged_into_id__isnull=False).exists()


def test_an_address_of_somebody_hidden_leads_nowhere(bob: Client, house: House) -> None:
    this, other = made(bob), made(bob)
    merged(bob, this, other)
    with seeding(house.scope(house.north)):
        Person.objects.filter(pk=this).update(is_restricted=True)
    assert bob.get(f"{PEOPLE}{other}/").status_code == 404


def test_a_merge_at_another_version_is_refused_and_a_key_counts_once(bob: Client) -> None:
    this, other, third = (made(bob) for _ in range(3))
    body = {"other_id": other}
    stale = send(bob, "post", f"{PEOPLE}{this}/merge/", body, **{"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["current_version"]) == (412, 1)
    key = {"Idempotency-Key": "merge-1"}
    answers = [send(bob, "post", f"{PEOPLE}{this}/merge/", body, **key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert bob.get(f"{PEOPLE}{third}/").status_code == 200


def test_restricted_customers_are_merged_with_each_other_only(house: House) -> None:
    boss = client_of(make_user(house, roles=(make_role(house, is_super_admin=True),)), organization=house.north)
    open_one, *closed = (make_person(house), *(make_person(house, is_restricted=True) for _ in range(2)))
    answer = merged(boss, str(open_one.pk), str(closed[0].pk))
    assert (answer.status_code, answer.json()["code"]) == (409, "customers.merge.access_differs")
    assert merged(boss, str(closed[0].pk), str(closed[1].pk)).json()["is_restricted"] is True
