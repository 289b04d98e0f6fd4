"""`manage.py attachments_sweep`: compare the storage with the rows, both ways, and remove what is left over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.attachments.management.tenants import TENANT_HELP, every_tenant, tenant_called
from apps.attachments.services.sweeping import Leftovers, leftovers, remove_leftovers, whole_tenant
from apps.kernel.errors import Unavailable
from apps.kernel.tenancy.scope import system_scope

REASON = "attachments_sweep"


class Command(BaseCommand):
    """Find and remove leftovers of one tenant, or of all."""

    help = (
        "Remove objects in the storage that no row knows, and stored files that nothing is attached by; both only when"
        " they are a day old. Files whose content is missing are reported: nothing can bring it back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--tenant", default="", help=f"{TENANT_HELP} (default: every tenant)")
        parser.add_argument("--dry-run", action="store_true", help="say what there is, and remove nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through the tenants and report."""
        name = options["tenant"]
        for tenant_id in [tenant_called(name)] if name else every_tenant():
            with system_scope(tenant_id, REASON), whole_tenant(REASON):
                self._sweep(tenant_id, removes=not options["dry_run"])

    def _sweep(self, tenant_id: UUID, *, removes: bool) -> None:
        try:
            found = leftovers()
            if removes:
                remove_leftovers(found)
        except Unavailable as error:
            raise CommandError("The storage does not answer.") from error
        self._report(tenant_id, found, done="removed" if removes else "would be removed")

    def _report(self, tenant_id: UUID, found: Leftovers, *, done: str) -> None:
        self.stdout.write(f"{tenant_id}:")
        self.stdout.write(f"  {len(found.unknown)} objects without a row {done}")
        self.stdout.write(f"  {len(found.unused)} stored files that nothing is attached by {done}")
        self.stdout.write(f"  {len(found.lost)} files whose content is missing")
        for file_id in found.lost:
            self.stdout.write(f"    {file_id}")
