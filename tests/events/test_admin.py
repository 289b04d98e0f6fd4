"""Back office pages of events and deliveries."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.events.admin import ranges as pages
from apps.events.services import ranges
from apps.kernel import clock
from apps.kernel.eventbus.models import OutboxEvent
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from tests.directory.callers import client_of, member
from tests.events.factories import PROBE, dead_letters, events, hearing, minted, states, told
from tests.kernel.events_probes import everywhere, mint, outbox, run_all, subscribed
from tests.support import probes
from tests.support.scopes import House

EVENTS = "/backend/events/outboxevent/"
DELIVERIES = "/backend/events/delivery/"
RANGE = f"{DELIVERIES}range/"


@pytest.fixture
def viewer(house: House) -> Client:
    return client_of(
        member(house, "events.view", "events.deliveries.view", "currencies.view", "audit_logs.view_tenant")
    )


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "events.view", "events.deliveries.manage", "progress.jobs.manage"))


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def event_page(event_id: UUID) -> str:
    return f"{EVENTS}{event_id}/change/"


def delivery_page(delivery_id: UUID, name: str = "change") -> str:
    return f"{DELIVERIES}{delivery_id}/{name}/"


def test_empty_lists_say_what_they_are_for(house: House, viewer: Client) -> None:
    with everywhere(house.scope()):
        for event in OutboxEvent.objects.all():
            event.delete()
    assert "Whatever is created, changed, deleted or announced" in text_of(viewer, EVENTS)
    assert "Each event that a part of the house reacts to" in text_of(viewer, DELIVERIES)


def test_events_are_listed_in_words_with_their_record(house: House, viewer: Client) -> None:
    with using_scope(house.scope()):
        row = probes.create_currency("EUR")
    minted(house, 1)
    page = text_of(viewer, EVENTS)
    assert "Currency: created" in page
    assert "tests.coin.minted" in page
    assert f"/backend/currencies/currency/{row.pk}/change/" in page


@pytest.mark.parametrize(
    "query", ["event=tests.coin.minted", "kind=tests.coin", "q={record}", "q={event}", "q={request}"]
)
def test_events_are_narrowed(house: House, viewer: Client, query: str) -> None:
    with using_scope(house.scope()):
        row = probes.create_currency("EUR")
    minted(house, 1)
    [event] = events(house)
    asked = query.format(record=event.record_id, event=event.pk, request=event.correlation_id)
    page = text_of(viewer, f"{EVENTS}?{asked}")
    assert event_page(event.pk) in page
    assert str(row.pk) not in page


def test_a_search_for_what_is_no_id_finds_nothing(house: House, viewer: Client) -> None:
    minted(house, 1)
    assert "Nothing matches" in text_of(viewer, f"{EVENTS}?q=minted")


def test_an_events_page_tells_its_facts_its_chain_and_who_was_told(house: House, viewer: Client) -> None:
    def follow(payload: object, ctx: object) -> None:
        if ctx.depth < 2:  # type: ignore[attr-defined]
            mint(payload.resource_id, pieces=77 + ctx.depth)  # type: ignore[attr-defined]

    with subscribed("tests.coin.minted", follow, "tests.following", persistent=True):
        minted(house, 1)
        run_all(rounds=3)
    first, second, third = events(house)
    page = text_of(viewer, event_page(second.pk))
    causes, followers = page.split("What it followed from")[1].split("What followed from it")
    assert event_page(first.pk) in causes
    assert event_page(third.pk) in followers
    assert "77" in page.split("What it says")[1].split("What it followed from")[0]
    [delivery] = [item for item in told(house) if item.event_id == second.pk]
    assert delivery_page(delivery.pk) in page
    assert "Nothing so far" in text_of(viewer, event_page(third.pk))
    assert "no event came before it" in text_of(viewer, event_page(first.pk))


def test_an_events_page_hides_deliveries_from_who_may_not_see_them(house: House) -> None:
    dead_letters(house, 1)
    [event] = events(house)
    page = text_of(client_of(member(house, "events.view")), event_page(event.pk))
    assert "Who was told" not in page
    assert PROBE not in page


def test_the_list_shows_how_deliveries_stand(house: House, viewer: Client) -> None:
    dead_letters(house, 1)
    page = text_of(viewer, DELIVERIES).replace("<wbr>", "")
    for words in (PROBE, "given up", "the coin is bent"):
        assert words in page
    assert "/do/" not in page


@pytest.mark.parametrize(("query", "found"), [("status__exact=dead", True), ("status__exact=waiting", False)])
def test_deliveries_are_narrowed(house: House, viewer: Client, query: str, *, found: bool) -> None:
    [letter] = dead_letters(house, 1)
    with hearing():
        for more in ("", f"&subscriber={PROBE}", "&event=tests.coin.minted"):
            assert (delivery_page(letter.pk) in text_of(viewer, f"{DELIVERIES}?{query}{more}")) is found
        assert delivery_page(letter.pk) not in text_of(viewer, f"{DELIVERIES}?event=kernel.table.loaded")


def test_a_letter_is_delivered_again_by_its_button(house: House, manager: Client) -> None:
    [letter] = dead_letters(house, 1)
    assert "/do/replay/" in text_of(manager, DELIVERIES)
    with hearing() as hearer:
        assert "from the first try" in text_of(manager, delivery_page(letter.pk, "do/replay"))
        assert manager.post(delivery_page(letter.pk, "do/replay"), {}).status_code == 302
        run_all()
    assert (hearer.seen, states(house)) == ([1], ["delivered"])
    assert "/do/" not in text_of(manager, delivery_page(letter.pk))
    assert manager.post(delivery_page(letter.pk, "do/skip"), {}).status_code == 404


def test_a_letter_is_skipped_by_its_button_and_the_history_says_so(house: House, viewer: Client) -> None:
    [letter] = dead_letters(house, 1)
    dora = client_of(member(house, "events.deliveries.manage", name="Dora"))
    assert dora.post(delivery_page(letter.pk, "do/skip"), {}).status_code == 302
    assert states(house) == ["skipped"]
    assert "Dora" in text_of(viewer, delivery_page(letter.pk, "history"))


def test_selected_letters_are_delivered_again_after_a_question(house: House, manager: Client) -> None:
    letters = dead_letters(house, 1, 2, 3)
    given = {"action": "replay", "_selected_action": [str(item.pk) for item in letters]}
    with hearing() as hearer:
        assert manager.post(DELIVERIES, given).status_code == 200
        assert states(house) == ["dead"] * 3
        assert manager.post(DELIVERIES, {**given, "confirmed": "yes"}).status_code == 302
        run_all()
    assert sorted(hearer.seen) == [1, 2, 3]


def test_a_letter_to_nobody_is_refused_in_words(house: House, manager: Client) -> None:
    [letter] = dead_letters(house, 1)
    answer = manager.post(delivery_page(letter.pk, "do/replay"), {})
    assert (answer.status_code, states(house)) == (409, ["dead"])
    assert f"No installed module has the subscriber {PROBE}" in answer.content.decode()


def period(**changes: str) -> dict[str, str]:
    now = clock.now()
    start, end = (now - timedelta(hours=1)), (now + timedelta(hours=1))
    given = {"subscriber": PROBE, "start": f"{start:%Y-%m-%dT%H:%M}", "end": f"{end:%Y-%m-%dT%H:%M}", "pattern": ""}
    return {**given, **changes}


def test_a_period_is_counted_before_it_is_delivered_again(house: House, manager: Client) -> None:
    minted(house, 1, 2)
    assert f'href="{RANGE}' in text_of(manager, DELIVERIES)
    with hearing() as hearer:
        assert PROBE in text_of(manager, RANGE)
        counted = manager.post(RANGE, period()).content.decode()
        assert "2 events" in counted
        assert told(house) == []
        answer = manager.post(RANGE, {**period(), "confirmed": "yes"})
        assert (answer.status_code, answer["Location"]) == (302, DELIVERIES)
        run_all()
    assert hearer.seen == [1, 2]


def test_an_empty_period_offers_nothing(house: House, manager: Client) -> None:
    with hearing():
        page = manager.post(RANGE, period()).content.decode()
    assert "0 events" in page
    assert "Deliver them again" not in page


def test_a_large_period_leads_to_its_job(house: House, manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (ranges, pages):
        monkeypatch.setattr(module, "AT_ONCE", 1)
    minted(house, 1, 2)
    with hearing():
        assert "More than 1 events" in manager.post(RANGE, period()).content.decode()
        answer = manager.post(RANGE, {**period(), "confirmed": "yes"})
    assert answer["Location"].startswith("/backend/progress/job/")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"subscriber": "nobody"}, "Select a valid choice"),
        ({"start": "yesterday"}, "Enter a valid date/time"),
        ({"end": "2001-01-01T00:00"}, "The end has to lie after the start"),
        ({"pattern": "Sales"}, "This is no pattern"),
        ({"pattern": "sales.order.*"}, "The subscriber hears no such event"),
    ],
)
def test_a_wrong_period_is_refused_beside_its_field(
    house: House, manager: Client, changes: dict[str, str], words: str
) -> None:
    minted(house, 1)
    with hearing():
        answer = manager.post(RANGE, {**period(**changes), "confirmed": "yes"})
    assert (answer.status_code, words in answer.content.decode(), told(house)) == (200, True, [])


def test_viewers_find_no_buttons_and_no_period(house: House, viewer: Client) -> None:
    [letter] = dead_letters(house, 1)
    page = text_of(viewer, DELIVERIES)
    assert RANGE not in page
    assert "/do/" not in page
    assert viewer.get(RANGE).status_code == 403
    assert viewer.post(RANGE, period()).status_code == 403
    assert viewer.post(delivery_page(letter.pk, "do/replay"), {}).status_code == 403
    assert states(house) == ["dead"]


def test_others_see_nothing(house: House, other_house: House) -> None:
    [letter] = dead_letters(house, 1)
    [event] = events(house)
    addresses = [event_page(event.pk), delivery_page(letter.pk), delivery_page(letter.pk, "do/replay")]
    stranger, charlie = client_of(member(house, "currencies.view")), client_of(member(other_house, "*"))
    for address in addresses:
        assert stranger.get(address).status_code == 403
        assert charlie.get(address).status_code == 404
        assert Client().get(address).status_code == 302
    assert str(event.pk) not in text_of(charlie, EVENTS)
    assert str(letter.pk) not in text_of(charlie, DELIVERIES)
    assert charlie.get(event_page(uuid7())).status_code == 404


def test_nothing_is_written_on_these_pages(house: House) -> None:
    [letter] = dead_letters(house, 1)
    everything = client_of(member(house, "*"))
    for base, record in ((EVENTS, letter.event_id), (DELIVERIES, letter.pk)):
        assert everything.get(f"{base}add/").status_code in {403, 404}
        assert everything.post(f"{base}{record}/change/", {"status": "delivered"}).status_code in {403, 404}
        assert everything.post(f"{base}{record}/delete/", {"post": "yes"}).status_code in {403, 404}
    assert (states(house), len(events(house))) == (["dead"], 1)
    assert uuid4() not in {item.pk for item in outbox(house.scope())}


@pytest.mark.parametrize("address", [EVENTS, DELIVERIES])
def test_lists_cost_as_much_for_one_row_as_for_many(house: House, viewer: Client, address: str) -> None:
    counts = []
    viewer.get(address)
    for numbers in ((1,), tuple(range(2, 20))):
        dead_letters(house, *numbers)
        with CaptureQueriesContext(connection) as queries:
            text_of(viewer, address)
        counts.append(len(queries))
    assert counts[0] == counts[1]
