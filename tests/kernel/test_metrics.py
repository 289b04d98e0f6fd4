"""Figures for operators: what they count, what stands in no label, and who gets to see them."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connections
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from apps.kernel import clock
from apps.kernel.ids import uuid7
from apps.kernel.web.metrics.exposition import PATH
from apps.kernel.web.metrics.instruments import Answered, count_command, count_log_in_refusal, count_request
from apps.kernel.work.heartbeats import beat
from apps.kernel.work.models import Work
from apps.kernel.work.parking import park
from tests.auth.factories import make_role, make_user
from tests.kernel.web_servers import STARTS, Server, granian, silent_port
from tests.kernel.work_probes import queue_rows
from tests.support.scopes import House
from tests.support.sign_in import signed_in

TOKEN = "an-operators-token-of-32-letters"
HERE = {"host": "localhost:8000"}
LIST = "/api/currencies/currencies/"
LIST_ROUTE = "/api/currencies/currencies/"
Labels = frozenset[tuple[str, str]]
Wanted = tuple[str, dict[str, str]]


def read(text: str) -> dict[tuple[str, Labels], float]:
    """Samples of a page of figures, by name and labels."""
    families = text_string_to_metric_families(text)
    return {(item.name, frozenset(item.labels.items())): item.value for family in families for item in family.samples}


def figure(name: str, **labels: str) -> float:
    """One figure as an operator on this machine reads it; 0 when it is not there."""
    return figures((name, labels))[0]


def figures(*wanted: Wanted) -> list[float]:
    """Several figures of one page."""
    answer = Client(headers=HERE).get(PATH)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    page = answer.content.decode()
    return [read(lines_of(name, page)).get((name, frozenset(labels.items())), 0.0) for name, labels in wanted]


def lines_of(name: str, page: str) -> str:
    """What a page says of one figure: after many tests it is long, and slow to read."""
    family = re.sub("_(?:total|sum|count)$", "", name)
    begins = (f"{name}{{", f"{name} ", f"# HELP {family}", f"# TYPE {family}")
    return "".join(line for line in page.splitlines(keepends=True) if line.startswith(begins))


@pytest.fixture
def growth() -> Callable[..., list[float]]:
    """How much each of some figures has grown since they were asked for the first time."""
    before: list[float] = []

    def grown(*wanted: Wanted) -> list[float]:
        now = figures(*wanted)
        before.extend(now[len(before) :])
        return [new - old for new, old in zip(now, before, strict=True)]

    return grown


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        pytest.param("10.0.0.7", {}, id="stranger"),
        pytest.param("10.0.0.7", {"x-forwarded-for": "127.0.0.1"}, id="claims-loopback"),
        pytest.param("127.0.0.1", {"x-forwarded-for": "10.0.0.7"}, id="proxied"),
        pytest.param("10.0.0.7", {"authorization": "Bearer wrong"}, id="wrong-token"),
    ],
)
def test_for_strangers_there_is_no_such_address(
    database: None, settings: LazySettings, address: str, headers: dict[str, str]
) -> None:
    settings.AGORA_METRICS_TOKEN = TOKEN
    paths = (PATH, "/nowhere")
    client = Client(headers={**HERE, **headers, "x-request-id": "the-same-for-both"})
    asked, unknown = (client.get(path, REMOTE_ADDR=address) for path in paths)
    assert asked.status_code == 404
    assert (asked.content, dict(asked.headers)) == (unknown.content, dict(unknown.headers))


def test_the_token_opens_it_from_afar(database: None, settings: LazySettings) -> None:
    settings.AGORA_METRICS_TOKEN = TOKEN
    answer = Client(headers={"authorization": f"Bearer {TOKEN}"}).get(PATH, REMOTE_ADDR="10.0.0.7")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert Client(headers=HERE).post(PATH).status_code == 405


def test_requests_are_counted_by_route_and_never_by_address(house: House, growth: Callable[..., list[float]]) -> None:
    client, missing = signed_in(make_user(house, roles=(make_role(house, "currencies.*"),))), uuid7()
    routes = [
        ("GET", LIST_ROUTE, "200"),
        ("GET", "/api/currencies/currencies/<uuid:pk>/", "404"),
        ("OTHER", LIST_ROUTE, "405"),
    ]
    wanted = [("agora_requests_total", {"method": m, "route": r, "status": s}) for m, r, s in routes]
    growth(*wanted)
    client.get(LIST)
    client.get(LIST, {"q": "a-hidden-query"})
    client.get(f"{LIST}{missing}/")
    client.generic("BREW", LIST)
    assert growth(*wanted) == [2, 1, 1]
    text = Client(headers=HERE).get(PATH).content.decode()
    assert not [word for word in (str(missing), "hidden-query", "BREW", str(house.tenant.pk)) if word in text]


def test_addresses_that_are_none_share_one_label(database: None, growth: Callable[..., list[float]]) -> None:
    wanted = ("agora_requests_total", {"method": "GET", "route": "unknown", "status": "404"})
    growth(wanted)
    for number in range(3):
        Client(headers=HERE).get(f"/nowhere-{number}/")
    assert growth(wanted) == [3]


def test_what_is_refused_before_its_view_keeps_its_route(house: House, growth: Callable[..., list[float]]) -> None:
    client = signed_in(make_user(house, roles=(make_role(house, "currencies.*"),)))
    wanted = ("agora_requests_total", {"method": "GET", "route": LIST_ROUTE, "status": "422"})
    growth(wanted)
    client.get(LIST, headers={"x-organization-id": str(uuid7())})
    assert growth(wanted) == [1]


def test_seconds_and_statements_are_measured(house: House, growth: Callable[..., list[float]]) -> None:
    client = signed_in(make_user(house, roles=(make_role(house, "currencies.*"),)))
    sums = {
        "agora_request_seconds": {"method": "GET", "route": LIST_ROUTE},
        "agora_request_queries": {"route": LIST_ROUTE},
    }
    wanted = [(f"{name}_{end}", labels) for end in ("count", "sum") for name, labels in sums.items()]
    growth(*wanted)
    client.get(LIST)
    *counts, seconds, statements = growth(*wanted)
    assert counts == [1, 1]
    assert 0 < seconds < 10
    assert 3 <= statements <= 30


def test_limits_commands_and_log_ins_are_counted(database: None, growth: Callable[..., list[float]]) -> None:
    named: dict[str, dict[str, str]] = {
        "agora_rate_limited_total": {"route": "/api/auth/session"},
        "agora_commands_total": {"command": "sales.order.confirm", "outcome": "kernel.conflict"},
        "agora_log_in_refusals_total": {"door": "staff"},
    }
    growth(*named.items())
    count_request(Answered("POST", "/api/auth/session", 429, 0.001), queries=0)
    count_command("sales.order.confirm", outcome="kernel.conflict")
    count_log_in_refusal("staff")
    assert growth(*named.items()) == [1, 1, 1]


@pytest.mark.committed
def test_work_that_waits_is_read_when_asked(house: House) -> None:
    now = clock.now()
    queue_rows(house, "tests.effect", 3, due_at=now - timedelta(seconds=90))
    queue_rows(house, "tests.effect", 2, due_at=now + timedelta(hours=1))
    queue_rows(house, "tests.steady", 1, due_at=now - timedelta(seconds=5))
    park(Work.objects.filter(kind="tests.effect").earliest("id").pk, "given up")
    beat("work")
    samples = read(Client(headers=HERE).get(PATH).content.decode())

    def shown(name: str, **labels: str) -> float:
        return samples[name, frozenset(labels.items())]

    assert shown("agora_work_rows", kind="tests.effect", queue="work", state="due") == 2
    assert shown("agora_work_rows", kind="tests.effect", queue="work", state="parked") == 1
    assert shown("agora_work_rows", kind="tests.steady", queue="work", state="due") == 1
    assert 90 <= shown("agora_work_oldest_seconds", kind="tests.effect", queue="work", state="due") < 120
    assert shown("agora_database_up") == 1
    assert shown("agora_work_rows", kind="kernel.schedule", queue="work", state="due") == 0


@pytest.mark.committed
def test_the_figures_of_a_queue_that_is_gone_are_shown(house: House) -> None:
    queue_rows(house, "tests.effect", 2, due_at=clock.now() - timedelta(seconds=1))
    Work.objects.filter(kind="tests.effect").update(queue="zz-renamed")
    assert figure("agora_work_rows", kind="tests.effect", queue="zz-renamed", state="due") == 2


@pytest.mark.committed
def test_a_dead_database_leaves_the_counted_figures(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    Client(headers=HERE).get("/nowhere/")
    with silent_port() as port:
        pass
    monkeypatch.setitem(connections["default"].settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connections["default"].settings_dict, "PORT", str(port))
    assert figure("agora_database_up") == 0
    assert figure("agora_requests_total", method="GET", route="unknown", status="404") >= 1


def awaken(server: Server, callers: ThreadPoolExecutor, folder: Path) -> None:
    """Ask until both processes have counted something: the second may come up later than the first."""
    ends = time.monotonic() + STARTS
    while len({path.stem.rpartition("_")[2] for path in folder.glob("counter_*.db")}) < 2:
        list(callers.map(lambda _: server.get("/nowhere/"), range(6)))
        assert time.monotonic() < ends, "both take their part"


@pytest.mark.processes
@pytest.mark.committed
def test_several_processes_count_together(house: House, tmp_path: Path) -> None:
    folder, asked = tmp_path / "figures", 60
    with granian("--workers", "2", PROMETHEUS_MULTIPROC_DIR=str(folder), AGORA_METRICS_TOKEN=TOKEN) as server:
        with ThreadPoolExecutor(6) as callers:
            awaken(server, callers, folder)
            answers = Counter(item.status for item in callers.map(lambda _: server.get(LIST), range(asked)))
        pages = [server.get(PATH) for _ in range(6)]
        afar = [
            server.get(PATH, X_Forwarded_For="203.0.113.9", **more)
            for more in ({}, {"Authorization": f"Bearer {TOKEN}"})
        ]
    assert answers == {401: asked}
    key = ("agora_requests_total", frozenset({("method", "GET"), ("route", LIST_ROUTE), ("status", "401")}))
    assert [read(page.text)[key] for page in pages] == [asked] * 6
    assert [item.status for item in afar] == [404, 200]
