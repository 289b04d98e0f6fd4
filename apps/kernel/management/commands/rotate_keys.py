"""`manage.py rotate_keys`: bring the tenants' keys under the newest installation key."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models

from apps.kernel.crypto.keks import configured_keks, kek_id
from apps.kernel.crypto.rotation import REASON, Rotation, reencrypt_batch, rotate
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import scoped_transaction


class Command(BaseCommand):
    """Re-wrap, and on demand start data keys and re-encrypt."""

    help = (
        "Wrap the data keys of all tenants under the newest key of AGORA_KEK; no business row is touched."
        " Safe to repeat and to interrupt."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--tenant", action="append", type=UUID, help="only this tenant; may be repeated")
        parser.add_argument("--new-data-keys", action="store_true", help="begin a new data key for new values")
        parser.add_argument("--reencrypt", metavar="ENTITY", help="seal old values of this entity again")
        parser.add_argument("--batch", type=int, default=500, help="rows in one transaction (default: 500)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, report, and fail if some keys could not be opened."""
        entity = options["reencrypt"]
        if entity and entity not in ENTITIES:
            raise CommandError(f"There is no entity {entity}.")
        if not configured_keks():
            raise CommandError("AGORA_KEK is not set.")
        tenants = options["tenant"] or _ids_of("directory.Tenant")
        done = rotate(tenants, new_data_keys=options["new_data_keys"])
        self._report(done)
        for tenant_id in tenants if entity else ():
            self._reencrypt(tenant_id, entity, options["batch"])
        if done.unreadable:
            raise CommandError("No key of AGORA_KEK opens the keys of: " + ", ".join(map(str, done.unreadable)))

    def _report(self, done: Rotation) -> None:
        self.stdout.write(f"{done.rewrapped} keys wrapped again, {done.data_keys_started} data keys begun.")
        newest, *older = [kek_id(kek) for kek in configured_keks()]
        self.stdout.write(f"{newest} (newest): {done.keys_by_kek[newest]} keys")
        for name in older:
            self.stdout.write(f"{name}: {done.keys_by_kek[name]} keys")

    def _reencrypt(self, tenant_id: UUID, entity: str, size: int) -> None:
        with system_scope(tenant_id, REASON), scoped_transaction():
            organizations = frozenset(_ids_of("directory.Organization"))
        total = 0
        with system_scope(tenant_id, REASON, organization_ids=organizations):
            while count := reencrypt_batch(entity, size=size):
                total += count
        self.stdout.write(f"tenant {tenant_id}: {total} rows of {entity} sealed again")


def _ids_of(label: str) -> list[UUID]:
    """Ids of all tenants, or of the open scope's organizations, dead ones too, if the module is installed."""
    try:
        model: type[models.Model] = apps.get_model(label)
    except LookupError as error:
        raise CommandError("Name the tenants with --tenant: the directory module is not installed.") from error
    return list(model._default_manager.order_by("pk").values_list("pk", flat=True))
