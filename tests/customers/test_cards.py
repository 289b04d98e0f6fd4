"""Cards in the overview of a person, company or deal: what is planned, open deals, and files."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.kernel import clock
from tests.attachments.factories import uploaded
from tests.customers.factories import make_company, make_deal, make_interaction, make_person
from tests.directory.callers import client_of, member
from tests.support.scopes import House

VIEWS = ("customers.people.view", "customers.companies.view", "customers.deals.view", "customers.interactions.view")


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


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


@pytest.mark.parametrize("kind", ["person", "company", "deal"])
def test_files_stand_on_the_overview_and_are_added_there(house: House, kind: str) -> None:
    made: dict[str, Any] = {"person": make_person, "company": make_company, "deal": make_deal}
    record: Any = made[kind](house)
    plural = {"person": "people", "company": "companies", "deal": "deals"}[kind]
    alice = client_of(member(house, f"customers.{plural}.manage"), organization=house.north)
    assert "There are no files here yet." in overview(alice, record)
    uploaded(alice, record, entity=record.entity_id, name="offer.txt")
    page = overview(alice, record)
    for expected in ("offer.txt", "Add files", f'data-entity="{record.entity_id}"', f'data-record="{record.pk}"'):
        assert expected in page, expected
    looking = overview(client_of(member(house, f"customers.{plural}.view"), organization=house.north), record)
    assert ("offer.txt" in looking, "Add files" in looking) == (True, False)
