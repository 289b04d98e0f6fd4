"""How often lists are filtered and sorted by custom fields: counted in the process, written down now and then."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable
from typing import Final

from django.db import Error, connection, transaction

from apps.kernel import clock

EVERY: Final = 30.0  # seconds between two writings of a process
MOST: Final = 1000  # different fields that are remembered in between
Place = tuple[str, str, str]  # entity, key, and what was done: a column of the table

WRITE: Final = """
INSERT INTO field_use (entity, key, filters, sorts, since, last_at)
SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[]) AS new, (VALUES (%s, %s)) AS times
ON CONFLICT (entity, key) DO UPDATE SET filters = field_use.filters + excluded.filters,
    sorts = field_use.sorts + excluded.sorts, last_at = excluded.last_at
"""
logger = logging.getLogger(__name__)


class UseCounter:
    """The counts of one process since they were written down."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Place] = Counter()
        self._due = time.monotonic() + EVERY

    def note(self, entity: str, *, filtered: Iterable[str], sorted_by: Iterable[str]) -> None:
        """Count; now and then write after the transaction of the list, so that no reader waits for another."""
        with self._lock:
            for name, keys in (("filters", filtered), ("sorts", sorted_by)):
                for key in keys:
                    if len(self._counts) < MOST:
                        self._counts[entity, key, name] += 1
            is_due = time.monotonic() >= self._due
        if is_due:
            transaction.on_commit(self.write, robust=True)

    def write(self) -> None:
        """Add the counts to those of other processes, in one statement and a fixed order of rows."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
            self._due = time.monotonic() + EVERY
        places = sorted({place[:2] for place in counts})
        if not places:
            return
        numbers = [[counts[entity, key, name] for entity, key in places] for name in ("filters", "sorts")]
        now = clock.now()
        try:
            with connection.cursor() as cursor:  # scope: a global table of counts
                cursor.execute(WRITE, [*map(list, zip(*places, strict=True)), *numbers, now, now])
        except Error:
            logger.warning("the use of custom fields could not be written down", exc_info=True)


USES: Final = UseCounter()
