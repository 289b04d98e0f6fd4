"""Whether this process lives and can serve: right answers, in time, and to strangers no word more than needed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection, connections
from django.test import Client

from apps.kernel import clock
from apps.kernel.ids import uuid7
from apps.kernel.web import health
from apps.kernel.web.health import LIVE, READY, Readiness, missing
from apps.kernel.web.watches import Watch
from apps.kernel.work import heartbeats
from apps.kernel.work.heartbeats import beat
from apps.kernel.work.keeping import Batch
from apps.kernel.work.kinds import queues
from apps.kernel.work.leases import Claimed
from apps.kernel.work.models import WorkerHeartbeat
from tests.kernel.celery_probes import app_on, refusal, silence
from tests.kernel.web_servers import granian, readiness, silent_port  # noqa: F401 - a fixture
from tests.kernel.work_probes import wait_for
from tests.support.databases import admin
from tests.support.scopes import House

TOKEN = "an-operators-token-of-32-letters"
HERE = {"host": "localhost:8000"}
CHECKS = ["database", "migrations", "workers", "broker", "encryption_key"]
LIMIT = 2.0  # seconds within which every answer comes


def ask(path: str = READY, **meta: Any) -> Any:
    """What a caller on this machine is told."""
    return Client(headers=HERE).get(path, **meta)


def whys(answer: Any) -> dict[str, str]:
    """What is wrong, by check."""
    return {name: item["why"] for name, item in answer.json()["checks"].items() if item["status"] != "ok"}


@pytest.fixture
def served(house: House, readiness: Readiness, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """A house in which all is well."""
    monkeypatch.setattr(heartbeats, "_beaten", {})
    for queue in queues():
        beat(queue)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have new connections go somewhere else; the one that the test holds stays."""

    def move(**changes: Any) -> None:
        for name, value in changes.items():
            monkeypatch.setitem(connections["default"].settings_dict, name, value)

    return move


@pytest.mark.parametrize("path", [LIVE, f"{LIVE}/"])
def test_living_asks_nothing(path: str) -> None:
    answer = Client(headers={"host": "10.1.2.3"}).get(path)
    assert (answer.status_code, answer.json(), answer["Cache-Control"]) == (200, {"status": "ok"}, "no-store")


@pytest.mark.committed
@pytest.mark.parametrize("path", [READY, f"{READY}/"])
def test_ready_when_all_is_well(served: None, path: str) -> None:
    answer = ask(path)
    body = answer.json()
    assert (answer.status_code, body["status"], answer["Cache-Control"]) == (200, "ok", "no-store")
    assert {name: item["status"] for name, item in body["checks"].items()} == dict.fromkeys(CHECKS, "ok")
    assert all(item["ms"] >= 0 and "why" not in item for item in body["checks"].values())


@pytest.mark.committed
def test_a_database_that_refuses_takes_the_process_out(served: None, elsewhere: Callable[..., None]) -> None:
    with silent_port() as port:
        pass
    elsewhere(HOST="127.0.0.1", PORT=str(port))
    answer = ask()
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
    assert whys(answer) == {"database": "OperationalError", "migrations": "not reached", "workers": "not reached"}


@pytest.mark.committed
def test_a_database_that_hangs_is_waited_for_no_longer_than_the_limit(
    served: None, elsewhere: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "FRESH", 1.0)
    with silent_port() as port:
        elsewhere(HOST="127.0.0.1", PORT=str(port))
        began = time.monotonic()
        with ThreadPoolExecutor(10) as callers:
            answers = list(callers.map(lambda _: ask(), range(10)))
        assert time.monotonic() - began < LIMIT
        assert len([thread for thread in threading.enumerate() if thread.name == "watch"]) <= 1
    assert {answer.status_code for answer in answers} == {503}
    assert whys(answers[0])["database"] == f"no answer within {health.PATIENCE} s"


@pytest.mark.committed
def test_a_role_that_is_past_the_walls_is_refused(served: None, elsewhere: Callable[..., None]) -> None:
    elsewhere(USER="agora_owner")
    answer = ask()
    assert (answer.status_code, whys(answer)["database"]) == (503, "kernel.database.unsafe_role")


@pytest.mark.committed
def test_a_database_that_lacks_a_migration_is_not_served(served: None) -> None:
    name = connection.settings_dict["NAME"]
    with admin(name) as owner:
        owner.execute("DELETE FROM django_migrations WHERE app = 'kernel' AND name = '0004_worker_heartbeat'")
        lacking = ask()
        owner.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('kernel', '0004_worker_heartbeat', now())"
        )
        whole = ask()
        owner.execute("DELETE FROM django_migrations WHERE app = 'kernel'")
    assert (lacking.status_code, whys(lacking)) == (503, {"migrations": "not applied: kernel.0004_worker_heartbeat"})
    assert (whole.status_code, whole.json()["status"]) == (200, "ok")
    assert ask().json()["status"] == "ok", "what was seen applied once is not asked again"


