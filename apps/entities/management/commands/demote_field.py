"""`manage.py demote_field`: take the index of a custom field away."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.entities.management.commands.promote_field import add_reader
from apps.entities.services.promoting import demote, possible_indexes
from apps.kernel.errors import PlatformError


class Command(BaseCommand):
    """Drop indexes as the owner of the tables."""

    help = (
        "Take the index of a custom field away, while everybody works on; lists still find and sort by the field, only"
        " slower. Needs DATABASE_OWNER_URL."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("entity", help="the kind of record, such as currencies.currency or custom.<type>")
        parser.add_argument("key", help="the key of the field")
        add_reader(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Drop and report."""
        reader = options["read_as"]
        possible = possible_indexes(options["entity"], options["key"], f"cf_{reader}" if reader else "")
        try:
            done = demote(possible)
        except PlatformError as refusal:
            raise CommandError(refusal.detail) from refusal
        for index in done:
            self.stdout.write(f"{index.entity} {index.key}: {index.name} is gone")
        if not done:
            self.stdout.write("There is no such index.")
