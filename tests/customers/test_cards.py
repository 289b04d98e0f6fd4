"""Cards in the overview of a person, company or deal: what is planned, and open deals."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from apps.kernel import clock
from tests.customers.factories import make_company, make_deal, make_interaction, make_person
from tests.directory.callers import client_of, member
from tests.support.scopes import House

VIEWS = ("customers.people.view", "customers.companies.view", "customers.deals.view", "customers.interactions.view")


def overview(client: Client, record: object) -> str:
    kind = type(record).__name__.lower()
    return client.get(f"/backend/customers/{kind}/{record.pk}/overview/").content.decode()  # type: ignore[attr-defined]


def test_a_person_s_plans_and_deals_stand_on_their_page(house: House) -> None:
    ada, bob = make_person(house), make_person(house)
    tomorrow = clock.now() + timedelta(days=1)
    make_interaction(house, "Talk about engines", customer_id=ada.pk, scheduled_at=tomorrow)
    make_interaction(house, "Past", customer_id=ada.pk, scheduled_at=clock.now() - timedelta(days=1))
    make_deal(
        house, title="Twelve engines", people=[{"person_id": ada.pk}], value_amount="1200.50", value_currency="EUR"
    )
    reader = client_of(member(house, *VIEWS), organization=house.north)
    page = overview(reader, ada)
    assert "Talk about engines" in page
    assert "Twelve engines" in page
    assert "€1,200.50" in page
    assert ">Past<" not in page
    assert "Plan something" not in page
    assert "Twelve engines" not in overview(reader, bob)


def test_a_company_s_too(house: House) -> None:
    yard = make_company(house)
    make_deal(house, title="A crane", companies=[{"company_id": yard.pk}])
    page = overview(client_of(member(house, "customers.*"), organization=house.north), yard)
    assert "A crane" in page
    assert "Nothing is planned." in page
    assert f"customer_id={yard.pk}" in page


def test_who_may_not_see_them_finds_no_card(house: House) -> None:
    ada = make_person(house)
    make_deal(house, title="Twelve engines", people=[{"person_id": ada.pk}])
    page = overview(client_of(member(house, "customers.people.view"), organization=house.north), ada)
    assert "cu-deals" not in page
    assert "cu-planned" not in page
