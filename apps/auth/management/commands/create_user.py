"""`manage.py create_user`: a user with roles, and a password that is shown once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.auth.management.arguments import (
    ASK_HELP,
    add_tenant,
    chosen_password,
    refusals_told,
    role_ids_of,
    tenant_id_of,
)
from apps.auth.services.users import create_user
from apps.kernel.tenancy.scope import system_scope


class Command(BaseCommand):
    """Create a member of staff."""

    help = "Create a user. A generated password is printed once and nowhere else."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("email")
        add_tenant(parser)
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", action="append", default=[], help="system key or name; may be given repeatedly")
        parser.add_argument("--ask-password", action="store_true", help=ASK_HELP)

    def handle(self, *args: Any, **options: Any) -> None:
        """Create and report."""
        password = chosen_password(asked=options["ask_password"])
        with system_scope(tenant_id_of(options["tenant"]), "create_user"), refusals_told():
            roles = role_ids_of(options["role"])
            user = create_user(email=options["email"], name=options["name"], password=password, roles=roles)
        self.stdout.write(f"Created user {user.pk}.")
        if not options["ask_password"]:
            self.stdout.write(f"Password (shown only now): {password}")
