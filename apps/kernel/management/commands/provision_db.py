"""`manage.py provision_db`: prepare a server for Agora, as its superuser."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.kernel.tenancy.provision import provision
from apps.kernel.tenancy.wall import APP_ROLE, OWNER_ROLE


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
        parser.add_argument(
            "--set-passwords",
            action="store_true",
            help="give the two roles the passwords that stand in DATABASE_URL and DATABASE_OWNER_URL",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Provision and report."""
        passwords = _passwords() if options["set_passwords"] else {}
        report = provision(settings.DATABASE_ADMIN_URL, database=options["database"], passwords=passwords)
        for line in report.done:
            self.stdout.write(line)
        for warning in report.warnings:
            self.stderr.write(self.style.WARNING(f"warning: {warning}"))


def _passwords() -> dict[str, str]:
    """Passwords of the two roles, as the processes will use them. Raises CommandError where one is missing."""
    given = {item["USER"]: item["PASSWORD"] for item in (settings.DATABASES["default"], settings.DATABASES["owner"])}
    missing = [role for role in (APP_ROLE, OWNER_ROLE) if not given.get(role)]
    if missing:
        raise CommandError(f"DATABASE_URL and DATABASE_OWNER_URL hold no password of {' and '.join(missing)}.")
    return {role: given[role] for role in (APP_ROLE, OWNER_ROLE)}
