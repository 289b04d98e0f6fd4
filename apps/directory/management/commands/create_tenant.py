"""`manage.py create_tenant NAME`: a new tenant with everything that the modules set up in one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.directory.management.staff import LogIn, create_user, whole_tenant
from apps.directory.management.tables import log_in_table
from apps.directory.models import Tenant
from apps.directory.services import create_tenant, set_up_tenant
from apps.directory.services.tenants import SLUG_LENGTH
from apps.kernel.errors import PlatformError
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.words import slug_of

REASON = "create_tenant"


class Command(BaseCommand):
    """Create a tenant; for one that exists, run the set-up of modules that came since."""

    help = (
        "Create a tenant with its first organization, system roles and module defaults. "
        "Run again with the same handle, it only adds what modules have brought since."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Name and settings of the tenant, and its first user."""
        parser.add_argument("name", help="name of the company")
        parser.add_argument("--slug", default="", help="handle; made from the name when left out")
        parser.add_argument("--locale", default="en", help="language: en, pl, de or es")
        parser.add_argument("--time-zone", default="UTC", help="IANA name, such as Europe/Warsaw")
        parser.add_argument("--currency", default="EUR", help="base currency (ISO 4217)")
        parser.add_argument("--status", default="active", choices=["trial", "active"])
        parser.add_argument("--admin-email", default="", help="address of a first super admin; the password is printed")
        parser.add_argument("--admin-name", default="Administrator", help="name of that user")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create or complete the tenant, then its first user."""
        try:
            self._create(options)
        except PlatformError as error:
            details = "".join(f"\n  {item.field}: {item.message}" for item in error.errors)
            raise CommandError(f"{error.detail}{details}") from error

    def _create(self, options: dict[str, Any]) -> None:
        slug = options["slug"] or slug_of(options["name"], longest=SLUG_LENGTH)
        tenant = Tenant.objects.filter(slug=slug).first()
        with system_scope(tenant.pk if tenant else uuid7(), REASON):
            if tenant is None:
                self.stdout.write(f"Creating {options['name']} ({slug}) …")
                tenant = create_tenant(**self._settings(options, slug))
                self.stdout.write(f"Tenant {tenant.pk} is ready.")
            else:
                self.stdout.write(f"The tenant {slug} exists: running the modules' set-up again …")
                set_up_tenant(tenant.pk)
                self.stdout.write("Set up; what was there was left as it is.")
        if options["admin_email"]:
            self._first_user(tenant, options)

    def _settings(self, options: dict[str, Any], slug: str) -> dict[str, str]:
        return {
            "name": options["name"],
            "slug": slug,
            "locale": options["locale"],
            "time_zone": options["time_zone"],
            "base_currency": options["currency"],
            "status": options["status"],
        }

    def _first_user(self, tenant: Tenant, options: dict[str, Any]) -> None:
        email = options["admin_email"]
        with whole_tenant(tenant.pk, REASON):
            _user, password = create_user(
                name=options["admin_name"], email=email, role="superadmin", home=None, locale=tenant.locale
            )
        self.stdout.write("\n" + log_in_table([LogIn(tenant.name, "superadmin", email, password)]))
