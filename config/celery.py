"""The Celery app: JSON only, late acknowledgement, and publishers that never wait for a broker."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

from celery import Celery
from celery.signals import setup_logging, worker_ready
from django.conf import settings

from apps.kernel.errors import PlatformError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

BEAT = 2.0  # seconds between sweeps: the longest delay of a lost wake-up
LONGEST_WAIT = 0.2  # seconds that a publisher waits for a connection, and at most for an answer
ANSWER_WAIT = 0.15  # seconds that it does wait for an answer
WORKER_WAIT = 5.0  # seconds that a worker waits for a busy broker before it connects anew
MEMORY = "memory://"

# What the house relies on; asserted before the first connection of every process.
PUBLISHERS = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "interval_max": 0}
DEMANDED: Mapping[str, Any] = {
    "task_publish_retry": False,
    "task_serializer": "json",
    "result_serializer": "json",
    "event_serializer": "json",
    "accept_content": ["json"],
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "task_ignore_result": True,
}


class UnsafeBroker(PlatformError):
    """A setting of the broker was relaxed: a dead one would hold up requests, or work would get lost."""

    status = 500
    code = "kernel.broker.unsafe"
    message = "Celery's setting {setting} must be {wanted!r}, not {found!r}."


class HouseCelery(Celery):  # type: ignore[misc]  # Celery is untyped
    """The app with two kinds of connection: publishers give up at once, consumers have patience."""

    _is_safe = False
    consumed_here = False  # a worker runs in this process, so that even an in-memory broker reaches it

    @property
    def reaches_workers(self) -> bool:
        """Say whether anybody could take a message; in-memory messages to nobody would only pile up."""
        return self.consumed_here or not str(self.conf.broker_url).startswith("memory")

    def connection_for_write(self, url: str | None = None, **options: Any) -> Any:
        """Connect as a publisher. Raises UnsafeBroker when somebody relaxed the settings."""
        self._demand_safety()
        return _back_soon(super().connection_for_write(url, **options))

    def connection_for_read(self, url: str | None = None, **options: Any) -> Any:
        """Connect as a consumer. Raises UnsafeBroker when somebody relaxed the settings."""
        self._demand_safety()
        patient = {"socket_connect_timeout": WORKER_WAIT, "socket_timeout": WORKER_WAIT}
        options["transport_options"] = {**patient, **(options.get("transport_options") or {})}
        return _back_soon(super().connection_for_read(url, **options))

    def _demand_safety(self) -> None:
        if not self._is_safe:
            demand_safety(self.conf)
            self._is_safe = True


def _back_soon(connection: Any) -> Any:
    """Have whoever waits for a dead broker look every second: kombu would come to look every half minute."""
    waits = {"interval_start": 0.2, "interval_step": 0.2, "interval_max": 1.0}
    connection.ensure_connection = partial(connection.ensure_connection, **waits)
    return connection


def demand_safety(conf: Mapping[str, Any]) -> None:
    """Raise UnsafeBroker unless publishers give up at once and messages outlive their workers."""
    for name, wanted in DEMANDED.items():
        _demand(name, conf[name], wanted)
    options = conf["broker_transport_options"]
    for name, limit in PUBLISHERS.items():
        _demand(f"broker_transport_options[{name!r}]", options.get(name), limit)
    if str(conf["broker_url"]).startswith(MEMORY):
        return
    for name in ("socket_connect_timeout", "socket_timeout"):
        found = options.get(name)
        if not found or found > LONGEST_WAIT:
            raise UnsafeBroker(setting=f"broker_transport_options[{name!r}]", wanted=LONGEST_WAIT, found=found)


def _demand(name: str, found: Any, wanted: Any) -> None:
    if type(found) is not type(wanted) or found != wanted:
        raise UnsafeBroker(setting=name, wanted=wanted, found=found)


def broker_url(address: str) -> str:
    """The cache's address in Celery's words: `unix:///x.sock?db=0` is `redis+socket:///x.sock?virtual_host=0`."""
    parts = urlsplit(address)
    if parts.scheme != "unix":
        return address
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.netloc}{parts.path}?virtual_host={database}"


def transport_options(url: str) -> dict[str, Any]:
    """Options of kombu's transport, those of a publisher."""
    if url.startswith(MEMORY):
        return {**PUBLISHERS, "polling_interval": 0.02}
    waits = {"socket_connect_timeout": LONGEST_WAIT, "socket_timeout": ANSWER_WAIT}
    return {**PUBLISHERS, **waits, "global_keyprefix": getattr(settings, "BROKER_KEY_PREFIX", "agora:")}


def configuration() -> dict[str, Any]:
    """Every setting that differs from Celery's own; read when the app is first used."""
    from apps.kernel.work.kinds import queues  # noqa: PLC0415 - this module loads before the settings
    from apps.kernel.work.waking import FRESH, SWEEP  # noqa: PLC0415

    url = broker_url(settings.REDIS_URL)
    names = queues()
    return {
        **DEMANDED,
        "broker_url": url,
        "broker_transport_options": transport_options(url),
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_pool_limit": 50,
        "CELERY_DB_REUSE_MAX": 500,  # tasks that a database connection serves; tasks look after broken ones
        "task_default_queue": names[0],
        "task_queues": {name: {} for name in names},
        "imports": ("apps.kernel.work.entry",),
        "beat_schedule": {
            f"sweep {name}": {
                "task": SWEEP,
                "schedule": BEAT,
                "args": (name,),
                "options": {"queue": name, "expires": FRESH},
            }
            for name in names
        },
        "timezone": "UTC",
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_send_task_events": False,
    }


app = HouseCelery("agora")
app.add_defaults(configuration)


@setup_logging.connect  # type: ignore[untyped-decorator]
def keep_logging(**_: Any) -> None:
    """Leave logging as the settings have it: Celery's own set-up would let secrets through."""


@worker_ready.connect  # type: ignore[untyped-decorator]
def begin(**_: Any) -> None:
    """Do what is due when a worker starts."""
    from apps.kernel.work.starting import begin_working  # noqa: PLC0415 - models load later than this module

    begin_working()
