"""`manage.py advise_fields`: which custom fields deserve an index, and which indexes nobody uses."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.entities.selectors.advice import advice


class Command(BaseCommand):
    """Read what lists were asked for, and propose."""

    help = (
        "Say which custom fields lists are filtered and sorted by, how often, and what should be promoted or demoted"
        " because of it. Changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--uses", type=int, default=100, help="how often is often (default: 100)")
        parser.add_argument("--rows", type=int, default=10_000, help="rows of a large table (default: 10000)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each field."""
        found = advice(often=options["uses"], large=options["rows"])
        if not found:
            self.stdout.write("No list was filtered or sorted by a custom field yet.")
        for item in found:
            facts = f"{item.filters} filters, {item.sorts} sorts, {item.rows} rows"
            self.stdout.write(f"{item.entity} {item.key}: {facts}; {item.proposal}")
