"""Long jobs over HTTP: whose can be seen, what is shown, what can be cancelled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client, RequestFactory

from apps.auth.models import User
from apps.kernel import clock
from apps.kernel.access.grants import Access
from apps.kernel.commands.models import Action
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.progress.api.views import JobViewSet
from apps.progress.selectors import own_jobs, visible_jobs
from tests.auth.factories import reading_in
from tests.directory.callers import PROBLEM, client_of, complaints, member, send
from tests.progress.factories import KIND, jobs, open_job, open_part, stored, working_in
from tests.support.scopes import House

LIST = "/api/progress/jobs/"
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def at(job_id: UUID, action: str = "") -> str:
    return f"{LIST}{job_id}/{action}"


def listed(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_the_list_shows_own_jobs_newest_first(house: House, bob: User, browser: Client) -> None:
    first, second = open_job(house, bob), open_job(house, bob)
    open_job(house, member(house, name="Carol"))
    assert listed(browser) == [str(second), str(first)]


def test_everybody_s_jobs_need_a_feature(house: House, other_house: House, bob: User) -> None:
    job_id = open_job(house, bob)
    open_job(other_house, member(other_house))
    seer = client_of(member(house, "progress.jobs.view_all", name="Carol"))
    assert listed(seer) == [str(job_id)]
    assert listed(seer, "is_own=true") == []
    assert listed(seer, "is_own=false") == [str(job_id)]
    assert seer.get(at(job_id)).status_code == 200


def test_another_owner_s_job_and_another_tenant_s_look_like_none(
    house: House, other_house: House, bob: User, browser: Client
) -> None:
    carol, charlie = member(house, name="Carol"), member(other_house, "*", name="Charlie")
    job_id = open_job(house, carol, is_cancellable=True)
    missing = browser.get(at(uuid7()))
    for client in (browser, client_of(charlie)):
        for answer in (client.get(at(job_id)), send(client, "post", at(job_id, "cancel/"), {})):
            assert (answer.status_code, answer.headers["Content-Type"]) == (404, PROBLEM)
            assert answer.json() == missing.json()
        assert listed(client) == []
    assert stored(house, job_id).status == "pending"


def test_nobody_sees_nothing(house: House, bob: User) -> None:
    job_id = open_job(house, bob)
    for address in (LIST, at(job_id), at(job_id, "download/")):
        assert Client().get(address).status_code == 401


def test_customers_have_no_long_jobs(house: House, bob: User) -> None:
    open_job(house, bob)
    customer = Actor(ActorKind.CUSTOMER, bob.pk, "A customer", Access(granted=frozenset({"portal.*"})))
    with using_scope(Scope(house.tenant.pk, None, frozenset(), customer)), scoped_transaction():
        answer = JobViewSet.as_view({"get": "list"})(RequestFactory().get(LIST))
    assert (answer.status_code, answer.data["code"]) == (403, "kernel.forbidden")


@pytest.mark.parametrize("method", ["options", "put", "delete"])
def test_a_method_that_leads_nowhere_is_refused_for_everybody(method: str, browser: Client) -> None:
    for client in (Client(), browser):
        assert getattr(client, method)(LIST).status_code == 405


def test_a_job_is_shown_without_what_it_was_given(house: House, bob: User, browser: Client) -> None:
    with clock.frozen(NOON) as frozen:
        job_id = open_job(house, bob, total=200, is_cancellable=True, values={"secret": "s3cr3t"})
        with working_in(house):
            jobs().start(job_id)
            frozen.tick(10)
            jobs().advance(job_id, 50)
        record = browser.get(at(job_id)).json()
    assert record == {
        "id": str(job_id),
        "kind": KIND,
        "name": "Export of things",
        "status": "running",
        "processed": 50,
        "total": 200,
        "percent": 25,
        "eta_seconds": 30,
        "heartbeat_at": "2026-05-04T12:00:10Z",
        "started_at": "2026-05-04T12:00:00Z",
        "ended_at": None,
        "is_cancellable": True,
        "is_cancel_requested": False,
        "result": {},
        "error": "",
        "parent_id": None,
        "partition": "",
        "created_at": "2026-05-04T12:00:00Z",
    }
    assert b"s3cr3t" not in browser.get(LIST).content + browser.get(at(job_id)).content


def test_an_unknown_total_has_no_percent_and_no_eta(house: House, bob: User, browser: Client) -> None:
    job_id = open_job(house, bob)
    with working_in(house):
        jobs().advance(job_id, 50)
    record = browser.get(at(job_id)).json()
    assert (record["percent"], record["eta_seconds"], record["processed"]) == (None, None, 50)


def test_a_result_shows_its_counts_only(house: House, bob: User, browser: Client) -> None:
    job_id = open_job(house, bob)
    result = {"created": 3, "share": 0.5, "note": "private", "flag": True, "rows": [1]}
    with working_in(house):
        jobs().complete(job_id, result)
    record = browser.get(at(job_id)).json()
    assert (record["status"], record["percent"], record["result"]) == ("completed", 100, {"created": 3, "share": 0.5})


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=pending", ["part", "waits"]),
        ("status__in=pending,running", ["part", "runs", "waits"]),
        ("status__in=pending,running&parent_id__isnull=true", ["runs", "waits"]),
        ("status=failed", ["broke"]),
        ("kind=tests.other.run", ["broke"]),
        ("kind__in=tests.other.run,tests.nothing.run", ["broke"]),
        ("ordering=created_at", ["waits", "runs", "broke", "part"]),
    ],
)
def test_filters(house: House, bob: User, browser: Client, query: str, expected: list[str]) -> None:
    names = ("waits", "runs")
    waits, runs = (open_job(house, bob, name=name) for name in names)
    broke = open_job(house, bob, kind="tests.other.run", name="broke")
    with working_in(house):
        jobs().start(runs)
        jobs().fail(broke, "The disk is full.")
    part = open_part(house, runs, "1", name="part")
    known = {str(waits): "waits", str(runs): "runs", str(broke): "broke", str(part): "part"}
    assert [known[item] for item in listed(browser, query)] == expected


def test_parts_of_one_job_can_be_listed(house: House, bob: User, browser: Client) -> None:
    whole, other = open_job(house, bob), open_job(house, bob)
    part = open_part(house, whole, "north")
    open_part(house, other, "north")
    assert listed(browser, f"parent_id={whole}") == [str(part)]


@pytest.mark.parametrize("query", ["status=done", "status__in=pending,odd", "is_own=yes", "owner_id=1", "values=1"])
def test_what_cannot_be_filtered_by_is_refused(house: House, browser: Client, query: str) -> None:
    answer = browser.get(f"{LIST}?{query}")
    assert (answer.status_code, list(complaints(answer))) == (400, [query.partition("=")[0]])


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_job_cannot_be_written(house: House, bob: User, browser: Client, method: str) -> None:
    job_id = open_job(house, bob)
    assert send(browser, method, at(job_id), {"name": "x"}).status_code == 405
    assert send(browser, "post", LIST, {"name": "x", "kind": KIND}).status_code == 405


def test_a_waiting_job_is_cancelled_at_once(house: House, bob: User, browser: Client) -> None:
    job_id = open_job(house, bob, is_cancellable=True, values={"ids": [1]})
    answer = send(browser, "post", at(job_id, "cancel/"), {})
    record = answer.json()
    assert (answer.status_code, record["status"], record["is_cancel_requested"]) == (200, "cancelled", True)
    assert record["ended_at"] is not None
    assert stored(house, job_id).values == {}
    with working_in(house):
        assert jobs().input_of(job_id) is None
        assert jobs().is_cancellation_requested(job_id) is True


def test_a_running_job_stops_when_its_worker_looks(house: House, bob: User, browser: Client) -> None:
    job_id = open_job(house, bob, is_cancellable=True)
    with working_in(house):
        jobs().advance(job_id, 5)
        assert jobs().is_cancellation_requested(job_id) is False
        record = send(browser, "post", at(job_id, "cancel/"), {}).json()
        assert (record["status"], record["is_cancel_requested"]) == ("running", True)
        assert jobs().is_cancellation_requested(job_id) is True
        jobs().advance(job_id, 6)
        jobs().cancelled(job_id)
    record = browser.get(at(job_id)).json()
    assert (record["status"], record["processed"]) == ("cancelled", 6)


def test_a_second_request_to_stop_changes_nothing(house: House, bob: User, browser: Client) -> None:
    job_id = open_job(house, bob, is_cancellable=True)
    with working_in(house):
        jobs().start(job_id)
    assert send(browser, "post", at(job_id, "cancel/"), {}).status_code == 200
    asked_at = stored(house, job_id).cancel_requested_at
    assert send(browser, "post", at(job_id, "cancel/"), {}).status_code == 200
    assert stored(house, job_id).cancel_requested_at == asked_at


def test_what_cannot_be_cancelled_says_what_may_follow(house: House, bob: User, browser: Client) -> None:
    fixed, ended = open_job(house, bob), open_job(house, bob, is_cancellable=True)
    with working_in(house):
        jobs().start(fixed)
        jobs().complete(ended, {})
    answer = send(browser, "post", at(fixed, "cancel/"), {})
    body = answer.json()
    assert (answer.status_code, body["code"]) == (409, "progress.job.not_cancellable")
    assert (body["status"], answer.headers["Content-Type"]) == (409, PROBLEM)
    assert (body["state"], body["allowed"]) == ("running", ["completed", "failed"])
    body = send(browser, "post", at(ended, "cancel/"), {}).json()
    assert (body["code"], body["state"], body["allowed"]) == ("progress.job.ended", "completed", [])
    assert stored(house, fixed).cancel_requested_at is None


def test_cancelling_for_others_needs_a_feature(house: House, bob: User) -> None:
    job_id = open_job(house, bob, is_cancellable=True)
    seer = client_of(member(house, "progress.jobs.view_all"))
    answer = send(seer, "post", at(job_id, "cancel/"), {})
    assert (answer.status_code, answer.json()["feature"]) == (403, "progress.jobs.manage")
    assert stored(house, job_id).status == "pending"
    manager = client_of(member(house, "progress.jobs.manage"))
    assert send(manager, "post", at(job_id, "cancel/"), {}).json()["status"] == "cancelled"


def test_a_request_to_stop_stands_in_the_history(house: House, bob: User, browser: Client) -> None:
    job_id = open_job(house, bob, is_cancellable=True)
    answer = send(browser, "post", at(job_id, "cancel/"), {}, **{"Idempotency-Key": "stop-1"})
    again = send(browser, "post", at(job_id, "cancel/"), {}, **{"Idempotency-Key": "stop-1"})
    assert again.json() == answer.json()
    with reading_in(house):
        action = Action.objects.get(pk=answer.headers["X-Action-Id"])
        assert Action.objects.filter(command="progress.job.cancel").count() == 1
    assert (action.resource_id, action.resource_label, action.source) == (job_id, "Export of things", "api")


def test_a_request_to_stop_takes_no_fields(house: House, bob: User, browser: Client) -> None:
    job_id = open_job(house, bob, is_cancellable=True)
    answer = send(browser, "post", at(job_id, "cancel/"), {"force": True})
    assert (answer.status_code, complaints(answer)) == (400, {"force": "unknown"})


def test_an_api_key_owns_what_it_opened(house: House, bob: User) -> None:
    """Also when a person has, by whatever chance, the key's id."""
    key = Actor(ActorKind.API_KEY, bob.pk, "Importer")
    with using_scope(Scope(house.tenant.pk, None, frozenset(), key)), scoped_transaction():
        job_id = jobs().open(KIND, name="Export")
        assert [job.pk for job in own_jobs()] == [job_id]
    with using_scope(house.scope(actor_id=bob.pk)), scoped_transaction():
        assert list(own_jobs()) == []
        assert [job.pk for job in visible_jobs()] == [job_id]


def test_programs_without_an_id_own_nothing(house: House) -> None:
    with working_in(house), scoped_transaction():
        jobs().open(KIND, name="Night run")
        assert list(own_jobs()) == []


def test_a_list_costs_the_same_whatever_its_length(
    house: House, bob: User, browser: Client, django_assert_max_num_queries: Any
) -> None:
    open_job(house, bob)
    listed(browser)
    with django_assert_max_num_queries(100) as few:
        listed(browser)
    for _ in range(20):
        open_job(house, bob)
    with django_assert_max_num_queries(100) as many:
        assert len(listed(browser)) == 21
    assert len(few) == len(many)


def test_old_jobs_can_be_left_out(house: House, bob: User, browser: Client) -> None:
    with clock.frozen(NOON):
        open_job(house, bob)
    with clock.frozen(NOON + timedelta(days=1)):
        late = open_job(house, bob)
    assert listed(browser, "created_at__gt=2026-05-05T00:00:00Z") == [str(late)]
