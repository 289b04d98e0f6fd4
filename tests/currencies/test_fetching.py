"""Fetches: what they record, what they leave alone, and how they fail. The banks are a real server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from apps.currencies.models import RunTrigger
from apps.currencies.services.fetching.documents import PUBLIC
from apps.currencies.services.fetching.runs import Outcome, Stopped, carry_out
from apps.currencies.services.fetching.sources import Source, merged_ranges, scheduled_range
from apps.currencies.services.fetching.storing import Asked, open_run
from apps.kernel.commands.models import Action
from apps.kernel.commands.undo.engine import undo
from apps.kernel.eventbus.models import OutboxEvent
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.currencies.banks import Banks, counts, make_currencies, rates
from tests.currencies.papers import BANK, ENTITY_BOMB, FRIDAY, PAGE, TREASURY, WEEK, ecb_of, paper
from tests.support.crowds import all_at_once
from tests.support.scopes import House

ECB, NBP = Source("ecb", "ecb", {}), Source("nbp", "nbp", {})
DAILY = "eurofxref-daily.xml"


@pytest.fixture
def north(house: House, banks: Banks) -> Iterator[House]:
    """North, which uses five currencies."""
    make_currencies(house)
    with using_scope(house.scope(house.north)):
        yield house


def no_watch() -> None:
    """Nobody asks to stop."""


def fetch(source: Source = ECB, start: date = FRIDAY, end: date = FRIDAY, **options: Any) -> Outcome:
    PUBLIC.clear()
    run = open_run(source, start, end, Asked(RunTrigger.REQUEST))
    return carry_out(run.pk, **{"watch": no_watch, **options})


def table(banks: Banks, path: str, options: dict[str, Any]) -> Source:
    return Source("file", "bank", {**options, "url": f"{banks.address}{path}"})


def test_rates_of_the_organization_s_currencies_are_recorded(north: House) -> None:
    outcome = fetch()
    assert counts(outcome.run) == ("done", 4, 0, 0, 25)
    assert rates(north) == {
        ("EUR", "USD", "mid"): "1.0832",
        ("EUR", "GBP", "mid"): "0.8395",
        ("EUR", "PLN", "mid"): "4.2635",
        ("EUR", "CHF", "mid"): "0.9412",
    }
    assert (outcome.run.error, outcome.run.duration_ms, outcome.may_succeed_later) == ("", 0, False)


def test_the_same_day_twice_changes_nothing(north: House, banks: Banks) -> None:
    fetch()
    assert counts(fetch().run) == ("done", 0, 0, 4, 25)
    assert len(banks.asked) == 2


def test_a_rate_that_the_bank_has_corrected_is_corrected(north: House, banks: Banks) -> None:
    fetch()
    banks.ecb(DAILY, ecb_of("2026-03-06", USD="1.0840", PLN="4.2635"))
    assert counts(fetch().run) == ("done", 0, 1, 1, 0)
    assert rates(north)["EUR", "USD", "mid"] == "1.084"


def test_a_range_is_recorded_day_by_day_and_weekends_are_none(north: House) -> None:
    outcome = fetch(start=date(2026, 2, 27), end=date(2026, 3, 4))
    assert counts(outcome.run)[:2] == ("done", 4 * 4)  # Friday, Monday to Wednesday


def test_days_without_a_table_are_no_error(north: House, banks: Banks) -> None:
    sunday = date(2026, 3, 1)
    assert counts(fetch(NBP, sunday, sunday).run) == ("done", 0, 0, 0, 0)
    assert len(banks.asked) == 2


def test_both_tables_are_recorded_with_their_kinds(north: House, banks: Banks) -> None:
    for name in ("A", "C"):
        banks.nbp(name, WEEK, paper(f"nbp-{name.lower()}.json"))
    assert counts(fetch(NBP, *WEEK).run)[:2] == ("done", 3 * 4 * 3)
    found = rates(north, "nbp")
    assert [found["USD", "PLN", kind] for kind in ("mid", "buy", "sell")] == ["3.9361", "3.8963", "3.9751"]


def test_a_long_range_is_asked_for_in_parts(north: House, banks: Banks) -> None:
    fetch(Source("nbp", "nbp", {"tables": ["A"]}), date(2025, 12, 1), FRIDAY)
    assert [path.split("/")[5:7] for path in banks.asked] == [
        ["2025-12-01", "2026-03-03"],
        ["2026-03-04", "2026-03-06"],
    ]


def test_a_bank_s_own_table_is_recorded_under_its_own_source(north: House, banks: Banks) -> None:
    banks.put("/rates.csv", paper("bank.csv"))
    outcome = fetch(table(banks, "/rates.csv", BANK), *WEEK)
    assert counts(outcome.run) == ("done", 4, 0, 0, 2)
    assert rates(north, "bank") == {("USD", "PLN", "mid"): "3.9361", ("GBP", "PLN", "mid"): "5.0786"}


def test_a_list_in_json_is_recorded(north: House, banks: Banks) -> None:
    banks.put("/moved", b"", status="302 Found", location="/rates.json")
    banks.put("/rates.json", paper("rates.json"))
    assert counts(fetch(table(banks, "/moved", TREASURY), *WEEK).run) == ("done", 3, 0, 0, 0)


def test_a_missing_day_of_a_daily_address_is_no_error(north: House, banks: Banks) -> None:
    banks.put("/2026-03-06.csv", paper("bank.csv"))
    source = table(banks, "/{date}.csv", BANK)
    assert counts(fetch(source, date(2026, 3, 5), FRIDAY).run)[:2] == ("done", 2)
    assert banks.asked == ["/2026-03-05.csv", "/2026-03-06.csv"]


def test_a_missing_document_is_an_error_where_days_cannot_be_missing(north: House, banks: Banks) -> None:
    run = fetch(table(banks, "/gone.csv", BANK)).run
    assert (run.status, run.error_code) == ("failed", "currencies.fetch.failed")
    assert run.error == "127.0.0.1 answered with the status 404."


def test_only_the_named_currencies_are_recorded(north: House) -> None:
    assert counts(fetch(Source("ecb", "ecb", {"currencies": ["USD", "JPY"]})).run) == ("done", 1, 0, 0, 1)


def test_a_currency_that_is_switched_off_is_left_out(house: House, banks: Banks) -> None:
    make_currencies(house, "EUR", "USD")
    with using_scope(house.scope(house.north)):
        assert counts(fetch().run) == ("done", 1, 0, 0, 28)


BROKEN = [
    (b"", "no well-formed XML"),
    (paper("ecb-daily.xml")[:700], "no well-formed XML"),
    (ENTITY_BOMB, "no well-formed XML"),
    (PAGE, "no well-formed XML"),
    (ecb_of("2026-03-06", USD="1.0832", GBP="-0.8395"), "“-0.8395” is no positive number"),
    (ecb_of("2026-03-06", USD="1.0832").replace(b" rate=", b" r="), "lacks its currency or its number"),
    (
        ecb_of("2026-03-06", USD="1.0832", PLN="4.26").replace(b"PLN", b"USD"),
        "two rates of EUR/USD for 2026-03-06: 1.0832 and 4.26",
    ),
]


@pytest.mark.parametrize(("body", "told"), BROKEN)
def test_a_broken_document_fails_its_fetch_and_changes_nothing(
    north: House, banks: Banks, body: bytes, told: str
) -> None:
    fetch()
    before = rates(north)
    banks.ecb(DAILY, body)
    outcome = fetch()
    assert counts(outcome.run) == ("failed", 0, 0, 0, 0)
    assert (outcome.run.error_code, outcome.may_succeed_later) == ("currencies.fetch.document_broken", False)
    assert outcome.run.error.startswith("The document cannot be used: ")
    assert told in outcome.run.error
    assert rates(north) == before


def test_a_document_of_twenty_megabytes_is_refused(north: House, banks: Banks) -> None:
    banks.ecb(DAILY, b" " * 20_000_000)
    run = fetch().run
    assert (run.status, run.error_code) == ("failed", "kernel.outbound.refused")
    assert run.error == "The call to 127.0.0.1 was refused: too_large."


@pytest.mark.parametrize(
    ("status", "later"), [("503 Unavailable", True), ("429 Too Many Requests", True), ("403 Forbidden", False)]
)
def test_an_answer_that_is_no_document_fails_the_fetch(north: House, banks: Banks, status: str, later: bool) -> None:
    banks.put(f"/ecb/{DAILY}", PAGE, status=status, retry_after="120")
    outcome = fetch()
    assert (outcome.run.status, outcome.may_succeed_later) == ("failed", later)
    assert outcome.after is not None
    assert outcome.after.total_seconds() == 120


def test_a_host_that_is_not_there_fails_the_fetch(north: House, settings: Any) -> None:
    settings.CURRENCIES_ECB_URL = "http://127.0.0.1:9"
    outcome = fetch()
    assert (outcome.run.error_code, outcome.may_succeed_later) == ("kernel.outbound.failed", True)


def test_a_private_address_is_not_called_in_earnest(north: House, banks: Banks, settings: Any) -> None:
    settings.DEBUG = False
    run = fetch(table(banks, "/rates.csv", BANK)).run
    assert run.error == "The call to 127.0.0.1 was refused: private_ip_literal."
    assert banks.connections == 0


def test_a_part_that_fails_keeps_the_parts_before_it_from_being_recorded(north: House, banks: Banks) -> None:
    banks.nbp("A", WEEK, paper("nbp-a.json"))
    banks.nbp("C", WEEK, PAGE)
    assert fetch(NBP, *WEEK).run.status == "failed"
    assert rates(north) == {}


def test_a_fetch_can_be_stopped_between_two_documents(north: House, banks: Banks) -> None:
    banks.nbp("A", WEEK, paper("nbp-a.json"))

    def watch() -> None:
        if len(banks.asked) == 1:
            raise Stopped

    run = fetch(NBP, *WEEK, watch=watch).run
    assert counts(run) == ("cancelled", 0, 0, 0, 0)
    assert rates(north) == {}


def test_a_fetch_that_has_ended_is_not_made_again(north: House, banks: Banks) -> None:
    run = fetch().run
    banks.ecb(DAILY, ecb_of("2026-03-06", USD="9"))
    assert carry_out(run.pk, watch=no_watch).run.new == 4
    assert len(banks.asked) == 1


def test_a_fetch_is_one_action_that_can_be_undone(north: House, banks: Banks) -> None:
    run = fetch().run
    with scoped_transaction():
        action = Action.objects.get(command="currencies.fetch_run.finish")
    assert (action.resource_id, action.resource_label) == (run.pk, "ecb 2026-03-06 – 2026-03-06")
    banks.clock.tick()
    undo(action.pk)
    assert rates(north) == {}
    banks.clock.tick()
    assert counts(fetch().run)[:2] == ("done", 4)


def events() -> list[tuple[str, UUID | None, dict[str, Any]]]:
    with scoped_transaction():
        rows = OutboxEvent.objects.filter(name__startswith="currencies.rates.").order_by("pk")
        return [(row.name, row.record_id, row.payload) for row in rows]


def test_a_fetch_is_told_with_what_it_changed(north: House) -> None:
    run = fetch().run
    days = {"source": "ecb", "start_on": "2026-03-06", "end_on": "2026-03-06"}
    payload = {"resource_id": str(run.pk), **days, "new": 4, "corrected": 0}
    assert events() == [("currencies.rates.fetched", run.pk, payload)]


def test_a_failure_is_told_and_stands_in_the_history(north: House, banks: Banks) -> None:
    banks.ecb(DAILY, PAGE)
    run = fetch().run
    with scoped_transaction():
        action = Action.objects.get(command="currencies.fetch_run.fail")
    assert action.resource_id == run.pk
    days = {"source": "ecb", "start_on": "2026-03-06", "end_on": "2026-03-06"}
    payload = {"resource_id": str(run.pk), **days, "error_code": "currencies.fetch.document_broken"}
    assert events() == [("currencies.rates.fetch_failed", run.pk, payload)]


@pytest.mark.parametrize(
    ("until", "start"),
    [
        (None, date(2026, 2, 27)),
        (date(2026, 3, 5), date(2026, 2, 26)),
        (date(2026, 2, 1), date(2026, 1, 25)),
        (date(2025, 1, 1), date(2025, 12, 6)),
    ],
)
def test_a_schedule_asks_since_the_last_good_fetch_with_a_week_of_overlap(until: date | None, start: date) -> None:
    assert scheduled_range(until, FRIDAY) == (start, FRIDAY)


@pytest.mark.parametrize(
    ("days", "ranges"),
    [
        ([], []),
        ([6], [(27, 6)]),
        ([6, 6, 5], [(26, 6)]),
    ],
)
def test_days_near_each_other_are_fetched_together(days: list[int], ranges: list[tuple[int, int]]) -> None:
    found = merged_ranges(date(2026, 3, day) for day in days)
    assert [(start.day, end.day) for start, end in found] == ranges


def test_days_far_from_each_other_are_fetched_apart() -> None:
    found = list(merged_ranges([date(2026, 3, 6), date(2025, 1, 31), date(2025, 2, 10)]))
    assert found == [(date(2025, 1, 24), date(2025, 2, 10)), (date(2026, 2, 27), date(2026, 3, 6))]


def test_rates_keep_all_their_places(north: House, banks: Banks) -> None:
    body = b'{"data":{"rates":[{"date":"2026-03-06","pair":{"base":"USD","quote":"PLN"},"value":3.12345678901234}]}}'
    banks.put("/rates.json", body)
    fetch(table(banks, "/rates.json", TREASURY))
    assert Decimal(rates(north, "bank")["USD", "PLN", "mid"]) == Decimal("3.12345678901234")


@pytest.mark.committed
def test_fetches_at_the_same_moment_record_each_rate_once(north: House) -> None:
    outcomes = all_at_once(4, lambda _number: counts(fetch().run))
    assert sorted(outcomes) == [("done", 0, 0, 4, 25)] * 3 + [("done", 4, 0, 0, 25)]
    assert len(rates(north)) == 4
