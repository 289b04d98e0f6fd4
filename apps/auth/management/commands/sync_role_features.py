"""`manage.py sync_role_features`: grant the modules' defaults that were never granted before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from apps.auth.management.arguments import TENANT_HELP, refusals_told, tenant_id_of
from apps.auth.models import AccessVersion
from apps.auth.services.defaults import sync_role_defaults
from apps.kernel.tenancy.scope import system_scope


class Command(BaseCommand):
    """Bring the roles of one tenant, or of all, up to what the modules declare today."""

    help = "Grant default features of modules to roles. What somebody took away is not given back."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--tenant", default="", help=f"{TENANT_HELP} (default: every tenant that has roles)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Synchronize and report."""
        for tenant_id in self._tenants(options["tenant"]):
            with system_scope(tenant_id, "sync_role_features"), refusals_told():
                granted = sync_role_defaults()
            told = "; ".join(f"{role}: {', '.join(features)}" for role, features in granted.items())
            self.stdout.write(f"{tenant_id}: {told or 'nothing new'}")

    def _tenants(self, name: str) -> list[UUID]:
        if name:
            return [tenant_id_of(name)]
        return list(AccessVersion.objects.order_by("pk").values_list("pk", flat=True))
