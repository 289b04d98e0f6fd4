"""What somebody writes about a record of an organization below stands in that organization: its people see it."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from apps.customers.models import Interaction, OccurrenceChange, Participant, Tagging
from tests.customers.factories import (
    GROUPS,
    INTERACTIONS,
    PEOPLE,
    TAGS,
    clerk,
    make_deal,
    make_group,
    make_interaction,
    make_person,
    make_tag,
)
from tests.directory.callers import send
from tests.support.scopes import House, reading, seeding
from tests.support.upgrading import upgrade

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.fixture
def above(house: House) -> Client:
    return clerk(house, organization=house.root)


@pytest.fixture
def bob(house: House) -> Client:
    return clerk(house)


def test_tags_and_groups_are_seen_by_those_who_see_the_customer(house: House, above: Client, bob: Client) -> None:
    person, marks = f"{PEOPLE}{make_person(house).pk}/", {"tag_ids": [str(make_tag(house).pk)]}
    marks["group_ids"] = [str(make_group(house).pk)]
    assert send(above, "patch", person, marks).status_code == 200
    assert marks.items() <= bob.get(person).json().items()
    assert send(bob, "patch", person, marks).status_code == 200
    assert bob.get(PEOPLE, {"tag_id": marks["tag_ids"][0]}).json()["count"] == 1


@pytest.mark.parametrize(("path", "name"), [(TAGS, "tag_id"), (GROUPS, "group_id")])
def test_a_mark_of_above_is_missing_below_and_stays_whatever_is_set(
    house: House, above: Client, bob: Client, path: str, name: str
) -> None:
    values = {"label": "Board"} if path == TAGS else {"code": "board", "name": "Board"}
    mark, person = send(above, "post", path, values).json()["id"], f"{PEOPLE}{make_person(house).pk}/"
    assert send(above, "patch", person, {f"{name}s": [mark]}).json()[f"{name}s"] == [mark]
    for asked in ({name: mark}, {f"{name}__in": mark}):
        assert above.get(PEOPLE, asked).json()["count"] == 1
        assert bob.get(PEOPLE, asked).json()["count"] == 0
    assert bob.get(person).json()[f"{name}s"] == []
    assert send(bob, "patch", person, {f"{name}s": []}).status_code == 200
    assert above.get(person).json()[f"{name}s"] == [mark]


@pytest.mark.parametrize("about", ["customer_id", "deal_id"])
def test_an_interaction_stands_where_its_customer_or_deal_is(
    house: House, above: Client, bob: Client, about: str
) -> None:
    record = make_person(house) if about == "customer_id" else make_deal(house)
    call = send(above, "post", INTERACTIONS, {"title": "Call", about: str(record.pk)})
    assert (call.status_code, call.json()["organization_id"]) == (201, str(house.north.pk))
    assert bob.get(f"{INTERACTIONS}{call.json()['id']}/").status_code == 200
    task = send(above, "post", INTERACTIONS, {"title": "About nobody"})
    assert task.json()["organization_id"] == str(house.root.pk)


def test_who_takes_part_is_seen_by_those_who_see_the_interaction(house: House, above: Client, bob: Client) -> None:
    call = f"{INTERACTIONS}{make_interaction(house).pk}/"
    people = {"participants": [{"customer_id": str(make_person(house).pk)}]}
    assert send(above, "patch", call, people).status_code == 200
    assert len(bob.get(call).json()["participants"]) == 1
    assert send(bob, "patch", call, people).status_code == 200


def test_what_became_of_one_of_a_series_is_seen_by_those_who_see_the_series(
    house: House, above: Client, bob: Client
) -> None:
    series = f"{INTERACTIONS}{make_interaction(house, scheduled_at=MONDAY, recurrence='FREQ=DAILY;COUNT=3').pk}/"
    first = {"original_at": MONDAY.isoformat()}
    assert send(above, "post", f"{series}cancel-occurrence/", first).status_code == 200
    again = send(bob, "post", f"{series}cancel-occurrence/", first)
    assert (again.status_code, again.json()["code"]) == (409, "customers.interaction.not_open")


@pytest.mark.committed
def test_what_was_written_from_above_before_is_brought_to_its_organization(house: House) -> None:
    person, tag = make_person(house), make_tag(house)
    series = make_interaction(house, scheduled_at=MONDAY, recurrence="FREQ=DAILY;COUNT=3")
    with seeding(house.scope(house.root, house.north)):
        Tagging(customer_id=person.pk, tag_id=tag.pk).save(force_insert=True)
        Participant(interaction_id=series.pk, customer_id=person.pk).save(force_insert=True)
        times = {"original_at": MONDAY, "starts_at": MONDAY + timedelta(hours=1)}
        OccurrenceChange(interaction_id=series.pk, state="moved", **times).save(force_insert=True)
    assert parts_in(house) == [0, 0, 0]
    migrate()
    assert parts_in(house) == [1, 1, 1]


def migrate() -> None:
    migration = importlib.import_module("apps.customers.migrations.0011_places_of_parts")
    upgrade("customers", migration.follow_the_owner)


def parts_in(house: House) -> list[int]:
    """How many tags, participants and changed ones of series there are for those who see North alone."""
    with reading(house.scope(house.north)):
        assert Interaction.objects.count() == 1
        return [model.objects.count() for model in (Tagging, Participant, OccurrenceChange)]
