"""People and companies are found by their e-mails and phones as a whole, whoever changed those and however."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from tests.customers.factories import COMPANIES, PEOPLE, WORKS, clerk, make_company
from tests.directory.callers import send
from tests.search.factories import build_index, catch_up, drift_of
from tests.search.test_secrets import tables_with
from tests.support.scopes import House

POINTS = "/api/customers/contact-points/"
EMAIL = {"channel": "email", "value": "ada@quetzal.example"}
PHONE = {"channel": "phone", "value": "+48 601 234 987"}

pytestmark = pytest.mark.committed


@pytest.fixture(autouse=True)
def index(settings: LazySettings, house: House) -> None:
    """An index that follows."""
    settings.EXTENSIONS_DISABLED = []
    build_index(house, "customers.person", "customers.company")


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house, *WORKS, "search.view", "audit_logs.*")


def found(bob: Client, text: str, path: str = PEOPLE) -> list[str]:
    """Names that the list finds; the search of all records finds the same."""
    catch_up()
    listed = [row["display_name"] for row in bob.get(path, {"q": text}).json()["results"]]
    assert [row["title"] for row in bob.get("/api/search/", {"q": text}).json()["results"]] == listed
    return listed


def test_a_person_is_found_by_a_whole_email_or_phone_however_it_is_typed(bob: Client, house: House) -> None:
    send(bob, "post", PEOPLE, {"first_name": "Ada", "last_name": "King", "contact_points": [EMAIL, PHONE]})
    for text in ("Ada@Quetzal.example", "+48601234987", "601 234 987", "601-234-987", "0048 601 234 987"[2:]):
        assert found(bob, text) == ["Ada King"], text
    for part in ("quetzal", "ada@quetzal", "601 234"):
        assert found(bob, part) == []
    assert "search_document" not in tables_with("quetzal")
    assert drift_of(house, "customers.person").total == 0


def test_search_follows_what_becomes_of_a_single_email(bob: Client) -> None:
    person = send(bob, "post", PEOPLE, {"first_name": "Ada", "last_name": "King"}).json()["id"]
    point: Any = send(bob, "post", POINTS, {**EMAIL, "customer_id": person}).json()["id"]
    assert found(bob, EMAIL["value"]) == ["Ada King"]
    send(bob, "patch", f"{POINTS}{point}/", {"value": "king@quetzal.example"})
    assert (found(bob, EMAIL["value"]), found(bob, "king@quetzal.example")) == ([], ["Ada King"])
    gone = bob.delete(f"{POINTS}{point}/")
    assert found(bob, "king@quetzal.example") == []
    send(bob, "post", f"/api/audit_logs/actions/{gone['X-Action-Id']}/undo/", {})
    assert found(bob, "king@quetzal.example") == ["Ada King"]


def test_a_company_is_found_in_the_same_way(bob: Client, house: House) -> None:
    company = make_company(house)
    send(bob, "post", POINTS, {**PHONE, "customer_id": str(company.pk)})
    assert found(bob, PHONE["value"], COMPANIES) == ["Engines"]


def test_an_erased_person_is_found_by_nothing(bob: Client) -> None:
    reached = {"first_name": "Ada", "last_name": "King", "contact_points": [EMAIL, PHONE]}
    person = send(bob, "post", PEOPLE, reached).json()["id"]
    assert found(bob, EMAIL["value"]) == ["Ada King"]
    assert send(bob, "post", f"{PEOPLE}{person}/erase/", {"name": "Ada King", "reason": "asked"}).status_code == 200
    assert (found(bob, EMAIL["value"]), found(bob, PHONE["value"])) == ([], [])
