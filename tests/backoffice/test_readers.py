"""Whoever may only look at a record reads what stands in its form beside the record's own fields, too."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils.html import strip_tags

from apps.catalog.models import CategoryAssignment, ProductTagging
from apps.customers.models import PersonCompany, PersonCompanyRole, Tagging
from apps.kernel.admin.readings import json_text
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.catalog.factories import make_category, make_product, saved
from tests.catalog.factories import make_tag as make_product_tag
from tests.customers.factories import (
    make_company,
    make_company_roles,
    make_deal,
    make_interaction,
    make_person,
    make_tag,
)
from tests.entities.factories import make_field
from tests.support.scopes import House, seeding

VIEWS = (
    "catalog.products.view",
    "customers.people.view",
    "customers.companies.view",
    "customers.deals.view",
    "customers.interactions.view",
)
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
Shown = tuple[str, dict[str, str]]


def person(house: House) -> Shown:
    row = make_person(house)
    tag, company, (buyer,) = make_tag(house, "VIP"), make_company(house, "Initech"), make_company_roles(house, "Buyer")
    with seeding(house.scope(house.north)):
        Tagging.objects.create(customer_id=row.pk, tag=tag)
        place = PersonCompany.objects.create(person=row, company=company)
        PersonCompanyRole.objects.create(place=place, role_id=buyer)
    return f"customers/person/{row.pk}", {"Tags": "VIP", "Groups": "—"}


def series(house: House) -> Shown:
    ada = make_person(house)
    row = make_interaction(house, customer_id=ada.pk, scheduled_at=AT, recurrence="FREQ=WEEKLY;BYDAY=MO,TH;COUNT=5")
    return f"customers/interaction/{row.pk}", {"Repeats": "Every week", "Times": "5", "Customer": "Ada Lovelace"}


def deal(house: House) -> Shown:
    row = make_deal(house, value_amount="32500.50", value_currency="PLN")
    return f"customers/deal/{row.pk}", {"Stage": "Talk", "Value": "32500.5"}


def product(house: House) -> Shown:
    row, tag, category = make_product(house), make_product_tag(house, "New"), make_category(house, "Clothes")
    saved(house, ProductTagging(product=row, tag=tag))
    saved(house, CategoryAssignment(product=row, category=category))
    return f"catalog/product/{row.pk}", {"Tags": "New", "Categories": "Clothes"}


def value_under(label: str, page: str) -> str:
    """What the page shows for the label, without its marks."""
    found = re.search(rf">\s*{label}\s*</label>.*?class=\"readonly[^>]*>(.*?)</div>", page, re.DOTALL)
    return strip_tags(found[1]).strip() if found else "no such label"


@pytest.mark.parametrize("make", [person, series, deal, product])
def test_a_readers_page_tells_what_the_form_holds(house: House, make: Callable[[House], Shown]) -> None:
    readers = make_role(house, *VIEWS)
    alice = signed_in(make_user(house, name="Alice", roles=(readers,), home_organization_id=house.root.pk))
    place, told = make(house)
    page = alice.get(f"/backend/{place}/change/").content.decode()
    assert 'name="_save"' not in page
    for label, value in told.items():
        assert value_under(label, page) == value, label


def test_rows_below_it_too(house: House) -> None:
    readers = make_role(house, *VIEWS)
    alice = signed_in(make_user(house, name="Alice", roles=(readers,), home_organization_id=house.root.pk))
    place, _told = person(house)
    page = alice.get(f"/backend/{place}/change/").content.decode()
    rows = page[page.index("Places of work") :]
    assert [strip_tags(item).strip() for item in re.findall(r"field-role_ids[^>]*>(.*?)</td>", rows, re.DOTALL)] == [
        "Buyer"
    ]
    assert "Role ids" not in page


def test_tables_without_rows_are_left_out(house: House) -> None:
    readers, writers = make_role(house, *VIEWS), make_role(house, "customers.*")
    rita, will = (
        signed_in(make_user(house, name=name, roles=(role,), home_organization_id=house.north.pk))
        for name, role in (("Rita", readers), ("Will", writers))
    )
    page = f"/backend/customers/interaction/{make_interaction(house).pk}/change/"
    assert ["Participants" in person.get(page).content.decode() for person in (rita, will)] == [False, True]


def test_inputs_show_numbers_without_noughts_at_their_end(house: House) -> None:
    writer = signed_in(make_user(house, roles=(make_role(house, "customers.*"),), home_organization_id=house.north.pk))
    shown = {}
    for amount in ("32500", "12.5", "0.0001", "100.00"):
        row = make_deal(house, value_amount=amount, value_currency="PLN")
        page = writer.get(f"/backend/customers/deal/{row.pk}/change/").content.decode()
        found = re.search(r'name="value_amount" value="([^"]*)"', page)
        shown[amount] = found[1] if found else "no input"
    assert shown == {"32500": "32500", "12.5": "12.5", "0.0001": "0.0001", "100.00": "100"}


OPTIONS = [{"value": "red", "label": "Red", "colour": "#ff0000"}, {"value": "blue", "label": "Blue"}]


@pytest.mark.parametrize(
    ("kind", "parts", "options", "default"),
    [
        ("integer", {}, "—", "—"),
        ("boolean", {"default": False}, "—", "No"),
        ("integer", {"default": 0}, "—", "0"),
        ("select", {"options": OPTIONS, "default": "red"}, "red | Red | #ff0000\nblue | Blue", "red"),
        (
            "multiselect",
            {"options": OPTIONS, "default": ["red", "blue"]},
            "red | Red | #ff0000\nblue | Blue",
            "red, blue",
        ),
    ],
)
def test_a_readers_page_words_columns_of_json(
    house: House, kind: str, parts: dict[str, Any], options: str, default: str
) -> None:
    readers = make_role(house, "entities.definitions.view")
    rita = signed_in(make_user(house, roles=(readers,), home_organization_id=house.north.pk))
    field = make_field(house, "tint", kind, **parts)
    page = rita.get(f"/backend/entities/fielddefinition/{field.pk}/change/").content.decode()
    assert 'name="_save"' not in page
    assert (value_under("Options", page), value_under("Default", page)) == (options, default)
    assert "white-space: pre-wrap" not in page


def test_json_without_an_input_of_its_own_is_told_part_by_part() -> None:
    value = {"source": "ecb", "days": [1, 2], "strict": True, "more": {"a": None, "b": []}, "none": {}}
    assert json_text(value) == "source: ecb\ndays: 1, 2\nstrict: Yes\nmore: a: —, b: —\nnone: —"
    values: list[Any] = [None, [], {}, "", False, 0, "x", ["a", {"b": 1}]]
    assert [json_text(item) for item in values] == [*["—"] * 4, "No", "0", "x", "a\nb: 1"]
