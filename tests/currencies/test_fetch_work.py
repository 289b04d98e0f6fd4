"""Fetches that nobody asks for: by schedule, and of rates that were looked for in vain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from apps.currencies.contracts import ExchangeRates
from apps.currencies.errors import RateNotFound
from apps.currencies.models import MissingRate, RunTrigger
from apps.currencies.services import ask_for_missing, update_fetch_config
from apps.currencies.services.fetching.documents import PUBLIC
from apps.currencies.services.fetching.sources import Source
from apps.currencies.services.fetching.storing import Asked, open_run
from apps.directory.services import delete_organization
from apps.kernel.services import service
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Work
from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.sweeper import sweep
from tests.currencies.banks import Banks, counts, make_config, make_currencies, rates, runs
from tests.currencies.papers import ENTITY_BOMB, FRIDAY, PAGE, ecb_of
from tests.support.scopes import House

DAILY, RECENT = "/ecb/eurofxref-daily.xml", "/ecb/eurofxref-hist-90d.xml"
TUESDAY = date(2026, 3, 3)


@pytest.fixture
def north(house: House, banks: Banks) -> Iterator[House]:
    """North, which uses five currencies, at 18:00."""
    make_currencies(house)
    with using_scope(house.scope(house.north)):
        yield house


def wait(banks: Banks, *, until: datetime) -> None:
    """Let time pass, and do what is due then."""
    sweep()  # schedules work out when they come due
    PUBLIC.clear()
    banks.clock.tick(until - banks.clock.at)
    sweep()


def saturday(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 7, hour, minute, tzinfo=UTC)


def test_rates_are_fetched_at_the_time_of_the_configuration(north: House, banks: Banks) -> None:
    make_config(north, fetch_at="06:30", time_zone="Europe/Warsaw")
    wait(banks, until=saturday(5, 29))
    assert runs(north) == []
    wait(banks, until=saturday(5, 30))
    [run] = runs(north)
    assert (run.trigger, run.start_on, run.end_on) == ("schedule", date(2026, 2, 28), date(2026, 3, 7))
    assert counts(run)[:2] == ("done", 5 * 4)
    assert banks.asked == [RECENT]


def test_the_next_run_begins_a_week_before_the_last_good_one(north: House, banks: Banks) -> None:
    make_config(north, fetch_at="06:30")
    for moment in (saturday(7), saturday(7) + timedelta(days=1), saturday(7) + timedelta(days=30)):
        wait(banks, until=moment)
    assert [(str(run.start_on), run.new, run.unchanged) for run in runs(north)] == [
        ("2026-02-28", 20, 0),
        ("2026-02-28", 0, 20),
        ("2026-03-01", 0, 20),
    ]


def test_one_that_is_switched_off_is_not_fetched(north: House, banks: Banks) -> None:
    config = make_config(north, fetch_at="06:30")
    update_fetch_config(config.pk, is_enabled=False)
    wait(banks, until=saturday(7))
    assert (runs(north), banks.asked) == ([], [])


def test_each_organization_gets_its_own_rates(north: House, other_house: House, banks: Banks) -> None:
    make_currencies(north, "EUR", "USD", at=north.south)
    make_currencies(other_house, "EUR", "CHF")
    for house, organization in ((north, north.north), (north, north.south), (other_house, other_house.north)):
        make_config(house, fetch_at="06:30", at=organization)
    wait(banks, until=saturday(7))
    assert [len(rates(north, at=place)) for place in (north.north, north.south)] == [4, 1]
    assert list(rates(other_house)) == [("EUR", "CHF", "mid")]
    assert banks.asked == [RECENT]  # one document serves everybody


def test_a_bank_that_does_not_answer_is_asked_again_later(north: House, banks: Banks) -> None:
    make_config(north, fetch_at="06:30")
    good = banks.pages[RECENT]
    banks.put(RECENT, PAGE, status="503 Unavailable")
    wait(banks, until=saturday(6, 30))
    wait(banks, until=saturday(6, 31))
    banks.pages[RECENT] = good
    wait(banks, until=saturday(6, 35))
    assert [run.status for run in runs(north)] == ["failed", "failed"]
    wait(banks, until=saturday(6, 36))
    assert [run.status for run in runs(north)] == ["failed", "failed", "done"]
    assert not Work.objects.filter(kind="currencies.fetch_scheduled").exists()


def test_a_bank_that_says_how_long_to_wait_is_left_alone_so_long(north: House, banks: Banks) -> None:
    make_config(north, fetch_at="06:30")
    banks.put(RECENT, PAGE, status="429 Too Many Requests", retry_after="1200")
    for minute in (30, 49, 50):
        wait(banks, until=saturday(6, minute))
    assert len(banks.asked) == 2


def test_the_last_failure_ends_the_matter_until_the_next_day(north: House, banks: Banks) -> None:
    make_config(north, fetch_at="06:30")
    banks.put(RECENT, PAGE, status="503 Unavailable")
    wait(banks, until=saturday(6, 30))
    for hours in range(1, 12):
        wait(banks, until=saturday(6, 30) + timedelta(hours=hours))
    assert len(runs(north)) == 6
    assert not Work.objects.filter(kind="currencies.fetch_scheduled").exists()
    wait(banks, until=saturday(6, 30) + timedelta(days=1))
    assert len(runs(north)) == 7


def test_a_broken_document_is_not_asked_for_again_and_loses_no_other_source(north: House, banks: Banks) -> None:
    make_config(north, fetch_at="06:30")
    make_config(north, "nbp", fetch_at="06:30", options={"tables": ["A"]})
    banks.put(RECENT, ENTITY_BOMB)
    wait(banks, until=saturday(6, 30))
    wait(banks, until=saturday(12))
    assert {run.source: run.status for run in runs(north)} == {"ecb": "failed", "nbp": "done"}
    assert len(runs(north)) == 2


def test_a_fetch_that_a_worker_has_left_behind_is_taken_up(north: House, banks: Banks) -> None:
    make_config(north, fetch_at="06:30")
    left = open_run(Source("ecb", "ecb", {}), FRIDAY, FRIDAY, Asked(RunTrigger.SCHEDULE))
    wait(banks, until=saturday(7))
    assert [(run.pk, run.status) for run in runs(north)] == [(left.pk, "done")]


def missing() -> list[tuple[str, str, date, bool]]:
    with scoped_transaction():
        rows = MissingRate.objects.order_by("effective_on", "from_code")
        return [(row.from_code, row.to_code, row.effective_on, row.fetched_at is not None) for row in rows]


def test_a_rate_that_was_missing_is_fetched_once(north: House, banks: Banks) -> None:
    make_config(north)
    for _time in range(2):
        ask_for_missing([("USD", "PLN", TUESDAY)])
        sweep()
    assert missing() == [("USD", "PLN", TUESDAY, True)]
    [run] = runs(north)
    assert (run.trigger, run.start_on, run.end_on, run.status) == ("missing", date(2026, 2, 24), TUESDAY, "done")
    assert banks.asked == [RECENT]


def test_many_missing_rates_are_one_fetch(north: House, banks: Banks) -> None:
    make_config(north)
    days = [FRIDAY - timedelta(days=offset) for offset in range(60)]
    ask_for_missing([(code, "EUR", day) for code in ("USD", "GBP", "PLN") for day in days])
    ask_for_missing([("CHF", "EUR", day) for day in days])
    assert Work.objects.filter(kind="currencies.fetch_missing").count() == 2
    sweep()
    assert [(run.start_on, run.end_on) for run in runs(north)] == [(days[-1] - timedelta(days=7), FRIDAY)]
    assert {is_fetched for *_missing, is_fetched in missing()} == {True}


@pytest.mark.parametrize(
    "wanted",
    [("USD", "PLN", FRIDAY + timedelta(days=1)), ("USD", "JPY", FRIDAY), ("dollar", "PLN", FRIDAY)],
    ids=["a day to come", "a currency that is not used", "no currency"],
)
def test_what_no_fetch_would_bring_is_not_looked_for(north: House, wanted: tuple[str, str, date]) -> None:
    ask_for_missing([wanted])
    assert (missing(), Work.objects.filter(kind="currencies.fetch_missing").count()) == ([], 0)


def test_where_no_fetching_is_configured_nothing_is_asked(north: House, banks: Banks) -> None:
    ask_for_missing([("USD", "PLN", TUESDAY)])
    assert sweep() == {Outcome.DONE: 1}
    assert (missing(), banks.asked) == ([("USD", "PLN", TUESDAY, True)], [])


def test_a_missing_rate_is_tried_again_while_the_bank_does_not_answer(north: House, banks: Banks) -> None:
    make_config(north, fetch_at="23:59")
    good = banks.pages[RECENT]
    banks.put(RECENT, PAGE, status="503 Unavailable")
    ask_for_missing([("USD", "PLN", TUESDAY)])
    sweep()
    assert missing() == [("USD", "PLN", TUESDAY, False)]
    banks.pages[RECENT] = good
    wait(banks, until=banks.clock.at + timedelta(minutes=1))
    assert missing() == [("USD", "PLN", TUESDAY, True)]


def test_documents_of_one_day_are_read_where_only_today_is_wanted(north: House, banks: Banks) -> None:
    make_config(north)
    banks.put(DAILY, ecb_of("2026-03-06", USD="1.1"))
    ask_for_missing([("USD", "EUR", FRIDAY)])
    sweep()
    assert banks.asked == [RECENT]  # the week before it is wanted as well: the rate may be Thursday's


def test_a_conversion_without_a_rate_has_it_fetched(north: House, banks: Banks) -> None:
    make_config(north)
    with scoped_transaction(), pytest.raises(RateNotFound):
        service(ExchangeRates).rate_on("EUR", "PLN", TUESDAY)
    sweep()
    with scoped_transaction():
        assert service(ExchangeRates).rate_on("EUR", "PLN", TUESDAY).source == "ecb"


def test_what_was_fetched_does_not_keep_an_organization_from_being_deleted(north: House, banks: Banks) -> None:
    make_config(north, fetch_at="06:30")
    ask_for_missing([("USD", "EUR", TUESDAY)])
    wait(banks, until=saturday(7))
    assert len(runs(north)) == 2
    with using_scope(north.scope()):
        delete_organization(north.north.pk)
    wait(banks, until=saturday(7) + timedelta(days=1))
    assert len(banks.asked) == 2  # what is gone fetches nothing
