"""`manage.py list_features`: everything that can be granted."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.kernel.registry.features import FEATURES


class Command(BaseCommand):
    """List declared features with their labels and what they imply."""

    help = "List the features that modules declare."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--module", default="", help="only this module's")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each."""
        for item in sorted(FEATURES.values(), key=lambda item: item.id):
            if options["module"] in {"", item.module}:
                implied = f" (implies {', '.join(item.implies)})" if item.implies else ""
                self.stdout.write(f"{item.id}  {item.label}{implied}")
