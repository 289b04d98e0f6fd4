"""`manage.py attachments_quota`: show or set how much room a tenant's files may take."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.attachments.management.tenants import TENANT_HELP, tenant_called
from apps.attachments.selectors.quotas import room
from apps.attachments.services.quotas import MEGABYTE, set_quota
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import scoped_transaction

REASON = "attachments_quota"
DEFAULT = "default"


class Command(BaseCommand):
    """Show or set a tenant's limit."""

    help = "Show how much room a tenant's files take, and set the limit. Files above a new limit stay."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("tenant", help=TENANT_HELP)
        parser.add_argument("megabytes", nargs="?", default="", help=f"the limit, or {DEFAULT} for the installation's")

    def handle(self, *args: Any, **options: Any) -> None:
        """Set the limit if one is given, and report."""
        with system_scope(tenant_called(options["tenant"]), REASON):
            if options["megabytes"]:
                set_quota(_limit(options["megabytes"]))
            with scoped_transaction():
                found = room()
        used, deleted, limit = (round(size / MEGABYTE, 1) for size in (found.used, found.deleted, found.limit))
        self.stdout.write(f"{used} MB of {limit} MB are taken; deleted files take {deleted} MB more.")


def _limit(text: str) -> int | None:
    if text == DEFAULT:
        return None
    if not text.isdecimal():
        raise CommandError("The limit is a whole number of megabytes, or default.")
    return int(text) * MEGABYTE
