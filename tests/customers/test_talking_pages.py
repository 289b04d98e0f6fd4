"""The overview of people and companies, their timelines, comments and labels in the back office."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.auth.models import User
from apps.customers.models import Comment, Company, Follower, Label, Labelling, Mention, Person, PersonCompany
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.backoffice.currencies import text_of
from tests.customers.factories import WORKS, make_company, make_person
from tests.support.scopes import House, seeding

EVERYTHING = (*WORKS, "dictionaries.view", "audit_logs.*", "auth.users.view")


@pytest.fixture
def user(house: House) -> User:
    return staff(house, "Alice", *EVERYTHING)


@pytest.fixture
def alice(user: User) -> Client:
    return signed_in(user)


def staff(house: House, name: str, *features: str) -> User:
    return make_user(house, name=name, roles=(make_role(house, *features),), home_organization_id=house.north.pk)


def at(record: Person | Company, name: str) -> str:
    return reverse(f"admin:customers_{record._meta.model_name}_{name}", args=[record.pk])


def employ(house: House, person: Person, company: Company) -> None:
    with seeding(house.scope(house.north)):
        PersonCompany(person=person, company=company, is_primary=True).save(force_insert=True)


def stored(house: House, model: Any) -> list[Any]:
    with seeding(house.scope()):
        return list(model.objects.all())


def test_the_overview_shows_who_they_are_and_leads_on(alice: Client, house: House) -> None:
    person, company = make_person(house, "Ada Lovelace", job_title="Countess"), make_company(house, "Engines")
    employ(house, person, company)
    page = alice.get(at(person, "overview"))
    words = text_of(page.content)
    for word in ("Ada Lovelace", "Countess", "Engines", "No e-mail and no phone yet."):
        assert word in words, word
    for there in (at(person, "change"), at(person, "timeline"), at(company, "overview")):
        assert f'href="{there}' in page.content.decode()
    assert 'aria-current="page">Overview' in page.content.decode()
    assert "Ada Lovelace" in text_of(alice.get(at(company, "overview")).content)


def test_lists_and_references_lead_to_the_overview(alice: Client, house: House) -> None:
    person = make_person(house)
    listed = alice.get(reverse("admin:customers_person_changelist")).content.decode()
    assert f'href="{at(person, "overview")}' in listed


def test_what_the_reader_may_not_is_not_offered(house: House) -> None:
    person, company = make_person(house), make_company(house, "Engines")
    employ(house, person, company)
    looking = signed_in(staff(house, "Bob", "customers.people.view"))
    page = looking.get(at(person, "overview"))
    words = text_of(page.content)
    assert "Engines" not in words, "Bob sees no companies"
    for word in ("Follow", "My labels", "Edit", "Add comment"):
        assert word not in words, word
    assert looking.post(at(person, "comment"), {"body": "x"}).status_code == 403
    assert looking.post(at(person, "follow")).status_code == 403
    assert looking.get(at(company, "overview")).status_code == 403


def test_hidden_and_missing_people_have_no_overview(alice: Client, house: House, other_house: House) -> None:
    secret, foreign = make_person(house, is_restricted=True), make_person(other_house)
    for record in (secret, foreign):
        for name in ("overview", "timeline", "comment", "follow", "label"):
            assert alice.get(at(record, name)).status_code == 404, name
            assert alice.post(at(record, name), {"body": "x"}).status_code in {404, 405}, name
    assert stored(house, Comment) == []


def test_a_comment_is_written_on_the_timeline_and_stands_there(alice: Client, house: House) -> None:
    person, dora = make_person(house), staff(house, "Dora", "customers.*")
    answer = alice.post(at(person, "comment"), {"body": "Look, @Dora <b>", "mention_ids": [str(dora.pk), "x"]})
    assert (answer.status_code, answer["Location"]) == (302, at(person, "timeline"))
    page = alice.get(at(person, "timeline")).content.decode()
    assert "Look, @Dora &lt;b&gt;" in page
    assert page.count("Look, @Dora") >= 1
    assert 'name="body"' in page
    [comment] = stored(house, Comment)
    assert reverse("admin:customers_comment_change", args=[comment.pk]) in page
    assert [row.user_id for row in stored(house, Mention)] == [dora.pk]


def test_a_refused_comment_is_shown_again_as_it_was_written(alice: Client, house: House) -> None:
    person, dora = make_person(house), staff(house, "Dora", "customers.*")
    body = "x" * 8001
    answer = alice.post(at(person, "comment"), {"body": body, "mention_ids": [str(dora.pk)]})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert body in page
    assert "at most 8000" in page
    assert f'value="{dora.pk}"' in page
    assert stored(house, Comment) == []


def test_others_comments_are_read_and_not_changed(house: House) -> None:
    person, author = make_person(house), staff(house, "Carol", "customers.people.view", "customers.comments.write")
    signed_in(author).post(at(person, "comment"), {"body": "Mine."})
    [comment] = stored(house, Comment)
    change = reverse("admin:customers_comment_change", args=[comment.pk])
    dora = signed_in(staff(house, "Dora", "customers.people.view", "customers.comments.write"))
    assert change not in dora.get(at(person, "timeline")).content.decode()
    assert dora.post(change, {"body": "No.", "expected_version": 1}).status_code == 403
    assert "Mine." in text_of(dora.get(reverse("admin:customers_comment_changelist")).content)
    blind = signed_in(staff(house, "Eve", "customers.companies.view", "customers.comments.write"))
    assert "Mine." not in text_of(blind.get(reverse("admin:customers_comment_changelist")).content)
    assert blind.get(change).status_code == 404


def test_following_and_labels_are_switched_by_a_button(alice: Client, user: User, house: House) -> None:
    person = make_person(house)
    with seeding(house.scope(house.north)):
        label = Label(label="Call back", normalized_label="call back", user_id=user.pk)
        label.save(force_insert=True)
        Label(label="Dora's", normalized_label="dora's", user_id=house.tenant.pk).save(force_insert=True)
    page = alice.get(at(person, "overview")).content.decode()
    assert "Call back" in page
    assert "Dora" not in page
    for count in (1, 0):
        alice.post(at(person, "follow"))
        alice.post(at(person, "label"), {"label": str(label.pk)})
        assert [len(stored(house, model)) for model in (Follower, Labelling)] == [count, count]
        pressed = alice.get(at(person, "overview")).content.decode()
        assert pressed.count('aria-pressed="true"') == 1 + 2 * count, "one is the language"
    assert alice.post(at(person, "label"), {"label": "nonsense"}).status_code == 400


def test_people_to_mention_are_found_by_name(alice: Client, house: House) -> None:
    dora = staff(house, "Dora Example", "customers.*")
    found = alice.get(reverse("admin:customers_person_mentionable"), {"q": "dora"}).json()["results"]
    assert found == [{"id": str(dora.pk), "name": "Dora Example"}]
    looking = signed_in(staff(house, "Bob", "customers.people.view"))
    assert looking.get(reverse("admin:customers_person_mentionable")).status_code == 403


def test_a_label_of_ones_own_is_added_in_its_list(alice: Client, house: House) -> None:
    assert "for you alone" in text_of(alice.get(reverse("admin:customers_label_changelist")).content)
    answer = alice.post(reverse("admin:customers_label_add"), {"label": "Call back", "color": ""})
    assert answer.status_code == 302, answer.content
    dora = signed_in(staff(house, "Dora", "customers.*"))
    assert "Call back" not in text_of(dora.get(reverse("admin:customers_label_changelist")).content)
