"""Rows that come to point elsewhere: locked in one order, in two statements whatever their number."""

from __future__ import annotations

from collections import deque
from typing import Any

from django.db import models

from apps.kernel import clock


def move(rows: models.QuerySet[Any], **values: Any) -> int:
    """Lock the rows, set the values in them, let their versions grow, and say how many rows these were."""
    locked = rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True)
    deque(locked.iterator(), maxlen=0)  # by id: whoever else changes several of them waits for the first
    names = {item.name for item in rows.model._meta.local_concrete_fields}
    bumped = {"version": models.F("version") + 1} if "version" in names else {}
    stamped = {"updated_at": clock.now()} if "updated_at" in names else {}
    return int(rows.update(**values, **bumped, **stamped))
