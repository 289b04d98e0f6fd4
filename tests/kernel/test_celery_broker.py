"""Publishing costs next to nothing, whatever the broker is like; and nobody relaxes what makes it so."""

from __future__ import annotations

import signal
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction

from apps.kernel.work import broker, entry  # noqa: F401 - entry declares the sweep
from apps.kernel.work.broker import Breaker, publish
from apps.kernel.work.posting import POST
from apps.kernel.work.waking import SWEEP, wake, wake_now
from config.celery import LONGEST_WAIT, UnsafeBroker, broker_url, demand_safety, transport_options
from tests.kernel.celery_probes import DEAD, app_on, closed_port, summary, timings, valkey

MARGIN = 0.1  # seconds for a busy machine
# A busy machine may hold one try up; without the settings, each would stall for six seconds.
STALL = 3.0


@pytest.fixture(autouse=True)
def breaker(monkeypatch: pytest.MonkeyPatch) -> Breaker:
    fresh = Breaker()
    monkeypatch.setattr(broker, "_breaker", fresh)
    return fresh


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="vk", dir="/tmp") as name:
        yield Path(name)


def queued(app: Any) -> int:
    with app.connection_for_read() as connection:
        return int(connection.default_channel.client.llen("work"))


def test_a_message_reaches_the_queue(folder: Path, settings: LazySettings) -> None:
    with valkey(folder), app_on(f"unix://{folder}/s.sock?db=0", settings) as app:
        assert wake_now("work")
        assert queued(app) == 1


def test_a_live_broker_takes_a_message_in_a_few_milliseconds(folder: Path, settings: LazySettings) -> None:
    with valkey(folder), app_on(f"unix://{folder}/s.sock?db=0", settings):
        wake_now("work")
        found = timings(lambda: wake_now("work"), 200)
    print(summary("live broker", found))  # noqa: T201 - a figure for people
    assert statistics.median(found) < 0.005


@pytest.mark.parametrize("kind", list(DEAD))
def test_a_dead_broker_costs_less_than_five_milliseconds(kind: str, settings: LazySettings) -> None:
    with DEAD[kind]() as address, app_on(address, settings):
        found = timings(lambda: wake_now("work"), 200)
    print(summary(f"{kind} broker", found))  # noqa: T201 - a figure for people
    assert statistics.median(found) < 0.005
    assert max(found) < STALL


@pytest.mark.processes
@pytest.mark.parametrize("kind", list(DEAD))
def test_each_try_gives_up_within_the_connect_timeout(
    kind: str, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "_breaker", Breaker(pause=0.0))
    with DEAD[kind]() as address, app_on(address, settings):
        publish(SWEEP, ("work",), queue="work")
        found = timings(lambda: publish(SWEEP, ("work",), queue="work"), 5)
    print(summary(f"{kind} broker, every try", found))  # noqa: T201 - a figure for people
    assert statistics.median(found) < LONGEST_WAIT + MARGIN
    assert max(found) < STALL


def test_a_broker_that_falls_silent_costs_one_wait_and_is_found_again(
    folder: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "_breaker", Breaker(pause=0.0))
    with valkey(folder) as server, app_on(f"unix://{folder}/s.sock?db=0", settings):
        assert wake_now("work")
        server.send_signal(signal.SIGSTOP)
        found = timings(lambda: wake_now("work"), 3)
        assert not wake_now("work")
        server.send_signal(signal.SIGCONT)
        assert statistics.median(found) < LONGEST_WAIT + MARGIN
        assert wake_now("work")


def test_after_a_failure_nobody_tries_for_a_while(breaker: Breaker) -> None:
    assert breaker.admits()
    breaker.failed()
    assert not breaker.admits()
    breaker.pause = 0.0
    breaker.failed()
    breaker.pause = 60.0
    assert breaker.admits()
    assert not breaker.admits(), "only one caller tries"
    breaker.succeeded()
    assert breaker.admits()


def test_a_message_that_nobody_could_take_is_not_kept(settings: LazySettings) -> None:
    with app_on("memory://", settings) as app:
        assert not wake_now("work")
        app.consumed_here = True
        assert wake_now("work")


