"""`manage.py platform_admin`: who may switch into any tenant; written by the owner role, which the app is not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from apps.auth.management.arguments import TENANT_HELP, tenant_id_of, user_of
from apps.kernel.tenancy.models import PlatformAdmin
from apps.kernel.tenancy.scope import system_scope

OWNER = "owner"


class Command(BaseCommand):
    """Add, remove or list platform admins."""

    help = "Say which users may work in every tenant. Needs the database's owner role."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what can be done."""
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser("add")
        add.add_argument("user", help="e-mail address or id")
        add.add_argument("--tenant", required=True, help=TENANT_HELP)
        add.add_argument("--note", default="", help="why; kept with the entry")
        remove = actions.add_parser("remove")
        remove.add_argument("user_id", type=UUID, help="id, as `list` shows it; the user may be gone")
        actions.add_parser("list")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and report."""
        {"add": self._add, "remove": self._remove, "list": self._list}[options["action"]](options)

    def _add(self, options: dict[str, Any]) -> None:
        with system_scope(tenant_id_of(options["tenant"]), "platform_admin"):
            user_id = user_of(options["user"]).pk
        defaults = {"note": options["note"]}
        _, added = PlatformAdmin.objects.using(OWNER).get_or_create(user_id=user_id, defaults=defaults)
        self.stdout.write(f"{user_id} {'is now' if added else 'was already'} a platform admin.")

    def _remove(self, options: dict[str, Any]) -> None:
        user_id = options["user_id"]
        removed = PlatformAdmin.objects.using(OWNER).filter(user_id=user_id).delete()[0]
        self.stdout.write(f"{user_id} {'is no longer' if removed else 'was not'} a platform admin.")

    def _list(self, options: dict[str, Any]) -> None:
        for entry in PlatformAdmin.objects.using(OWNER).order_by("created_at"):
            self.stdout.write(f"{entry.user_id}  {entry.created_at:%Y-%m-%d}  {entry.note}".rstrip())
