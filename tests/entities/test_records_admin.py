"""Back office pages of record types and their records."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.entities.models import Record, RecordType
from apps.entities.services import create_definition, create_record, create_type
from apps.kernel.tenancy.scope import using_scope
from tests.directory.callers import client_of, member
from tests.support.scopes import House, seeding

TYPES, RECORDS = "/backend/entities/recordtype/", "/backend/entities/record/"
OPTIONS = [{"value": "red", "label": "Red"}, {"value": "blue", "label": "Blue"}]


@pytest.fixture
def alice(house: House) -> Client:
    with using_scope(house.scope(house.north)):
        for key in ("car", "bike"):
            create_type(key=key, label=key.capitalize(), label_plural=f"{key.capitalize()}s")
        parts: dict[str, Any] = {"entity": "custom.car", "is_listed": True}
        create_definition(key="seats", kind="integer", label="Seats", **parts)
        create_definition(key="colour", kind="select", label="Colour", options=OPTIONS, **parts)
    return client_of(member(house, "entities.*", "audit_logs.view_tenant"), organization=house.north)


def make_car(house: House, title: str, **values: Any) -> Record:
    with using_scope(house.scope(house.north)):
        made: Record = create_record("car", title=title, custom_fields=values)
    return made


def order(answer: Any) -> list[str]:
    """Titles in the list."""
    return [row.title for row in answer.context["cl"].result_list]


def test_a_type_is_made_changed_and_links_to_its_records(alice: Client, house: House) -> None:
    answer = alice.post(f"{TYPES}add/", {"key": "boat", "label": "Boat"})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    with seeding(house.scope()):
        boat = RecordType.objects.get(key="boat")
    assert boat.label_plural == "Boat"
    page = alice.get(TYPES).content.decode()
    assert f"{RECORDS}?type=boat" in page
    assert "/backend/entities/fielddefinition/?entity=custom.boat" in page
    wrong = alice.post(f"{TYPES}add/", {"key": "records", "label": "x"})
    assert list(wrong.context["adminform"].form.errors) == ["key"]


def test_the_list_of_a_type_shows_sorts_and_filters_its_fields(alice: Client, house: House) -> None:
    for title, seats, colour in (("A", 10, "red"), ("B", 9, "blue"), ("C", 100, "red")):
        make_car(house, title, seats=seats, colour=colour)
    page = alice.get(f"{RECORDS}?type=car")
    assert order(page) == ["A", "B", "C"]
    assert "Seats" in page.content.decode()
    names = [getattr(item, "__name__", item) for item in page.context["cl"].list_display]
    assert order(alice.get(f"{RECORDS}?type=car&o=-{names.index('cf_seats')}")) == ["C", "A", "B"]
    assert order(alice.get(f"{RECORDS}?type=car&cf_colour=red")) == ["A", "C"]
    assert order(alice.get(f"{RECORDS}?type=bike")) == []
    assert alice.get(RECORDS).status_code == 200


def test_a_record_is_made_with_its_fields_and_refused_at_the_field(alice: Client, house: House) -> None:
    form = alice.get(f"{RECORDS}add/?type=car")
    assert {"cf_seats", "cf_colour"} <= set(form.context["adminform"].form.fields)
    wrong = alice.post(f"{RECORDS}add/?type=car", {"title": "", "cf_seats": "many"})
    assert "cf_seats" in wrong.context["adminform"].form.errors
    made = alice.post(f"{RECORDS}add/?type=car", {"title": "Van", "cf_seats": "7", "cf_colour": "blue"})
    assert made.status_code == 302, made.context["adminform"].form.errors
    with seeding(house.scope()):
        record = Record.objects.select_related("type").get()
    assert (record.title, record.custom, record.type.key) == ("Van", {"seats": 7, "colour": "blue"}, "car")
    page = alice.get(f"{RECORDS}{record.pk}/change/")
    assert page.context["adminform"].form["cf_seats"].value() in {7, "7"}


def test_a_type_is_chosen_first(alice: Client) -> None:
    assert alice.get(f"{RECORDS}add/").headers["Location"].endswith(RECORDS)
    assert alice.get(f"{RECORDS}add/?type=nothing").status_code == 404


def test_records_of_types_that_one_may_not_see_are_not_there(alice: Client, house: House) -> None:
    car = make_car(house, "Van")
    bob = client_of(member(house, "entities.bike.manage", name="Bob"), organization=house.north)
    assert order(bob.get(RECORDS)) == []
    assert bob.get(f"{RECORDS}{car.pk}/change/").status_code == 404
    assert bob.get(f"{RECORDS}add/?type=car").status_code == 404
    carol = client_of(member(house, "entities.car.view", name="Carol"), organization=house.north)
    assert order(carol.get(f"{RECORDS}?type=car")) == ["Van"]
    assert carol.post(f"{RECORDS}{car.pk}/change/", {"title": "x"}).status_code == 403
    nobody = client_of(member(house, "currencies.view", name="Nobody"), organization=house.north)
    assert nobody.get(RECORDS).status_code == 403
