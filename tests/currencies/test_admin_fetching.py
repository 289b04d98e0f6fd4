"""Back office pages of the fetching of rates: configurations, fetching now, the log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.currencies.models import FetchRun, RateFetchConfig, RunStatus
from apps.kernel import clock
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.work.sweeper import sweep
from apps.progress.models import Job
from tests.auth.factories import reading_in
from tests.backoffice.currencies import text_of
from tests.currencies.banks import Banks, counts, make_config, make_currencies, runs
from tests.currencies.papers import FRIDAY
from tests.currencies.shown import CONFIGS, RUNS, make_run, table_options
from tests.directory.callers import client_of, member
from tests.support.scopes import House

WHEN = {"fetch_at": "16:30", "time_zone": "Europe/Warsaw", "is_enabled": "on"}


@pytest.fixture
def manager(house: House) -> Client:
    make_currencies(house)
    return client_of(member(house, "currencies.*"), organization=house.north)


def stored(house: House) -> list[RateFetchConfig]:
    with reading_in(house):
        return list(RateFetchConfig.objects.order_by("source"))


def test_first_a_provider_is_chosen(manager: Client) -> None:
    page = manager.get(f"{CONFIGS}add/").content.decode()
    for name in ("ecb", "nbp", "file"):
        assert f'href="?provider={name}"' in page
    assert "Where should rates come from?" in text_of(manager.get(f"{CONFIGS}add/?provider=nobody").content)


def test_a_configuration_is_made_with_the_options_of_its_provider(manager: Client, house: House) -> None:
    form = manager.get(f"{CONFIGS}add/?provider=nbp").content.decode()
    assert 'name="options.tables"' in form
    assert 'name="options.url"' not in form
    body = {**WHEN, "provider": "nbp", "options.tables": ["A"], "options.currencies": ["USD", "CHF"]}
    assert manager.post(f"{CONFIGS}add/", body).status_code == 302
    [config] = stored(house)
    assert (config.provider, config.fetch_at, config.time_zone, config.is_enabled) == (
        "nbp",
        "16:30",
        "Europe/Warsaw",
        True,
    )
    assert config.options == {"tables": ["A"], "currencies": ["USD", "CHF"]}


def test_a_table_of_ones_own_is_described(manager: Client, house: House) -> None:
    body = {
        **WHEN,
        "provider": "file",
        "options.url": "https://rates.example.org/all.csv",
        "options.format": "csv",
        "options.to": "EUR",
        "options.columns.rate": "Rate",
        "options.columns.date": "Day",
        "options.columns.from": "Currency",
    }
    assert manager.post(f"{CONFIGS}add/", body).status_code == 302
    [config] = stored(house)
    assert config.options == table_options()
    form = manager.get(f"{CONFIGS}{config.pk}/change/").content.decode()
    for value in ("https://rates.example.org/all.csv", "Currency", '<option value="csv" selected>'):
        assert value in form


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"options.url": "http://127.0.0.1/rates"}, "This address cannot be called"),
        ({"options.url": ""}, "This option is required."),
        ({"options.columns.rate": "", "options.columns.date": ""}, "The columns for these are missing: rate, date."),
        (
            {"options.columns.rate": "", "options.columns.date": "", "options.columns.from": ""},
            "This option is required.",
        ),
        ({"options.from": "USD"}, "Give either a column or one currency for all rows."),
        ({"options.source": "ecb"}, "A name of at most 40 small letters"),
        ({"fetch_at": "25:00"}, "A time of day is written like 17:00."),
        ({"time_zone": "Moon/Base"}, "Moon/Base is not one of the available choices"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    manager: Client, house: House, changes: dict[str, str], complaint: str
) -> None:
    body = {
        **WHEN,
        "provider": "file",
        "options.url": "https://rates.example.org/all.csv",
        "options.format": "csv",
        "options.to": "EUR",
        "options.columns.rate": "Rate",
        "options.columns.date": "Day",
        "options.columns.from": "Currency",
        **changes,
    }
    answer = manager.post(f"{CONFIGS}add/", body)
    assert (answer.status_code, complaint in text_of(answer.content)) == (200, True)
    assert stored(house) == []


def test_a_source_is_fetched_by_one_configuration(manager: Client, house: House) -> None:
    make_config(house)
    answer = manager.post(f"{CONFIGS}add/", {**WHEN, "provider": "ecb"})
    assert (answer.status_code, "fetches from ecb already" in text_of(answer.content)) == (200, True)


def test_a_change_keeps_what_is_not_asked_for(manager: Client, house: House) -> None:
    config = make_config(house, options={"currencies": ["USD"]})
    body = {"fetch_at": "07:15", "time_zone": "UTC", "expected_version": "1", "options.currencies": ["USD", "GBP"]}
    assert manager.post(f"{CONFIGS}{config.pk}/change/", body).status_code == 302
    [changed] = stored(house)
    assert (changed.provider, changed.fetch_at, changed.is_enabled) == ("ecb", "07:15", False)
    assert changed.options == {"currencies": ["USD", "GBP"]}


def test_two_who_change_the_same_are_told(manager: Client, house: House) -> None:
    config = make_config(house)
    body = {"fetch_at": "07:15", "time_zone": "UTC", "expected_version": "1"}
    assert manager.post(f"{CONFIGS}{config.pk}/change/", body).status_code == 302
    late = manager.post(f"{CONFIGS}{config.pk}/change/", {**body, "fetch_at": "08:00"})
    assert (late.status_code, "07:15" in text_of(late.content)) == (412, True)


def test_the_list_says_how_the_last_fetch_ended(manager: Client, house: House) -> None:
    make_config(house)
    assert "never" in text_of(manager.get(CONFIGS).content)
    today = clock.now().date()
    with using_scope(house.scope(house.north)):
        make_run(today, RunStatus.FAILED, error="The bank is closed.")
    assert "failed" in text_of(manager.get(CONFIGS).content)
    assert "The bank is closed." in text_of(manager.get(CONFIGS).content)
    with using_scope(house.scope(house.north)):
        make_run(today, RunStatus.DONE, new=7, unchanged=2)
    shown = text_of(manager.get(CONFIGS).content)
    assert "7 new, 0 corrected, 2 unchanged, 0 left out" in shown
    assert "The bank is closed." not in shown


def test_the_list_takes_as_many_queries_for_ten_as_for_one(manager: Client, house: House) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            manager.get(CONFIGS)
        return len(found)

    make_config(house)
    queries()
    before = queries()
    for number in range(9):
        make_config(house, "file", options={**table_options(), "source": f"table-{number}"})
    assert queries() == before


def test_a_configuration_shows_its_last_fetches(manager: Client, house: House) -> None:
    config = make_config(house)
    assert "Nothing has been fetched yet." in text_of(manager.get(f"{CONFIGS}{config.pk}/change/").content)
    day = clock.now().date() - timedelta(days=3)
    with using_scope(house.scope(house.north)):
        run = make_run(day, RunStatus.DONE, new=7)
        make_run(day, RunStatus.DONE, source="nbp", new=9)
    page = manager.get(f"{CONFIGS}{config.pk}/change/").content.decode()
    assert f"{RUNS}{run.pk}/change/" in page
    assert "7 new" in text_of(page.encode())
    assert "9 new" not in text_of(page.encode())


@pytest.fixture
def friday(house: House, banks: Banks) -> Banks:
    """The banks, asked by North."""
    make_currencies(house)
    return banks


def test_fetching_now_starts_a_long_job(house: House, friday: Banks) -> None:
    config, other = make_config(house, is_enabled=False), make_config(house, "nbp")
    user = member(house, "currencies.*")
    client = client_of(user, organization=house.south)
    button = f"{CONFIGS}{config.pk}/do/fetch-now/"
    assert button in client_of(user, organization="all").get(CONFIGS).content.decode()
    days = {"start": str(FRIDAY), "end": str(FRIDAY), "expected_version": "1"}
    answer = client_of(user, organization=house.north).post(button, days, follow=True)
    assert "The fetch has begun." in text_of(answer.content)
    with reading_in(house):
        job = Job.objects.get()
    assert (job.owner_id, job.status, job.is_cancellable) == (user.pk, "pending", True)
    sweep()
    [run] = runs(house)
    assert (run.source, run.organization_id, run.asked_by) == ("ecb", house.north.pk, user.pk)
    assert counts(run)[:2] == ("done", 4)
    assert other.source not in {item.source for item in runs(house)}
    assert client.get(button).status_code == 404


def test_days_that_cannot_be_fetched_are_said(house: House, friday: Banks) -> None:
    config = make_config(house)
    client = client_of(member(house, "currencies.*"), organization=house.north)
    button = f"{CONFIGS}{config.pk}/do/fetch-now/"
    answer = client.post(button, {"start": "2026-03-09", "end": "2026-03-01"})
    assert (answer.status_code, "The range begins after its end." in text_of(answer.content)) == (200, True)
    answer = client.post(button, {"start": "2026-03-06", "end": "2027-03-01"})
    assert "There are no rates of the future." in text_of(answer.content)
    assert runs(house) == []


def test_the_log_is_listed_and_narrowed(manager: Client, house: House) -> None:
    today = clock.now().date()
    with using_scope(house.scope(house.north)):
        make_run(today, RunStatus.DONE, new=7)
        make_run(today - timedelta(days=9), RunStatus.FAILED, source="nbp", error="The <bank> is closed.")
    everything = text_of(manager.get(RUNS).content)
    assert "7 new" in everything
    assert "The &lt;bank&gt; is closed." in everything
    for query in ("status__exact=failed", "source=nbp", f"until={today - timedelta(days=9)}"):
        shown = text_of(manager.get(f"{RUNS}?{query}").content)
        assert ("7 new" in shown, "is closed." in shown) == (False, True), query


def test_a_fetch_is_read_and_never_written(manager: Client, house: House) -> None:
    with using_scope(house.scope(house.north)):
        run = make_run(clock.now().date(), RunStatus.FAILED, error="closed " * 100)
    page = manager.get(f"{RUNS}{run.pk}/change/")
    assert text_of(page.content).count("closed") > 100
    assert 'name="_save"' not in page.content.decode()
    assert manager.get(f"{RUNS}add/").status_code == 403
    assert manager.post(f"{RUNS}{run.pk}/change/", {"status": "done"}).status_code == 403
    with reading_in(house):
        assert FetchRun.objects.get().status == RunStatus.FAILED


def test_what_belongs_to_others_is_not_there(house: House, other_house: House) -> None:
    config = make_config(house)
    with using_scope(house.scope(house.north)):
        run = make_run(clock.now().date(), RunStatus.DONE)
    charlie = client_of(member(other_house, "currencies.*"), organization=other_house.north)
    for address in (f"{CONFIGS}{config.pk}/change/", f"{CONFIGS}{config.pk}/do/fetch-now/", f"{RUNS}{run.pk}/change/"):
        assert charlie.get(address).status_code == 404
    assert charlie.post(f"{CONFIGS}{config.pk}/do/fetch-now/", {}).status_code == 404


def test_the_feature_opens_the_pages(house: House) -> None:
    config = make_config(house)
    viewer = client_of(member(house, "currencies.rates.manage"), organization=house.north)
    for address in (CONFIGS, f"{CONFIGS}add/", f"{CONFIGS}{config.pk}/do/fetch-now/", RUNS):
        assert viewer.get(address).status_code == 403
    assert viewer.post(f"{CONFIGS}{config.pk}/do/fetch-now/", {}).status_code == 403
