"""`manage.py set_password`: a new password for a user; all their sessions end."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.auth.management.arguments import (
    ASK_HELP,
    add_tenant,
    chosen_password,
    refusals_told,
    tenant_id_of,
    user_of,
)
from apps.auth.services.passwords import set_password
from apps.kernel.tenancy.scope import system_scope


class Command(BaseCommand):
    """Set a password, lift a lock, end the sessions."""

    help = "Give a user a new password. A generated one is printed once and nowhere else."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("user", help="e-mail address or id")
        add_tenant(parser)
        parser.add_argument("--ask-password", action="store_true", help=ASK_HELP)

    def handle(self, *args: Any, **options: Any) -> None:
        """Set and report."""
        password = chosen_password(asked=options["ask_password"])
        with system_scope(tenant_id_of(options["tenant"]), "set_password"), refusals_told():
            user = user_of(options["user"])
            set_password(user.pk, password=password)
        self.stdout.write(f"Set the password of user {user.pk}.")
        if not options["ask_password"]:
            self.stdout.write(f"Password (shown only now): {password}")
