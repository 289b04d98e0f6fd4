"""What the figures were measured on: without it they say little."""

from __future__ import annotations

import os
import platform

from django.db import connections

SETTINGS = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
ROLE = "SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"


def load() -> float:
    """Processes that wanted to run during the last minute, on average."""
    return round(os.getloadavg()[0], 2)


def facts() -> dict[str, str]:
    """Server, role, processor and Python; asks the database that `default` points to."""
    found = {"python": platform.python_version(), "cores": str(os.cpu_count()), "load": str(load())}
    with connections["default"].cursor() as cursor:
        for name in SETTINGS:
            cursor.execute("SELECT current_setting(%s)", [name])
            found[name] = cursor.fetchone()[0]
        cursor.execute(ROLE)
        role, past_the_walls = cursor.fetchone()
    found["role"] = f"{role}, {'past' if past_the_walls else 'under'} row-level security"
    return found
