"""A house of its own in a storm: workers are killed, the broker forgets, PostgreSQL restarts. Prints what came of it.

    python -m tests.kernel.events_storm <folder> <events> <seconds between kills>

Started by tests.kernel.test_events_prove without the address of any server.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RECORDS = 40  # records that the events are about, so that order means something
PRODUCERS = 2
PACE = 60  # events a second of each producer: less than the house takes, so that calm shows recovery and no backlog
SUBSCRIBERS = "tests.kernel.storm_subscribers"


def main(folder: str, events: int, pause: float) -> None:
    """Start the house, let the storm blow, wait for calm, and print the figures as JSON."""
    from config import embedded

    with embedded.start(folder, durable=True) as servers:
        os.environ |= servers.urls.environment
        for command in ("provision_db", "migrate"):
            subprocess.run([sys.executable, "manage.py", command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        tenant = _furnish()
        storm = Storm(Path(folder), servers.urls.redis, tenant, events, pause)
        storm.blow()
        print(json.dumps(storm.figures()), flush=True)  # noqa: T201 - the test reads it


def _furnish() -> str:
    import django
    import psycopg

    django.setup()
    from tests.kernel.storm_subscribers import EFFECT, GRANT
    from tests.support.scopes import make_house

    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"], autocommit=True) as session:
        session.execute(EFFECT)
        session.execute(GRANT)
    house = make_house("Storm")
    return f"{house.tenant.pk}|{house.root.pk}"


class Storm:
    """The processes of the house and what happens to them."""

    def __init__(self, folder: Path, redis: str, tenant: str, events: int, pause: float) -> None:
        self.folder, self.redis, self.tenant, self.events, self.pause = folder, redis, tenant, events, pause
        self.workers: list[subprocess.Popen[bytes]] = []
        self.over = threading.Event()
        self.kills = 0
        self.calm_after = 0.0
        self.seconds = 0.0

    def blow(self) -> None:
        """Produce the events while things die; then wait until nothing is left to do."""
        log = (self.folder / "celery.log").open("wb")
        beat = self._celery(log, "beat", "--scheduler", "celery.beat:Scheduler", "--pidfile=")
        self.workers = [self._worker(log) for _ in range(2)]
        began = time.monotonic()
        producers = [self._producer() for _ in range(PRODUCERS)]
        killer = threading.Thread(target=self._kill, args=(log,))
        killer.start()
        marks = [(0.3, self._forget), (0.5, self._restart), (0.7, self._forget)]
        self._watch(producers, marks)
        self.over.set()
        killer.join()
        ended = time.monotonic()
        self.seconds = ended - began
        self._await_calm()
        self.calm_after = time.monotonic() - ended
        for process in (beat, *self.workers):
            _kill_tree(process)

    def _celery(self, log: Any, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "config", *words, "--loglevel", "INFO"]
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)

    def _worker(self, log: Any) -> subprocess.Popen[bytes]:
        return self._celery(log, "worker", "-c", "2", "-I", SUBSCRIBERS, "--without-gossip", "--without-mingle")

    def _producer(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", __spec__.name, "produce", self.tenant, str(self.events // PRODUCERS)]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)

    def _watch(self, producers: list[Any], marks: list[tuple[float, Callable[[], None]]]) -> None:
        while any(item.poll() is None for item in producers):
            time.sleep(0.2)
            if marks and self._count("SELECT count(*) FROM outbox") >= marks[0][0] * self.events:
                marks.pop(0)[1]()
        assert not marks, "the storm was over before everything had happened"
        assert all(item.returncode == 0 for item in producers)

    def _kill(self, log: Any) -> None:
        """Kill a worker with its children at random, and start another in its place."""
        while not self.over.wait(random.uniform(0.5, 1.5) * self.pause):  # noqa: S311
            place = random.randrange(len(self.workers))  # noqa: S311
            _kill_tree(self.workers[place])
            self.kills += 1
            self.workers[place] = self._worker(log)

    def _forget(self) -> None:
        import redis

        redis.Redis.from_url(self.redis).flushall()

    def _restart(self) -> None:
        """Stop PostgreSQL as a power cut would, and start it again."""
        from config.embedded.postgres import Postgres
        from config.embedded.sharing import lock_home

        server = Postgres(self.folder, durable=True, max_connections=100)
        server._control("stop", "-m", "immediate")
        lock = lock_home(self.folder)
        try:
            server.start(lock)
        finally:
            os.close(lock)

    def _await_calm(self) -> None:
        deadline = time.monotonic() + 300
        while self._count("SELECT count(*) FROM work") and time.monotonic() < deadline:
            time.sleep(0.2)

    def _count(self, query: str) -> int:
        import psycopg

        for _ in range(100):
            with suppress(psycopg.OperationalError), psycopg.connect(os.environ["DATABASE_ADMIN_URL"]) as session:
                row = session.execute(query.encode()).fetchone()
                return int(row[0]) if row else 0
            time.sleep(0.2)
        raise AssertionError("PostgreSQL does not come back")

    def figures(self) -> dict[str, Any]:
        """How many events there were, how many effects were lost or doubled, and how long calm took."""
        wanted = "FROM (SELECT id, record_id, seq, s FROM outbox, unnest('{single,ordered,together}'::text[]) s) o"
        held = "(SELECT count(*) FROM effect e WHERE e.event = o.id AND e.subscriber = o.s)"
        later = (
            "SELECT count(*) FROM (SELECT o.seq, lag(o.seq) OVER (PARTITION BY e.record ORDER BY e.n) AS before"
            " FROM effect e JOIN outbox o ON o.id = e.event WHERE e.subscriber = 'ordered') t WHERE before > seq"
        )
        return {
            "events": self._count("SELECT count(*) FROM outbox WHERE name = 'tests.coin.minted'"),
            "lost": self._count(f"SELECT count(*) {wanted} WHERE {held} = 0"),
            "doubled": self._count(f"SELECT count(*) {wanted} WHERE {held} > 1"),
            "out_of_order": self._count(later),
            "left": self._count("SELECT count(*) FROM event_delivery WHERE status <> 'delivered'"),
            "kills": self.kills,
            "seconds": round(self.seconds, 1),
            "calm_after": round(self.calm_after, 1),
        }


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def produce(place: str, number: int) -> None:
    """Announce so many events; a try that the database broke off is made again, and may have gone through."""
    import django

    django.setup()
    from uuid import UUID

    from django.db import DatabaseError, InterfaceError, connection

    from apps.kernel.access.grants import EVERYTHING
    from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, using_scope
    from tests.kernel import storm_subscribers  # noqa: F401 - so that the relay is called
    from tests.kernel.events_probes import mint

    tenant, root = (UUID(part) for part in place.split("|"))
    scope = Scope(tenant, root, frozenset({root}), Actor(ActorKind.SYSTEM, None, "storm", EVERYTHING))
    records = [UUID(int=n + 1) for n in range(RECORDS)]
    done, began = 0, time.monotonic()
    with using_scope(scope):
        while done < number:
            time.sleep(max(0.0, began + done / PACE - time.monotonic()))
            try:
                mint(random.choice(records), pieces=done)  # noqa: S311
                done += 1
            except (DatabaseError, InterfaceError):
                connection.close()
                time.sleep(0.2)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1] == "produce":
        produce(sys.argv[2], int(sys.argv[3]))
    else:
        main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
