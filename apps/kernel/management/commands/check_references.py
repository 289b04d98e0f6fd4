"""`manage.py check_references`: find references that point nowhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.kernel.ports import OrganizationTree
from apps.kernel.references.dangling import dangling_references
from apps.kernel.services import service
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import scoped_transaction


class Command(BaseCommand):
    """Look through every tenant, or one."""

    help = "Find references to records that are not there. Exits with 1 when there are any; changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--tenant", type=UUID, help="id of one tenant (default: all)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each field with dangling references."""
        tenant = apps.get_model("directory", "Tenant")
        wanted = (
            [options["tenant"]] if options["tenant"] else tenant.objects.order_by("pk").values_list("pk", flat=True)
        )
        found = sum(self._look(tenant_id) for tenant_id in list(wanted))
        if found:
            raise CommandError(f"{found} references point nowhere.")
        self.stdout.write("No reference points nowhere.")

    def _look(self, tenant_id: UUID) -> int:
        with system_scope(tenant_id, "check_references"), scoped_transaction():
            organizations = service(OrganizationTree).all_living()
        with system_scope(tenant_id, "check_references", organization_ids=organizations), scoped_transaction():
            lines = list(dangling_references())
        for line in lines:
            self.stdout.write(f"{tenant_id}: {line.count} × {line.table}.{line.column} → {line.target}")
        return sum(line.count for line in lines)
