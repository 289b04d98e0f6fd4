"""Pages of consents, of who may see a record, of erased people: what they show, and that they write by commands."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.auth.models import User
from apps.customers.models import Company, Consent, Deal, Person
from apps.kernel.ids import uuid7
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.customers.factories import make_company, make_deal, make_person
from tests.dictionaries.factories import entry_of, make_dictionary
from tests.support.scopes import House, seeding

FEATURES = ("customers.*", "dictionaries.view", "audit_logs.*")


def user(house: House, name: str, *features: str) -> User:
    roles = (make_role(house, *(features or FEATURES), name=f"{name}s"),)
    return make_user(house, name=name, roles=roles, home_organization_id=house.north.pk)


@pytest.fixture
def alice(house: House) -> Client:
    return signed_in(user(house, "Alice"))


@pytest.fixture
def news(house: House) -> str:
    return str(entry_of(house, make_dictionary(house, "News", key="customers.consent_purpose"), "News").pk)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def consents(person: Person) -> str:
    return f"{reverse('admin:customers_consents')}?id={person.pk}"


def access(record: Person | Company | Deal) -> str:
    page = {Person: "access", Company: "company_access", Deal: "deal_access"}[type(record)]
    return f"{reverse(f'admin:customers_{page}')}?entity={record.entity_id}&id={record.pk}"


def titled(house: House, title: str) -> Deal:
    return make_deal(house, title=title)


def change(record: Person | Company | Deal) -> str:
    return reverse(f"admin:customers_{record._meta.model_name}_change", args=[record.pk])


def test_a_consent_is_written_down_and_shown(alice: Client, house: House, news: str) -> None:
    person = make_person(house)
    assert "Nothing has been written down yet" in text(alice.get(consents(person)))
    body = {"state": "given", "purpose_id": news, "channel": "email", "source": "Fair", "evidence": "Yes, please"}
    answer = alice.post(consents(person), body)
    assert (answer.status_code, answer["Location"]) == (302, consents(person))
    page = text(alice.get(consents(person)))
    for word in ("What holds now", "News", "Fair", "Yes, please", "Alice"):
        assert word in page
    with seeding(house.scope()):
        row = Consent.objects.get()
        assert (row.state, row.channel, row.evidence, row.customer_id) == ("given", "email", "Yes, please", person.pk)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"at": "2999-01-01T10:00"}, "This lies in the future."),
        ({"purpose_id": str(uuid7())}, "Select a valid choice"),
        ({"at": "yesterday"}, "Enter a valid date/time."),
    ],
)
def test_a_wrong_consent_is_shown_again(
    alice: Client, house: House, news: str, given: dict[str, str], complaint: str
) -> None:
    person = make_person(house)
    body = {"state": "given", "purpose_id": news, "channel": "any", "source": "Fair", **given}
    answer = alice.post(consents(person), body)
    assert answer.status_code == 200
    assert complaint in text(answer)
    assert 'value="Fair"' in text(answer)
    with seeding(house.scope()):
        assert not Consent.objects.exists()


def test_readers_see_consents_and_write_none(house: House, news: str) -> None:
    reader, person = signed_in(user(house, "Bob", "customers.people.view")), make_person(house)
    page = text(reader.get(consents(person)))
    assert "Write down what the person says" not in page
    assert reader.post(consents(person), {"state": "given", "purpose_id": news}).status_code == 403
    assert signed_in(user(house, "Carol", "customers.companies.view")).get(consents(person)).status_code == 403


@pytest.mark.parametrize(
    ("make", "feature"),
    [
        (make_person, "customers.people.manage"),
        (make_company, "customers.companies.manage"),
        (titled, "customers.deals.manage"),
    ],
)
def test_a_record_is_restricted_shared_and_opened_again(alice: Client, house: House, make: Any, feature: str) -> None:
    record, carol = make(house, "Zoroaster"), user(house, "Carol", feature)
    other = signed_in(carol)
    assert "Who may see it" in text(alice.get(change(record)))
    assert alice.post(access(record), {"step": "restrict"}).status_code == 302
    assert other.get(change(record)).status_code == 404
    assert other.get(access(record)).status_code == 404
    assert alice.post(access(record), {"step": "share", "user_id": carol.pk, "level": "view"}).status_code == 302
    assert other.get(change(record)).status_code == 200
    assert other.get(access(record)).status_code == 403
    page = text(alice.get(access(record)))
    assert "Carol" in page
    assert "Show it to everybody again" in page
    assert alice.post(access(record), {"step": "unshare", "holder": f"user:{carol.pk}"}).status_code == 302
    assert other.get(change(record)).status_code == 404
    assert alice.post(access(record), {"step": "unrestrict"}).status_code == 302
    assert other.get(change(record)).status_code == 200


def test_sharing_with_nobody_is_shown_again(alice: Client, house: House) -> None:
    person = make_person(house)
    answer = alice.post(access(person), {"step": "share", "level": "view"})
    assert answer.status_code == 200
    assert "Name either a user or a role." in text(answer)


@pytest.mark.parametrize("body", [{"step": "burn"}, {"step": "unshare", "holder": "user:x"}, {}])
def test_unknown_steps_lead_nowhere(alice: Client, house: House, body: dict[str, str]) -> None:
    assert alice.post(access(make_person(house)), body).status_code == 404


def test_missing_and_foreign_records_have_no_pages(alice: Client, other_house: House) -> None:
    foreign = make_person(other_house)
    for address in (consents(foreign), access(foreign), reverse("admin:customers_access"), f"{access(foreign)}x"):
        assert alice.get(address).status_code == 404
    assert alice.get(access(foreign).replace("customers.person", "auth.user")).status_code == 404


def test_a_person_is_erased_by_their_typed_name(alice: Client, house: House) -> None:
    person = make_person(house)
    press = reverse("admin:customers_person_press", args=[person.pk, "erase"])
    assert "Nobody can take it back" in text(alice.get(press))
    wrong = alice.post(press, {"name": "Ada", "reason": "Letter"})
    assert "Type the name as it stands on the record." in text(wrong)
    assert alice.post(press, {"name": "Ada Lovelace", "reason": "Letter of 3 March"}).status_code == 302
    page = text(alice.get(reverse("admin:kernel_erasure_changelist")))
    assert f"Erased person {person.pk.hex[-8:]}" in page
    assert "Letter of 3 March" in page
    assert press not in text(alice.get(change(person)))
    assert alice.get(press).status_code == 404


def test_the_buttons_are_for_those_who_may(house: House) -> None:
    clerk, person = signed_in(user(house, "Bob", "customers.people.manage")), make_person(house)
    page = text(clerk.get(change(person)))
    assert "do/erase/" not in page
    assert "do/export/" not in page
    assert clerk.get(reverse("admin:kernel_erasure_changelist")).status_code == 403


def test_lists_of_consents_hide_those_of_hidden_people(alice: Client, house: House, news: str) -> None:
    person = make_person(house, "Zoroaster")
    alice.post(consents(person), {"state": "given", "purpose_id": news, "channel": "any"})
    other = signed_in(user(house, "Carol", "customers.people.manage"))
    address = reverse("admin:customers_consent_changelist")
    assert "Zoroaster" in text(other.get(address))
    alice.post(access(person), {"step": "restrict"})
    assert "Zoroaster" in text(alice.get(address))
    assert "Zoroaster" not in text(other.get(address))
