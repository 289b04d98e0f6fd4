"""What waits to be done, read from the database when somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from apps.kernel.web.watches import Watch, fresh_connection
from apps.kernel.work.heartbeats import silences
from apps.kernel.work.kinds import KINDS
from apps.kernel.work.together import TOGETHER

PATIENCE = 5.0  # seconds that a scrape waits for the database; Prometheus itself waits for ten

# Two ranges of indexes, the first one in each queue that has rows: timers that are not due may be millions.
BACKLOG = """
WITH RECURSIVE filled AS (
    (SELECT queue FROM work WHERE parked_at IS NULL ORDER BY queue LIMIT 1)
    UNION ALL
    SELECT (SELECT w.queue FROM work w WHERE w.parked_at IS NULL AND w.queue > filled.queue ORDER BY w.queue LIMIT 1)
    FROM filled WHERE filled.queue IS NOT NULL
)
SELECT due.kind, filled.queue, 'due', due.number, extract(epoch FROM now() - due.oldest)::float8
FROM filled CROSS JOIN LATERAL (
    SELECT kind, count(*) AS number, min(due_at) AS oldest FROM work w
    WHERE w.queue = filled.queue AND w.parked_at IS NULL AND w.due_at <= now() GROUP BY kind) AS due
UNION ALL
SELECT kind, queue, 'parked', count(*), extract(epoch FROM now() - min(parked_at))::float8
FROM work WHERE parked_at IS NOT NULL GROUP BY kind, queue
"""

Sample = tuple[str, tuple[str, ...], float]  # name of the figure, values of its labels, the figure
FIGURES = {
    "agora_database_up": ("Whether the database answers within the scrape.", ()),
    "agora_work_rows": ("Rows of work that are due, or parked for an operator.", ("kind", "queue", "state")),
    "agora_work_oldest_seconds": ("How long the oldest of them has been so.", ("kind", "queue", "state")),
    "agora_worker_silence_seconds": ("Seconds since a worker served the queue.", ("queue",)),
}


def read_backlog() -> Iterator[Sample]:
    """Samples of FIGURES as the database has them; kinds with nothing to do have zeros."""
    with fresh_connection() as connection, connection.cursor() as cursor:
        yield "agora_database_up", (), 1.0
        cursor.execute(BACKLOG)
        found = {(kind, queue, state): (float(number), oldest) for kind, queue, state, number, oldest in cursor}
        kinds = [(kind.id, kind.queue) for kind in KINDS.values()]
        kinds += [(kind.id, kind.queue) for kind in TOGETHER.values()]
        idle = {(*kind, state): (0.0, 0.0) for kind in kinds for state in ("due", "parked")}
        for labels, (number, oldest) in sorted({**idle, **found}.items()):
            yield "agora_work_rows", labels, number
            yield "agora_work_oldest_seconds", labels, oldest
        for queue, seconds in silences(connection).items():
            if seconds is not None:
                yield "agora_worker_silence_seconds", (queue,), seconds


class Backlog(Collector):
    """The figures of the moment; without an answer of the database in time only that it is down."""

    def __init__(self) -> None:
        self._watch = Watch(read_backlog)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Read, and hand over what has been seen by then."""
        look = self._watch.ask()
        look.done.wait(PATIENCE)
        families = {name: GaugeMetricFamily(name, text, labels=labels) for name, (text, labels) in FIGURES.items()}
        seen = [sample for sample, _ in list(look.seen)] or [("agora_database_up", (), 0.0)]
        for name, labels, figure in seen:
            families[name].add_metric(labels, figure)
        return families.values()
