"""`manage.py migrate` as the owner role, on a connection of its own."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate


class Command(migrate.Command):
    """Django's command with the owner's connection as default."""

    def add_arguments(self, parser: Any) -> None:
        """Point `--database` at the owner."""
        super().add_arguments(parser)
        parser.set_defaults(database="owner")
