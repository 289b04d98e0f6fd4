"""The first migration of a new module, written without a database: `python -m … <module>` prints it.

It runs in a process of its own, because the module is not installed in the one that has just written it.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import django
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import MigrationWriter

IMPORTS = "from django.db import migrations, models\n"


def first_migration(label: str) -> str:
    """Text of the migration that makes the tables of an installed module, each behind its wall.

    Raises LookupError when there is nothing to make, or tables are there already.
    """
    loader = MigrationLoader(None, ignore_no_migrations=True)
    detector = MigrationAutodetector(
        loader.project_state(),
        ProjectState.from_apps(apps),
        NonInteractiveMigrationQuestioner({label: True}, dry_run=True),
    )
    changes = detector.changes(loader.graph, trim_to_apps={label}, convert_apps={label}, migration_name="initial")
    if label not in changes or len(changes[label]) != 1:
        raise LookupError(f"no single first migration of {label}: {changes}")
    migration: Any = changes[label][0]
    migration.dependencies = sorted({*migration.dependencies, *loader.graph.leaf_nodes("kernel")})
    made = [item.name for item in migration.operations if isinstance(item, CreateModel)]
    return _walled(MigrationWriter(migration, include_header=False).as_string(), made)


def _walled(text: str, models: list[str]) -> str:
    """The text with a wall for each model at the end of its operations."""
    walls = "".join(f'        operations.TenantTable("{name}"),\n' for name in models)
    head, bracket, rest = text.rpartition("    ]\n")
    if not bracket or rest.strip() or text.count(IMPORTS) != 1:
        raise LookupError(f"the migration has another form than is known here:\n{text}")
    return f"{head}{walls}{bracket}".replace(IMPORTS, f"{IMPORTS}\nfrom apps.kernel.tenancy import operations\n")


def main() -> None:
    """Print the migration of the module that is named."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    sys.stdout.write(first_migration(sys.argv[1]))


if __name__ == "__main__":
    main()
