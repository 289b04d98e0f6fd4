"""`manage.py provision_db`: prepare a server for Agora, as its superuser."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from apps.kernel.tenancy.provision import provision


class Command(BaseCommand):
    """Make roles, database, extensions and leakproof marks; run it again after a restore."""

    help = (
        "Prepare PostgreSQL for Agora: the roles agora_owner and agora_app, the database, the extensions and the"
        " leakproof marks. Needs DATABASE_ADMIN_URL, the address of a superuser. Safe to run again; run it after"
        " every restore, because the marks are not dumped."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--database", default="", help="database to prepare (default: the one in the address)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Provision and report."""
        report = provision(settings.DATABASE_ADMIN_URL, database=options["database"])
        for line in report.done:
            self.stdout.write(line)
        for warning in report.warnings:
            self.stderr.write(self.style.WARNING(f"warning: {warning}"))
