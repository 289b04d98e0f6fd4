"""Moving what stands in the calendar, without a script: dropped on a day, given a time, refused, and two at once."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from apps.auth.models import User
from apps.customers.errors import NoSuchOccurrence
from apps.customers.models import Interaction, OccurrenceChange
from apps.customers.services import complete_occurrence, move_occurrence
from apps.kernel import clock
from apps.kernel.errors import InvalidInput
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import make_role, make_user
from tests.backoffice.conftest import signed_in
from tests.customers.factories import make_interaction
from tests.directory.callers import client_of, send
from tests.support.scopes import House, seeding

MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
CALENDAR, MOVE = "/backend/customers/calendar/", "/backend/customers/calendar/move/"
BACK = "?view=week&day=2026-11-30"


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.frozen(MONDAY):
        yield


def staff(house: House, name: str, *features: str) -> User:
    role = make_role(house, *(features or ("customers.*", "audit_logs.*")))
    return make_user(house, name=name, roles=(role,), home_organization_id=house.north.pk)


@pytest.fixture
def user(house: House) -> User:
    return staff(house, "Alice")


@pytest.fixture
def alice(user: User) -> Client:
    return signed_in(user)


@pytest.fixture
def call(house: House) -> Interaction:
    return make_interaction(house, "Call Ada", scheduled_at=MONDAY + timedelta(hours=1))


def at(row: Interaction, moment: datetime | None = None, *, back: str = BACK) -> str:
    original = moment.isoformat() if moment is not None else ""
    return f"{MOVE}?{urlencode({'id': str(row.pk), 'at': original, 'back': back})}"


SEEN = (MONDAY + timedelta(hours=1)).isoformat()


def dropped(
    client: Client, path: str, day: str, *, version: int = 1, origin: str = "2026-11-30", starts: str = SEEN
) -> Any:
    return client.post(path, {"version": version, "starts": starts, "from": origin, "to": day})


def now(house: House, row: Interaction) -> Interaction:
    with seeding(house.scope()):
        found: Interaction = Interaction.objects.get(pk=row.pk)
    return found


def text(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).split())


def test_what_is_dropped_on_another_day_keeps_its_time_and_undo_takes_it_back(
    alice: Client, user: User, house: House, call: Interaction
) -> None:
    page = alice.get(f"{CALENDAR}{BACK}")
    assert f'data-entry="{html.escape(at(call))}"' in page.content.decode()
    answer = dropped(alice, at(call), "2026-12-03")
    assert (answer.status_code, answer["Location"]) == (302, f"{CALENDAR}{BACK}")
    assert now(house, call).scheduled_at == MONDAY + timedelta(days=3, hours=1)
    said = text(alice.get(f"{CALENDAR}{BACK}"))
    assert "“Call Ada” is planned for 3 Dec 2026, 10:00 now." in said
    assert "Undo" in said
    done = send(client_of(user, organization=house.north), "get", "/api/audit_logs/actions/").json()["results"][0]
    assert done["command"] == "customers.interaction.reschedule"


def test_a_time_is_given_on_a_page(alice: Client, house: House, call: Interaction) -> None:
    page = alice.get(at(call))
    assert "It is planned for 30 Nov 2026, 10:00 now." in text(page)
    assert 'value="2026-11-30T10:00"' in page.content.decode()
    answer = alice.post(at(call), {"version": 1, "starts_at": "2026-12-01T15:30"})
    assert answer.status_code == 302
    assert now(house, call).scheduled_at == datetime(2026, 12, 1, 15, 30, tzinfo=UTC)


def test_one_of_a_series_moves_and_the_others_stay(alice: Client, house: House) -> None:
    row = make_interaction(house, "Weekly", scheduled_at=MONDAY, recurrence="FREQ=WEEKLY", time_zone="UTC")
    second = MONDAY + timedelta(days=7)
    assert "the others stay where they are" in text(alice.get(at(row, second)))
    assert (
        dropped(alice, at(row, second), "2026-12-09", origin="2026-12-07", starts=second.isoformat()).status_code == 302
    )
    with seeding(house.scope()):
        [change] = OccurrenceChange.objects.all()
    assert (change.original_at, change.starts_at) == (second, second + timedelta(days=2))
    assert now(house, row).scheduled_at == MONDAY


def test_the_second_of_two_sees_where_it_is_and_may_move_it_all_the_same(
    alice: Client, house: House, call: Interaction
) -> None:
    bob = signed_in(staff(house, "Bob"))
    assert dropped(bob, at(call), "2026-12-01").status_code == 302
    late = dropped(alice, at(call), "2026-12-04")
    assert late.status_code == 412
    for word in ("planned for 1 Dec 2026, 10:00 now", "Bob", "What you wanted: 4 Dec 2026, 10:00", "all the same"):
        assert word in text(late), word
    assert now(house, call).scheduled_at == MONDAY + timedelta(days=1, hours=1)
    assert 'name="version" value="2"' in late.content.decode()
    assert alice.post(at(call), {"version": 2, "starts_at": "2026-12-04T10:00"}).status_code == 302
    assert now(house, call).scheduled_at == MONDAY + timedelta(days=4, hours=1)


def test_what_was_finished_meanwhile_is_not_moved(alice: Client, user: User, house: House, call: Interaction) -> None:
    client = client_of(user, organization=house.north)
    assert send(client, "post", f"/api/customers/interactions/{call.pk}/complete/", {}).status_code == 200
    assert "data-entry" not in alice.get(f"{CALENDAR}{BACK}").content.decode()
    late = dropped(alice, at(call), "2026-12-04")
    assert (late.status_code, "Move it" in text(late)) == (412, False)
    refused = dropped(alice, at(call), "2026-12-04", version=2)
    assert (refused.status_code, "Reopen it first." in text(refused)) == (409, True)
    assert now(house, call).scheduled_at == MONDAY + timedelta(hours=1)


@pytest.mark.parametrize("body", [{"starts_at": ""}, {"starts_at": "soon"}])
def test_a_wrong_time_is_asked_for_again(alice: Client, house: House, call: Interaction, body: dict[str, str]) -> None:
    answer = alice.post(at(call), {"version": 1, **body})
    assert answer.status_code == 400
    assert now(house, call).version == 1


@pytest.mark.parametrize(
    "body",
    [
        {"version": "x", "starts": SEEN, "from": "2026-11-30", "to": "2026-12-01"},
        {"version": "1", "starts": SEEN, "from": "today", "to": "2026-12-01"},
        {"version": "1", "starts": SEEN, "from": "0001-01-01", "to": "9999-12-31"},
        {"version": "1", "starts": SEEN, "to": "2026-12-01"},
        {"version": "1", "starts": "soon", "from": "2026-11-30", "to": "2026-12-01"},
        {"version": "1", "starts": "2026-11-30T10:00", "from": "2026-11-30", "to": "2026-12-01"},
    ],
)
def test_nonsense_moves_nothing(alice: Client, house: House, call: Interaction, body: dict[str, str]) -> None:
    assert alice.post(at(call), body).status_code == 404
    assert now(house, call).version == 1


def test_what_is_not_there_has_no_page_and_who_only_looks_moves_nothing(
    alice: Client, house: House, other_house: House, call: Interaction
) -> None:
    foreign, undated = make_interaction(other_house, scheduled_at=MONDAY), make_interaction(house, "Some day")
    series = make_interaction(house, "Weekly", scheduled_at=MONDAY, recurrence="FREQ=WEEKLY")
    for path in (at(foreign), at(undated), at(series), at(series, MONDAY + timedelta(days=1)), MOVE):
        assert alice.get(path).status_code == 404, path
    assert alice.get(f"{MOVE}?id={uuid7()}").status_code == 404
    looking = signed_in(staff(house, "Bob", "customers.interactions.view"))
    assert "data-entry" not in looking.get(f"{CALENDAR}{BACK}").content.decode()
    assert (looking.get(at(call)).status_code, dropped(looking, at(call), "2026-12-01").status_code) == (403, 403)


def test_the_way_back_leads_nowhere_else(alice: Client, call: Interaction) -> None:
    answer = dropped(alice, at(call, back="https://evil.example/"), "2026-12-01")
    assert answer["Location"] == CALENDAR


@pytest.mark.parametrize("far", ["9999-12-31T23:59", "0001-01-01T00:00"])
def test_one_of_a_series_is_moved_to_no_time_that_calendars_do_not_reach(alice: Client, house: House, far: str) -> None:
    series = make_interaction(house, "Weekly", scheduled_at=MONDAY, recurrence="FREQ=WEEKLY", duration_minutes=30)
    answer = alice.post(at(series, MONDAY), {"version": 1, "starts_at": far})
    assert answer.status_code == 400, answer.content
    assert now(house, series).version == 1
    moment = datetime.fromisoformat(far).replace(tzinfo=UTC)
    with using_scope(house.scope(house.north)):
        with pytest.raises(InvalidInput):
            move_occurrence(series.pk, original_at=MONDAY, starts_at=moment)
        with pytest.raises(NoSuchOccurrence):
            complete_occurrence(series.pk, original_at=moment)
    assert alice.get(at(series, moment)).status_code == 404
    assert alice.get(f"{CALENDAR}{BACK}").status_code == 200
