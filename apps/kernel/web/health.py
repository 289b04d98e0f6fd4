"""`/health/live`: the process answers. `/health/ready`: it can serve. docs/how-to/monitor.md says what follows."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_only_middleware

from apps.kernel.crypto.keks import configured_keks
from apps.kernel.web.operators import may_look_inside
from apps.kernel.web.watches import Watch, fresh_connection
from apps.kernel.work.broker import celery_app
from apps.kernel.work.heartbeats import silences

Key = tuple[str, str]  # app and name of a migration
GetResponse = Callable[[HttpRequest], HttpResponseBase]

logger = logging.getLogger(__name__)

LIVE, READY = "/health/live", "/health/ready"
PATIENCE = 1.5  # seconds that an answer waits for all checks together
FRESH = 1.0  # seconds that an answer is given again, so that asking costs the database nothing
STALE = 5.0  # seconds that it is given to those who ask while one caller waits for the next


class Status(StrEnum):
    """Of the whole: `degraded` serves requests, and what it cannot do is only put off."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one check; `why` is empty when all is well."""

    why: str
    ms: float

    def facts(self) -> dict[str, Any]:
        """As operators read it."""
        told = {"why": self.why} if self.why else {}
        return {"status": "failing" if self.why else "ok", "ms": round(self.ms, 1), **told}


# Each look yields one complaint for each of its checks, in their order: "" when all is well.
def look_at_key() -> Iterator[str]:
    """Whether anything private can be stored and read."""
    yield "" if configured_keks() else "there is no key-encryption key"


def look_at_broker() -> Iterator[str]:
    """Whether the broker takes a connection and answers."""
    with celery_app().connection_for_write() as connection, connection.default_channel:  # the one that gives up at once
        yield ""


class DatabaseLook:
    """Whether a connection opens as a role that row-level security binds, and what the database says then."""

    def __init__(self) -> None:
        self._migrated = False  # once true, nothing that this process does makes it false

    def __call__(self) -> Iterator[str]:
        """Yield the complaints about database, migrations and workers."""
        with fresh_connection() as connection:
            yield ""
            yield self._migrations(connection)
            yield silent_workers(silences(connection))

    def _migrations(self, connection: BaseDatabaseWrapper) -> str:
        lacking = [] if self._migrated else unapplied(connection)
        self._migrated = not lacking
        return f"not applied: {', '.join(lacking[:5])}" if lacking else ""


def unapplied(connection: BaseDatabaseWrapper) -> list[str]:
    """Migrations of this version that the database does not know."""
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    return missing({key: migration.replaces for key, migration in known.items()}, applied)


def missing(known: Mapping[Key, Collection[Key]], applied: set[Key]) -> list[str]:
    """Names of the known migrations that were not applied; `known` says which ones each of them replaces.

    A squashed migration counts as those that it replaces, and they as it.
    """
    covered = applied | {old for key, replaced in known.items() if key in applied for old in replaced}
    lacking = (
        key for key, replaced in known.items() if key not in covered and not (replaced and applied >= set(replaced))
    )
    return sorted(".".join(key) for key in lacking)


def silent_workers(found: dict[str, float | None]) -> str:
    """Complain about the queues that no worker has served for too long."""
    told = {queue: "never served" if age is None else f"silent for {age:.0f} s" for queue, age in found.items()}
    late = [queue for queue, age in found.items() if age is None or age > settings.AGORA_WORKER_SILENCE]
    return "; ".join(f"{queue}: {told[queue]}" for queue in late)


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one moment."""

    status: Status
    checks: dict[str, Finding]
    at: float

    def age(self) -> float:
        """Seconds since it was made."""
        return time.monotonic() - self.at


class Readiness:
    """Asks all checks at once and judges. Database, migrations and key decide; broker and workers only put work off."""

    CRITICAL = frozenset({"database", "migrations", "encryption_key"})

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: Report | None = None
        self._watches = {
            ("database", "migrations", "workers"): Watch(DatabaseLook()),
            ("broker",): Watch(look_at_broker),
            ("encryption_key",): Watch(look_at_key),
        }

    def report(self) -> Report:
        """The report of this moment; the last one while it is fresh, or while another caller waits for the next."""
        last = self._last
        if last is not None and last.age() < STALE and self._lock.locked():
            return last
        with self._lock:
            if self._last is None or self._last.age() >= FRESH:
                self._last = self._judged(self._last, self._findings())
            return self._last

    def _findings(self) -> dict[str, Finding]:
        looks = {names: watch.ask() for names, watch in self._watches.items()}
        until, findings = time.monotonic() + PATIENCE, dict[str, Finding]()
        for names, look in looks.items():
            look.done.wait(max(0.0, until - time.monotonic()))
            seen = list(look.seen)
            for number, name in enumerate(names):
                findings[name] = _finding(number, seen, look.fault, look.lasted())
        return findings

    def _judged(self, before: Report | None, findings: dict[str, Finding]) -> Report:
        failing = {name for name, finding in findings.items() if finding.why}
        status = Status.DOWN if failing & self.CRITICAL else Status.DEGRADED if failing else Status.OK
        if status is not (before.status if before else Status.OK):
            level = logging.INFO if status is Status.OK else logging.WARNING
            logger.log(level, "readiness is %s", status, extra={"failing": sorted(failing)})
        return Report(status, findings, time.monotonic())


def _finding(number: int, seen: list[tuple[str, float]], fault: str, lasted: float) -> Finding:
    """What the look says of its check with this number; those behind the one that failed were not reached."""
    if number < len(seen):
        return Finding(*seen[number])
    if number > len(seen):
        return Finding("not reached", 0.0)
    return Finding(fault or f"no answer within {PATIENCE} s", lasted)


_readiness = Readiness()


@sync_only_middleware
def HealthMiddleware(get_response: GetResponse) -> GetResponse:  # noqa: N802 - named like a class in settings
    """Answers before hosts, TLS, sessions and scopes are looked at: nothing of these may hang or refuse."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        path = request.path_info.removesuffix("/")
        if path not in {LIVE, READY}:
            return get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return ready(request) if path == READY else JsonResponse({"status": Status.OK})

    return middleware


def ready(request: HttpRequest) -> JsonResponse:
    """503 when this process cannot serve; why is for operators only."""
    report = _readiness.report()
    body: dict[str, Any] = {"status": report.status}
    if may_look_inside(request):
        body["checks"] = {name: finding.facts() for name, finding in report.checks.items()}
    return JsonResponse(body, status=503 if report.status is Status.DOWN else 200)