@pytest.mark.parametrize(
    ("applied", "expected"),
    [
        pytest.param("one two", ["a.joined", "a.three"], id="half-of-what-is-joined"),
        pytest.param("one two three", [], id="all-that-is-joined"),
        pytest.param("joined", [], id="joined-alone"),
        pytest.param("one two three newer", [], id="of-a-later-version"),
        pytest.param("", ["a.joined", "a.one", "a.three", "a.two"], id="nothing"),
    ],
)
def test_joined_migrations_count_as_what_they_replace(applied: str, expected: list[str]) -> None:
    parts = [("a", "one"), ("a", "two"), ("a", "three")]
    known: dict[tuple[str, str], list[tuple[str, str]]] = {**{key: [] for key in parts}, ("a", "joined"): parts}
    assert missing(known, {("a", name) for name in applied.split()}) == expected


@pytest.mark.committed
@pytest.mark.parametrize("broker", [refusal, silence])
def test_without_a_broker_work_is_put_off_and_requests_are_served(
    served: None, settings: LazySettings, broker: Any
) -> None:
    with broker() as url, app_on(url, settings):
        began = time.monotonic()
        answer = ask()
        assert time.monotonic() - began < LIMIT
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert whys(answer) == {"broker": "OperationalError"}


@pytest.mark.committed
def test_silent_workers_are_named_by_queue(served: None, settings: LazySettings) -> None:
    settings.WORK_QUEUES = ["imports", "mails"]
    beat("mails")
    row = WorkerHeartbeat.objects.get(queue="work")
    WorkerHeartbeat.objects.filter(queue="work").update(seen_at=row.seen_at - timedelta(seconds=75))
    answer = ask()
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert whys(answer) == {"workers": "work: silent for 75 s; imports: never served"}


@pytest.mark.committed
def test_without_a_key_nothing_private_can_be_stored(served: None, settings: LazySettings) -> None:
    settings.AGORA_KEKS = []
    answer = ask()
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
    assert whys(answer) == {"encryption_key": "there is no key-encryption key"}


@pytest.mark.committed
@pytest.mark.parametrize(
    ("address", "headers", "told"),
    [
        pytest.param("127.0.0.1", HERE, True, id="loopback"),
        pytest.param("127.8.9.1", {"host": "127.0.0.1"}, True, id="loopback-range"),
        pytest.param("::1", {"host": "[::1]:8000"}, True, id="loopback-v6"),
        pytest.param("::ffff:127.0.0.1", {"host": "localhost"}, True, id="loopback-mapped"),
        pytest.param("10.0.0.7", HERE, False, id="stranger"),
        pytest.param("", HERE, False, id="no-address"),
        pytest.param("127.0.0.1", {"host": "agora.example.com"}, False, id="rebound-name"),
        pytest.param("127.0.0.1", {}, False, id="no-host"),
        pytest.param("127.0.0.1", {**HERE, "x-forwarded-for": "127.0.0.1"}, False, id="proxied"),
        pytest.param("10.0.0.7", {**HERE, "x-forwarded-for": "127.0.0.1"}, False, id="claims-loopback"),
        pytest.param("10.0.0.7", {"authorization": f"Bearer {TOKEN}"}, True, id="token"),
        pytest.param("10.0.0.7", {"authorization": f"bearer {TOKEN}", "via": "1.1 proxy"}, True, id="token-proxied"),
        pytest.param("10.0.0.7", {"authorization": f"Bearer {TOKEN}x"}, False, id="longer-token"),
        pytest.param("10.0.0.7", {"authorization": "Bearer "}, False, id="empty-token"),
        pytest.param("10.0.0.7", {"authorization": TOKEN}, False, id="bare-token"),
        pytest.param("10.0.0.7", {"authorization": "Bearer zażółć"}, False, id="odd-letters"),
    ],
)
def test_details_are_for_operators(
    served: None, settings: LazySettings, address: str, headers: dict[str, str], told: bool
) -> None:
    settings.AGORA_METRICS_TOKEN = TOKEN
    body = Client(headers=headers).get(READY, REMOTE_ADDR=address).json()
    assert sorted(body) == (["checks", "status"] if told else ["status"])


def test_an_installation_without_a_token_accepts_none(settings: LazySettings, readiness: Readiness) -> None:  # noqa: F811
    settings.AGORA_METRICS_TOKEN = ""
    answer = Client(headers={"authorization": "Bearer "}).get(READY, REMOTE_ADDR="10.0.0.7")
    assert "checks" not in answer.json()


