"""What this process has heard of each job, so that only what is worth it becomes a write."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.kernel.tenancy.scope import current_scope
from apps.progress.calculations import Step

MOST_JOBS = 1000  # remembered at once; what is forgotten is only written a little more often


@dataclass(slots=True)
class Heard:
    """The last word on one job. `lock` keeps an older word from being written over a younger one.

    `total` was said here, `expected` was read from the job. `tried` is the step that a write was last tried for.
    `is_pending` says that the last word is not written yet; `is_looked_after`, that a first look at the job is queued.
    `told_at` is when its owner was last told how far it is.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    done: int | None = None
    total: int | None = None
    expected: int | None = None
    tried: Step | None = None
    is_pending: bool = False
    is_looked_after: bool = False
    told_at: datetime | None = None

    def hear(self, done: int, total: int | None) -> None:
        """Take a new count; without a total the former one holds."""
        self.done, self.is_pending = max(0, done), True
        if total is not None:
            self.total = max(0, total)

    def step(self, at: datetime) -> Step:
        """The last word as a step."""
        return Step(at, self.done or 0, self.expected if self.total is None else self.total)

    def changes(self) -> dict[str, Any]:
        """Columns to write; none before anything was said."""
        if self.done is None:
            return {}
        return {"processed": self.done} if self.total is None else {"processed": self.done, "total": self.total}


class Ears:
    """What has been heard of the jobs of this process, the latest ones."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything; a forked child may share no lock."""
        self._lock = threading.Lock()
        self._heard: OrderedDict[tuple[UUID, UUID], Heard] = OrderedDict()

    def of(self, job_id: UUID) -> Heard:
        """What has been heard of a job of the scope's tenant."""
        key = (current_scope().tenant_id, job_id)
        with self._lock:
            heard = self._heard.setdefault(key, Heard())
            self._heard.move_to_end(key)
            if len(self._heard) > MOST_JOBS:
                self._heard.popitem(last=False)
            return heard


EARS = Ears()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=EARS.reset)
