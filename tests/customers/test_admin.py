"""Pages of people and companies in the back office."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlencode

from apps.customers.models import Person, Tag, Tagging
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.customers.factories import make_group, make_person, make_tag
from tests.dictionaries.factories import entry_of, make_dictionary
from tests.support.scopes import House, seeding

ADD = "admin:customers_person_add"
NO_ROWS = {
    f"{prefix}-{name}": value
    for prefix in ("contact_points", "addresses", "employments")
    for name, value in {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}.items()
}


@pytest.fixture
def alice(house: House) -> Client:
    role = make_role(house, "customers.*", "dictionaries.view", "audit_logs.*")
    return signed_in(make_user(house, name="Alice", roles=(role,), home_organization_id=house.north.pk))


def only_person(house: House) -> Person:
    with seeding(house.scope()):
        person: Person = Person.objects.get()
    return person


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_person_is_added_with_an_email_an_address_and_tags(alice: Client, house: House) -> None:
    tag, group = make_tag(house, "Press"), make_group(house)
    body = {
        **NO_ROWS,
        "first_name": "Ada",
        "last_name": "Lovelace",
        "tag_ids": [tag.pk],
        "group_ids": [group.pk],
        "contact_points-TOTAL_FORMS": 2,
        "contact_points-0-channel": "email",
        "contact_points-0-type": "work",
        "contact_points-0-value": "Ada@Example.org",
        "contact_points-1-channel": "phone",
        "contact_points-1-type": "mobile",
        "contact_points-1-value": "+44 20 7946 0958",
        "addresses-TOTAL_FORMS": 1,
        "addresses-0-purpose": "home",
        "addresses-0-line1": "St James's Square 12",
        "addresses-0-city": "London",
    }
    answer = alice.post(reverse(ADD), body, follow=True)
    assert answer.status_code == 200
    assert "Ada Lovelace" in text(answer)
    page = alice.get(reverse("admin:customers_person_change", args=[only_person(house).pk]))
    for expected in ("ada@example.org", "+442079460958", "London"):
        assert expected in text(page), expected
    form = page.context["adminform"].form
    assert (form.initial["tag_ids"], form.initial["group_ids"]) == ([tag.pk], [group.pk])


def test_what_is_wrong_stands_beside_its_row(alice: Client, house: House) -> None:
    body = {
        **NO_ROWS,
        "contact_points-TOTAL_FORMS": 1,
        "contact_points-0-channel": "email",
        "contact_points-0-type": "work",
        "contact_points-0-value": "nonsense",
    }
    answer = alice.post(reverse(ADD), body)
    shown = text(answer)
    assert "Enter a valid e-mail address." in shown
    assert "Give a name." in shown
    with seeding(house.scope()):
        assert not Person.objects.exists()


def test_a_row_is_taken_away_and_another_becomes_the_primary_one(alice: Client, house: House) -> None:
    body = {**NO_ROWS, "first_name": "Ada", "contact_points-TOTAL_FORMS": 2}
    for index, value in enumerate(("a@example.org", "b@example.org")):
        row = {"channel": "email", "type": "work", "value": value}
        body |= {f"contact_points-{index}-{name}": item for name, item in row.items()}
    alice.post(reverse(ADD), body)
    person = only_person(house)
    address = reverse("admin:customers_person_change", args=[person.pk])
    formset = alice.get(address).context["inline_admin_formsets"][0].formset
    ids = [form.instance.pk for form in formset.initial_forms]
    body |= {"contact_points-INITIAL_FORMS": 2, "contact_points-0-DELETE": "on", "expected_version": 1}
    body |= {f"contact_points-{index}-id": item for index, item in enumerate(ids)}
    body |= {f"contact_points-{index}-customer": person.pk for index in range(2)}
    answer = alice.post(address, body, follow=True)
    assert answer.status_code == 200
    formset = alice.get(address).context["inline_admin_formsets"][0].formset
    assert [(form.instance.value, form.instance.is_primary) for form in formset.initial_forms] == [
        ("b@example.org", True)
    ]


def test_lists_show_who_there_is_and_say_what_to_do_when_there_is_nobody(alice: Client, house: House) -> None:
    assert "Add the first person" in text(alice.get(reverse("admin:customers_person_changelist")))
    make_person(house, "Grace Hopper", job_title="Admiral")
    shown = text(alice.get(reverse("admin:customers_person_changelist")))
    assert "Grace Hopper" in shown
    assert "Admiral" in shown


def test_tags_of_other_organizations_are_not_offered(house: House) -> None:
    own, person = make_tag(house, "Press"), make_person(house)
    with seeding(house.scope(house.south)):
        other = Tag(label="Press", normalized_label="press")
        other.save(force_insert=True)
    role = make_role(house, "customers.*")
    alice = signed_in(make_user(house, name="Alice", roles=(role,), home_organization_id=house.root.pk))
    change = reverse("admin:customers_person_change", args=[person.pk])
    pages = change, reverse(ADD)
    assert [[str(tag.pk) in text(alice.get(page)) for tag in (own, other)] for page in pages] == [
        [True, False],
        [False, False],
    ]
    with seeding(house.scope(house.north)):
        Tagging(customer_id=person.pk, tag_id=other.pk).save(force_insert=True)
    assert str(other.pk) in text(alice.get(change))


def test_a_list_says_how_many_there_are_in_words_for_any_number(alice: Client, house: House) -> None:
    make_person(house)
    assert "1 person <" in text(alice.get(reverse("admin:customers_person_changelist")))
    assert "1 osoba <" in text(
        alice.get(reverse("admin:customers_person_changelist"), headers={"accept-language": "pl"})
    )


@pytest.mark.parametrize("kind", ["company", "tag", "customergroup"])
def test_other_pages_open(alice: Client, kind: str) -> None:
    for page in ("changelist", "add"):
        assert alice.get(reverse(f"admin:customers_{kind}_{page}")).status_code == 200


def test_completions_offer_the_field_its_own_dictionary(alice: Client, house: House) -> None:
    statuses = make_dictionary(house, "Active", key="customers.status", is_system=True)
    make_dictionary(house, "Actor", key="professions")
    asked = {"app_label": "customers", "model_name": "person", "field_name": "status_id", "term": "act"}
    found = alice.get(reverse("admin:references"), asked).json()["results"]
    assert found == [{"id": str(entry_of(house, statuses, "Active").pk), "text": "Active"}]


def test_pages_of_duplicates_and_merging_cost_the_same_however_much_there_is(alice: Client, house: House) -> None:
    addresses = [reverse("admin:customers_duplicates")]
    costs: list[list[int]] = [[], []]
    for number in (2, 8):
        people = [make_person(house, f"Ada {number}", job_title=str(index)) for index in range(number)]
        pair: dict[str, Any] = {"kind": "person", "this": people[0].pk, "other": people[1].pk}
        addresses[1:] = [f"{reverse('admin:customers_merge')}?{urlencode(pair)}"]
        for place, address in enumerate(addresses):
            alice.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert alice.get(address).status_code == 200
            costs[place].append(len(captured))
    assert [cost[0] == cost[1] for cost in costs] == [True, True]
    assert costs[0][0] <= 24, costs


def test_a_merge_asks_for_records_that_are_there_and_for_its_permission(alice: Client, house: House) -> None:
    address = reverse("admin:customers_merge")
    person = make_person(house)
    assert alice.get(address)["Location"] == reverse("admin:customers_duplicates")
    for query in ("?kind=dog&this=1", f"?kind=company&this={person.pk}", "?kind=person&this=nonsense"):
        assert alice.get(f"{address}{query}").status_code == 404
    chosen = alice.get(f"{address}?kind=person&this={person.pk}&other={person.pk}")
    assert "Which record is the same as Ada Lovelace?" in text(chosen)
    employee = signed_in(make_user(house, roles=(make_role(house, "customers.people.manage"),)))
    for page in (address, reverse("admin:customers_duplicates")):
        assert employee.get(page).status_code == 403
    shown = text(employee.get(reverse("admin:customers_person_changelist")))
    assert "Duplicates" not in shown


def test_only_pairs_that_are_there_are_decided_about(alice: Client, house: House) -> None:
    address, person = reverse("admin:customers_duplicates"), make_person(house)
    assert alice.post(address, {"first_id": "nonsense", "second_id": person.pk}).status_code == 404
    refused = alice.post(address, {"first_id": person.pk, "second_id": person.pk})
    assert refused.status_code == 400
    assert "Choose two different customers" in text(refused)