def test_neither_session_nor_scope_nor_tls_stands_before_it(
    database: None,
    settings: LazySettings,
    readiness: Readiness,  # noqa: F811
    django_assert_num_queries: Any,
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    client = Client(headers=HERE)
    client.cookies[settings.SESSION_COOKIE_NAME] = "somebody"
    with django_assert_num_queries(0):
        answers = [client.get(LIVE), client.get(READY)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert not any(answer.cookies for answer in answers)


def test_only_reading_is_allowed() -> None:
    answers = [Client(headers=HERE).post(path) for path in (LIVE, READY)]
    assert [(answer.status_code, answer["Allow"]) for answer in answers] == [(405, "GET, HEAD")] * 2


@pytest.mark.committed
def test_an_answer_is_given_again_for_a_second(served: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FRESH", 1.0)
    first, second = ask().json(), ask().json()
    assert first == second
    monkeypatch.setattr(health, "FRESH", 0.0)
    assert ask().json() != first


def test_whoever_asks_during_a_look_shares_it() -> None:
    going_on, begun = threading.Event(), list[int]()

    def look() -> Iterator[str]:
        begun.append(1)
        yield "seen"
        going_on.wait(5)

    watch = Watch(look)
    looks = [watch.ask() for _ in range(20)]
    wait_for(lambda: looks[0].seen)
    assert len(begun) == 1
    assert all(item is looks[0] for item in looks)
    going_on.set()
    assert looks[0].done.wait(5)
    assert watch.ask() is not looks[0]


@pytest.mark.committed
@pytest.mark.parametrize("path", ["/api/currencies/currencies/", "/backend/"])
def test_requests_are_told_that_the_database_is_away(served: None, elsewhere: Callable[..., None], path: str) -> None:
    with silent_port() as port:
        pass
    elsewhere(HOST="127.0.0.1", PORT=str(port))
    connections.close_all()
    caller = Client(raise_request_exception=False)
    caller.cookies["agora_session"] = "s" * 43
    answer = caller.get(path)
    assert answer.status_code == 503
    assert b"kernel.unavailable" in answer.content or b"Not available" in answer.content


@pytest.mark.committed
def test_a_process_says_that_it_lives_once_in_a_while(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeats, "_beaten", {})
    beat("work")
    first = WorkerHeartbeat.objects.get().seen_at
    beat("work")
    assert WorkerHeartbeat.objects.get().seen_at == first
    monkeypatch.setattr(heartbeats, "EVERY", 0.0)
    beat("work")
    assert WorkerHeartbeat.objects.get().seen_at > first


@pytest.mark.committed
def test_a_worker_in_the_midst_of_a_long_row_is_not_silent(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeats, "_beaten", {})
    row = Claimed(1, "tests.long", "imports", house.tenant.pk, uuid7(), clock.now(), 1, 1, 0.6, "")
    with Batch([row], since=time.monotonic()) as held:
        held.next()
        wait_for(WorkerHeartbeat.objects.filter(queue="imports").exists, seconds=5)


@pytest.mark.processes
@pytest.mark.committed
def test_a_server_whose_database_and_broker_hang_answers_in_time(house: House) -> None:
    with silent_port() as port:
        hanging = {
            "DATABASE_URL": f"postgresql://agora_app@127.0.0.1:{port}/agora",
            "REDIS_URL": f"redis://127.0.0.1:{port}",
        }
        with granian("--blocking-threads", "8", **hanging) as server, ThreadPoolExecutor(4) as callers:
            asked = [callers.submit(server.get, READY) for _ in range(4)]
            living = server.get(LIVE)
            answers = [item.result() for item in asked]
    assert (living.status, living.json()) == (200, {"status": "ok"})
    assert living.seconds < 1
    assert [(item.status, item.json()["status"]) for item in answers] == [(503, "down")] * 4
    assert max(item.seconds for item in answers) < LIMIT
    assert answers[0].json()["checks"]["broker"]["why"] == "OperationalError"


@pytest.mark.processes
@pytest.mark.committed
def test_a_server_with_workers_of_its_own_becomes_ready(house: House) -> None:
    def sound() -> bool:
        return bool(server.get(READY).json()["status"] == "ok")

    with granian(interface="asgi", REDIS_URL="memory://") as server:
        wait_for(sound, seconds=20)
        told, asked_from_afar = server.get(READY), server.get(READY, X_Forwarded_For="203.0.113.9")
        head = server.get(f"{READY}/", method="HEAD")
    assert sorted(told.json()["checks"]) == sorted(CHECKS)
    assert asked_from_afar.json() == {"status": "ok"}
    assert (head.status, head.text) == (200, "")