@pytest.mark.django_db(transaction=False)
def test_waking_waits_for_the_commit_and_happens_once(
    settings: LazySettings, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        for _ in range(3):
            wake("work")
        with transaction.atomic():
            wake("work")
    assert len(callbacks) == 1


@pytest.mark.django_db(transaction=False)
def test_a_wish_that_was_rolled_back_does_not_hide_the_next(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        with pytest.raises(RuntimeError), transaction.atomic():
            wake("work")
            raise RuntimeError
        wake("work")
    assert len(callbacks) == 1


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("task_publish_retry", True),
        ("task_serializer", "pickle"),
        ("accept_content", ["json", "pickle"]),
        ("task_acks_late", False),
        ("task_reject_on_worker_lost", None),
        ("worker_prefetch_multiplier", 4),
        ("task_ignore_result", False),
        ("broker_transport_options", {}),
        ("broker_transport_options", {**transport_options("redis://x/0"), "max_retries": 3}),
        ("broker_transport_options", {**transport_options("redis://x/0"), "interval_max": 1}),
        ("broker_transport_options", {**transport_options("redis://x/0"), "socket_timeout": None}),
        ("broker_transport_options", {**transport_options("redis://x/0"), "socket_connect_timeout": 5.0}),
    ],
)
def test_a_relaxed_setting_is_refused_before_the_first_connection(
    setting: str, value: Any, settings: LazySettings
) -> None:
    with app_on(closed_port(), settings) as app:
        demand_safety(app.conf)
        app.conf[setting] = value
        for connect in (app.connection_for_write, app.connection_for_read):
            with pytest.raises(UnsafeBroker, match=setting):
                connect()


def test_consumers_have_more_patience_than_publishers(settings: LazySettings) -> None:
    with app_on(closed_port(), settings) as app:
        assert app.connection_for_write().transport_options["socket_timeout"] < LONGEST_WAIT
        assert app.connection_for_read().transport_options["socket_timeout"] > LONGEST_WAIT


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("unix:///var/x.sock?db=3", "redis+socket:///var/x.sock?virtual_host=3"),
        ("unix:///var/x.sock", "redis+socket:///var/x.sock?virtual_host=0"),
        ("unix://:word@/var/x.sock?db=1", "redis+socket://:word@/var/x.sock?virtual_host=1"),
        ("redis://host:6379/2", "redis://host:6379/2"),
        ("memory://", "memory://"),
    ],
)
def test_the_brokers_address_comes_from_the_caches(address: str, expected: str) -> None:
    assert broker_url(address) == expected


def test_every_queue_is_swept_by_the_beat(settings: LazySettings) -> None:
    settings.WORK_QUEUES = ["data-sync-import"]
    with app_on(closed_port(), settings) as app:
        entries = app.conf.beat_schedule.values()
        assert sorted((entry["args"], entry["schedule"], entry["options"]["queue"]) for entry in entries) == [
            (("data-sync-import",), 2.0, "data-sync-import"),
            (("work",), 2.0, "work"),
        ]
        assert set(app.amqp.queues) == {"work", "data-sync-import"}


@pytest.mark.parametrize("kind", sorted(DEAD))
def test_who_queues_work_never_waits_for_the_broker(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Each message tries the broker for as long as a publisher may; none of that is felt by who sends it."""
    monkeypatch.setattr(broker, "_breaker", Breaker(pause=0.0))
    with DEAD[kind]() as url, app_on(url, settings):
        found = timings(lambda: POST.send(SWEEP, ("work",), queue="work"), 5)
        assert POST.settle(20)
    assert max(found) < 0.05


def test_wake_ups_of_one_queue_are_sent_once_while_they_wait(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[float] = []

    class Slow(Breaker):
        def admits(self) -> bool:
            tried.append(time.monotonic())
            time.sleep(0.2)
            return False

    monkeypatch.setattr(broker, "_breaker", Slow())
    with app_on(closed_port(), settings):
        for _ in range(100):
            POST.wake(SWEEP, "work")
        assert POST.settle()
    assert 1 <= len(tried) <= 2
