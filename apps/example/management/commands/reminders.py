"""`manage.py reminders`: what a tenant is not to forget."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from apps.example.selectors import open_reminders
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import scoped_transaction


class Command(BaseCommand):
    """List the open reminders of a tenant, one a line."""

    help = "List the open reminders of a tenant."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("tenant", type=UUID, help="id of the tenant")

    def handle(self, *args: Any, tenant: UUID, **options: Any) -> None:
        """Open the tenant's scope, with all of its organizations, and print."""
        with system_scope(tenant, "reminders"), scoped_transaction():
            everywhere = service(OrganizationTree).all_living()
        with system_scope(tenant, "reminders", organization_ids=everywhere), scoped_transaction():
            found = list(open_reminders().order_by("created_at").values_list("title", flat=True))
        for title in found:
            self.stdout.write(title)
