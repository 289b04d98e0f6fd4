"""One process of the relay benchmark: `python -m benchmarks.events_worker single|ordered|together|floor`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from typing import Any

import django

SUBSCRIBER = "benchmarks.listener"
EVENT = "kernel.table.loaded"


def main(how: str) -> None:
    """Say when ready, then work until nothing is due."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    if how != "floor":
        listen(how)
    from django.db import connection

    connection.ensure_connection()
    print("ready", flush=True)
    sys.stdin.readline()
    if how == "floor":
        _floor()
    else:
        _sweep()


def listen(how: str) -> None:
    """Declare the subscriber, which adds one row for each event."""
    from apps.kernel.eventbus.subscribing import subscribe

    order = "entity_id" if how == "ordered" else ""
    subscribe(EVENT, id=SUBSCRIBER, persistent=True, together=how == "together", ordered_by=order)(
        add_many if how == "together" else add_one
    )


def add_one(payload: Any, ctx: Any) -> None:
    """The effect: one row."""
    add_many([(payload, ctx)])


def add_many(events: Sequence[tuple[Any, Any]]) -> None:
    """The effect of many: a row for each, in one statement."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO benchmark_effect SELECT unnest(%s::uuid[])", [[ctx.id for _, ctx in events]])


def _sweep() -> None:
    """Until the work table is empty: what the other process has claimed may come back."""
    from apps.kernel.work.models import Work
    from apps.kernel.work.sweeper import sweep

    while Work.objects.exists():
        if not sweep("relay") and not sweep("events"):
            time.sleep(0.005)


def _floor() -> None:
    """What one transaction for each event costs at least: its effect and a mark, in the scope of its tenant."""
    from django.db import connection

    from apps.kernel.tenancy.scope import system_scope
    from apps.kernel.tenancy.transactions import scoped_transaction

    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, id FROM benchmark_floor WHERE n %% 2 = %s ORDER BY n", [int(sys.argv[2])])
        for tenant_id, event_id in cursor.fetchall():
            with system_scope(tenant_id, "benchmark"), scoped_transaction():
                cursor.execute("INSERT INTO benchmark_effect VALUES (%s)", [event_id])
                cursor.execute("DELETE FROM benchmark_floor WHERE id = %s", [event_id])


if __name__ == "__main__":
    main(sys.argv[1])
