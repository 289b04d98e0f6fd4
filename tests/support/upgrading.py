"""Changes of data in migrations, run on rows that a test has made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connections
from django.db.migrations.state import ProjectState

from apps.kernel.tenancy.operations import ForEachTenant


def upgrade(label: str, change: Callable[[Any, UUID], None]) -> None:
    """Run what a migration of the app does for each tenant, as the owner of the tables. The test is `committed`."""
    state = ProjectState.from_apps(apps)
    with connections["owner"].schema_editor() as editor:
        ForEachTenant(change, "upgrade").database_forwards(label, editor, state, state)
    connections["owner"].close()
