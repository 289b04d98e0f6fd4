"""Fetching over HTTP: configurations, the log, and a fetch that goes on behind its answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from apps.currencies.models import RateFetchConfig
from apps.kernel.commands.models import Action
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Schedule, Work
from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.sweeper import sweep
from apps.progress.models import Job
from tests.currencies.banks import Banks, counts, make_config, make_currencies, rates, runs
from tests.currencies.papers import BANK, FRIDAY, PAGE, WEEK, paper
from tests.directory.callers import PROBLEM, client_of, complaints, member, send
from tests.support.scopes import House

CONFIGS = "/api/currencies/fetch-configs/"
RUNS = "/api/currencies/fetch-runs/"
NOW = "/api/currencies/fetch-rates/"
OPTIONS = "currencies.fetch_config.options"


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, "currencies.fetch.manage"), organization=house.north)


def at(config: RateFetchConfig) -> str:
    return f"{CONFIGS}{config.pk}/"


def configs(house: House) -> list[RateFetchConfig]:
    with using_scope(house.scope()), scoped_transaction():
        return list(RateFetchConfig.objects.order_by("source"))


def schedules(house: House) -> list[tuple[UUID, str, str, bool]]:
    with using_scope(house.scope()), scoped_transaction():
        rows = Schedule.objects.filter(kind="currencies.fetch_scheduled")
        return list(rows.values_list("ref_id", "cron", "time_zone", "enabled"))


def job(house: House, answer: Any) -> Job:
    with using_scope(house.scope()), scoped_transaction():
        found: Job = Job.objects.get(pk=answer.json()["progress_job_id"])
    return found


def test_a_new_configuration_is_due_every_day(manager: Client, house: House) -> None:
    body = {"provider": "nbp", "fetch_at": "13:05", "time_zone": "Europe/Warsaw", "options": {"tables": ["A"]}}
    answer = send(manager, "post", CONFIGS, body)
    assert answer.status_code == 201
    record = answer.json()
    assert {name: record[name] for name in body} == body
    assert (record["source"], record["is_enabled"], record["last_run"]) == ("nbp", True, None)
    assert schedules(house) == [(UUID(record["id"]), "5 13 * * *", "Europe/Warsaw", True)]


def test_what_is_left_out_is_customary(manager: Client, house: House) -> None:
    record = send(manager, "post", CONFIGS, {"provider": "ecb"}).json()
    assert (record["fetch_at"], record["time_zone"], record["options"]) == ("17:00", "UTC", {})


def test_every_complaint_comes_at_once_and_nothing_is_written(manager: Client, house: House) -> None:
    options = {**BANK, "url": "http://localhost/x", "colour": "red", "kind": "middle"}
    body = {"provider": "file", "fetch_at": "17:00", "time_zone": "Europe/Nowhere", "options": options}
    answer = send(manager, "post", CONFIGS, body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, PROBLEM)
    assert complaints(answer) == {
        "options.url": OPTIONS,
        "options.colour": OPTIONS,
        "options.kind": OPTIONS,
        "time_zone": "currencies.fetch_config.time_zone",
    }
    assert (configs(house), schedules(house)) == ([], [])


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "provider", "required"),
        ({"provider": "raiffeisen"}, "provider", "invalid_choice"),
        ({"provider": "ecb", "fetch_at": "24:00"}, "fetch_at", "invalid"),
        ({"provider": "ecb", "fetch_at": 17}, "fetch_at", "invalid"),
        ({"provider": "ecb", "options": []}, "options", "not_a_dict"),
        ({"provider": "ecb", "source": "mine"}, "source", "read_only"),
        ({"provider": "ecb", "last_run": {}}, "last_run", "read_only"),
        ({"provider": "ecb", "colour": "red"}, "colour", "unknown"),
        ({"provider": "ecb", "options": {"currencies": ["EUR"] * 3_000}}, "options", OPTIONS),
    ],
)
def test_bad_input_names_its_field(manager: Client, house: House, body: dict[str, Any], field: str, code: str) -> None:
    answer = send(manager, "post", CONFIGS, body)
    assert (answer.status_code, complaints(answer)) == (400, {field: code})
    assert configs(house) == []


def test_there_is_one_configuration_for_each_source(manager: Client, house: House) -> None:
    send(manager, "post", CONFIGS, {"provider": "ecb"})
    answer = send(manager, "post", CONFIGS, {"provider": "ecb"})
    assert (answer.status_code, complaints(answer)) == (409, {"provider": "kernel.duplicate"})
    table = {**BANK, "url": "https://bank.example/rates.csv"}
    for source in ("bank-one", "bank-two"):
        body = {"provider": "file", "options": {**table, "source": source}}
        assert send(manager, "post", CONFIGS, body).json()["source"] == source
    again = send(manager, "post", CONFIGS, body)
    assert (again.status_code, complaints(again)) == (409, {"options.source": "kernel.duplicate"})
    assert [item.source for item in configs(house)] == ["bank-one", "bank-two", "ecb"]


def test_a_change_reaches_the_schedule(manager: Client, house: House) -> None:
    config = make_config(house)
    answer = send(manager, "patch", at(config), {"is_enabled": False, "fetch_at": "06:30"})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert schedules(house) == [(config.pk, "30 6 * * *", "UTC", False)]


def test_a_provider_stays_what_it_was(manager: Client, house: House) -> None:
    config = make_config(house)
    answer = send(manager, "patch", at(config), {"provider": "nbp"})
    assert (answer.status_code, complaints(answer)) == (400, {"provider": "currencies.fetch_config.provider_fixed"})


def test_a_stale_change_is_refused(manager: Client, house: House) -> None:
    config = make_config(house)
    send(manager, "patch", at(config), {"fetch_at": "06:30"})
    answer = send(manager, "patch", at(config), {"fetch_at": "07:30"}, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["changed_fields"]) == (412, ["fetch_at"])


def test_a_deletion_takes_the_schedule_along(manager: Client, house: House) -> None:
    config = make_config(house)
    assert send(manager, "delete", at(config)).status_code == 204
    assert (configs(house), schedules(house)) == ([], [])


def test_another_tenant_s_configuration_looks_like_none(house: House, other_house: House, manager: Client) -> None:
    config = make_config(other_house)
    missing = manager.get(f"{CONFIGS}{uuid7()}/")
    for answer in (
        manager.get(at(config)),
        send(manager, "patch", at(config), {"is_enabled": False}),
        send(manager, "delete", at(config)),
    ):
        assert (answer.status_code, answer.json()) == (404, missing.json())
    assert [item.is_enabled for item in configs(other_house)] == [True]


@pytest.mark.parametrize("features", [(), ("currencies.view",), ("currencies.manage", "currencies.rates.manage")])
def test_fetching_needs_its_own_feature(house: House, features: tuple[str, ...]) -> None:
    client = client_of(member(house, *features), organization=house.north)
    for answer in (client.get(CONFIGS), client.get(RUNS), send(client, "post", NOW, {})):
        assert (answer.status_code, answer.json()["feature"]) == (403, "currencies.fetch.manage")


def test_a_fetch_goes_on_behind_the_answer(manager: Client, house: House, banks: Banks) -> None:
    make_currencies(house)
    answer = send(manager, "post", NOW, {"provider": "ecb", "date": "2026-03-06"})
    job_id = answer.json()["progress_job_id"]
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/api/progress/jobs/{job_id}/")
    assert banks.asked == []
    assert [run.status for run in runs(house)] == ["waiting"]
    assert sweep()[Outcome.DONE] >= 1
    found = job(house, answer)
    assert (found.status, found.processed, found.total) == ("completed", 1, 2)
    assert found.result == {"new": 4, "corrected": 0, "unchanged": 0, "left_out": 25}
    assert len(rates(house, "ecb")) == 4


def test_whoever_asked_stands_in_the_history(manager: Client, house: House, banks: Banks) -> None:
    make_currencies(house)
    answer = send(manager, "post", NOW, {"provider": "ecb"})
    sweep()
    [run] = runs(house)
    with using_scope(house.scope()), scoped_transaction():
        asked = Action.objects.get(pk=answer.headers["X-Action-Id"])
        action = Action.objects.get(command="currencies.fetch_run.finish")
    assert (asked.command, asked.actor_label) == ("currencies.fetch_run.request", "Bob")
    assert (action.actor_kind, action.on_behalf_of, action.resource_id) == ("system", asked.actor_id, run.pk)
    assert (run.trigger, run.asked_by) == ("request", asked.actor_id)


def test_without_a_provider_every_enabled_source_is_fetched(manager: Client, house: House, banks: Banks) -> None:
    make_currencies(house)
    make_config(house)
    make_config(house, "nbp", options={"tables": ["A"]})
    make_config(house, "file", is_enabled=False, options={**BANK, "url": f"{banks.address}/x"})
    send(manager, "post", NOW, {"from": "2026-03-02", "to": "2026-03-06"})
    banks.nbp("A", WEEK, paper("nbp-a.json"))
    sweep()
    assert [(run.source, counts(run)[:2]) for run in runs(house)] == [("ecb", ("done", 20)), ("nbp", ("done", 12))]


def test_one_failing_provider_does_not_lose_the_other(manager: Client, house: House, banks: Banks) -> None:
    make_currencies(house)
    make_config(house)
    make_config(house, "nbp")
    banks.ecb("eurofxref-hist-90d.xml", PAGE, status="503 Unavailable")
    banks.nbp("A", WEEK, paper("nbp-a.json"))
    answer = send(manager, "post", NOW, {"from": "2026-03-02", "to": "2026-03-06"})
    sweep()
    assert [(run.source, run.status, run.new) for run in runs(house)] == [("ecb", "failed", 0), ("nbp", "done", 12)]
    found = job(house, answer)
    assert found.status == "failed"
    assert found.error == (
        "ecb: 127.0.0.1 answered with the status 503.\nnbp: 12 new, 0 corrected, 0 unchanged, 84 left out"
    )


def test_a_fetch_that_waits_can_be_cancelled(manager: Client, house: House, banks: Banks) -> None:
    make_currencies(house)
    answer = send(manager, "post", NOW, {"provider": "ecb"})
    assert send(manager, "post", f"{answer.json()['progress']}cancel/", {}).status_code == 200
    sweep()
    assert [run.status for run in runs(house)] == ["cancelled"]
    assert (banks.asked, rates(house)) == ([], {})


def test_the_same_key_fetches_once(manager: Client, house: House, banks: Banks) -> None:
    make_currencies(house)
    first, second = (send(manager, "post", NOW, {"provider": "ecb"}, **{"Idempotency-Key": "a"}) for _time in range(2))
    assert (first.json(), second.headers["Idempotency-Replayed"]) == (second.json(), "true")
    assert len(runs(house)) == 1


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"provider": "raiffeisen"}, {"provider": "invalid_choice"}),
        ({"provider": "ecb", "date": "6.3.2026"}, {"date": "invalid"}),
        ({"provider": "ecb", "date": "2026-03-06", "to": "2026-03-06"}, {"date": "currencies.fetch.range"}),
        ({"provider": "ecb", "date": "2026-03-07"}, {"to": "currencies.fetch.range"}),
        ({"provider": "ecb", "from": "2026-03-06", "to": "2026-03-05"}, {"from": "currencies.fetch.range"}),
        ({"provider": "ecb", "from": "1999-01-04"}, {"from": "currencies.fetch.range"}),
        ({"days": 3}, {"days": "unknown"}),
    ],
)
def test_days_that_cannot_be_fetched_are_refused(
    manager: Client, house: House, banks: Banks, body: dict[str, Any], told: dict[str, str]
) -> None:
    answer = send(manager, "post", NOW, body)
    assert (answer.status_code, complaints(answer)) == (400, told)
    assert runs(house) == []
    assert not Work.objects.filter(kind="currencies.fetch_rates").exists()


@pytest.mark.parametrize("body", [{}, {"provider": "file"}])
def test_nothing_is_fetched_where_nothing_is_configured(manager: Client, house: House, body: dict[str, str]) -> None:
    answer = send(manager, "post", NOW, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "currencies.fetch.not_configured")


def test_the_log_and_the_last_fetch_can_be_read(manager: Client, house: House, banks: Banks) -> None:
    make_currencies(house)
    config = make_config(house)
    for _time in range(2):
        send(manager, "post", NOW, {})
        sweep()
    listed = manager.get(f"{RUNS}?source=ecb&status=done").json()["results"]
    assert [(row["new"], row["unchanged"], row["trigger"]) for row in listed] == [(0, 4, "request"), (4, 0, "request")]
    record = manager.get(f"{RUNS}{listed[0]['id']}/").json()
    assert (record["start_on"], record["end_on"], record["error"]) == (str(FRIDAY), str(FRIDAY), "")
    last = manager.get(at(config)).json()["last_run"]
    assert (last["id"], last["status"], last["unchanged"]) == (listed[0]["id"], "done", 4)
    assert [row["last_run"]["id"] for row in manager.get(CONFIGS).json()["results"]] == [listed[0]["id"]]
