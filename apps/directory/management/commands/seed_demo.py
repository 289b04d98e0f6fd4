"""`manage.py seed_demo`: two companies with people and a history; a second run changes nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.directory.management.demo_data import COMPANIES, STORIES
from apps.directory.management.seeding import Seeder
from apps.directory.management.tables import log_in_table
from apps.kernel.tenancy.concurrently import BuilderBusy, NotTheOwner
from apps.kernel.tenancy.statistics import refresh_statistics


class Command(BaseCommand):
    """Make the demonstration's data through the same commands that people use."""

    help = "Create the demonstration tenants once. Passwords are random and printed when their users are made."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the way without the examples."""
        parser.add_argument(
            "--no-examples",
            action="store_true",
            help="only companies, people and their history, without the examples of the modules: quick",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed each company and print the new log-ins."""
        seeder = Seeder(tell=lambda line: self.stdout.write(f"  + {line}"), with_examples=not options["no_examples"])
        try:
            self._seed(seeder)
        finally:  # whoever was made before an interruption keeps their password
            if seeder.log_ins:
                self.stdout.write("\n" + log_in_table(seeder.log_ins))
        if seeder.steps:
            with suppress(BuilderBusy, NotTheOwner):  # then the server looks by itself, a minute later
                refresh_statistics()
        else:
            self.stdout.write("The demonstration is complete: nothing was changed.")

    def _seed(self, seeder: Seeder) -> None:
        for company, story in zip(COMPANIES, STORIES, strict=True):
            self.stdout.write(f"{company.name}:")
            before = seeder.steps
            seeder.seed(company, story)
            if seeder.steps == before:
                self.stdout.write("  complete, nothing to do")
