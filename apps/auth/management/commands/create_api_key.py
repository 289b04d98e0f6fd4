"""`manage.py create_api_key`: a key for a program, whose text is shown once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.auth.management.arguments import add_tenant, refusals_told, role_ids_of, tenant_id_of
from apps.auth.services.keys import create_api_key
from apps.kernel.tenancy.scope import system_scope


class Command(BaseCommand):
    """Create an API key."""

    help = "Create an API key. Its text is printed once and kept nowhere. Nobody's account ends it: revoke it by hand."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("name")
        add_tenant(parser)
        again = "; may be given repeatedly"
        parser.add_argument("--role", action="append", default=[], help=f"system key or name{again}")
        parser.add_argument("--feature", action="append", default=[], help=f"a feature or wildcard of its own{again}")
        parser.add_argument(
            "--organization", action="append", type=UUID, help=f"id; without one, all that the roles reach{again}"
        )
        parser.add_argument("--address", action="append", default=[], help=f"network that may use it, CIDR{again}")
        parser.add_argument("--per-minute", type=int, help="requests; without it the installation's limit")
        parser.add_argument("--expires", type=moment, help="ISO 8601; without an offset UTC is meant")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create and report."""
        with system_scope(tenant_id_of(options["tenant"]), "create_api_key"), refusals_told():
            issued = create_api_key(
                name=options["name"],
                roles=role_ids_of(options["role"]),
                features=options["feature"],
                organization_ids=options["organization"],
                addresses=options["address"],
                per_minute=options["per_minute"],
                expires_at=options["expires"],
            )
        self.stdout.write(f"Created API key {issued.key.pk}.")
        self.stdout.write(f"Key (shown only now): {issued.secret}")


def moment(text: str) -> datetime:
    """An aware moment. Raises CommandError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is no moment; write 2030-01-31 or 2030-01-31T12:00+01:00.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
