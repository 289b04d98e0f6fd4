"""Deleting for good: people and companies that were deleted long enough ago go by themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from apps.customers.errors import HasSubsidiaries
from apps.customers.features import ERASE
from apps.customers.models import Company, Customer, CustomerRecord, Person
from apps.customers.services.records import hidden_record
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.errors import PlatformError
from apps.kernel.ports import OrganizationTree
from apps.kernel.references.usages import release
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope, system_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.leases import Lease
from apps.kernel.work.models import Schedule
from apps.kernel.work.schedules import set_schedule

UPKEEP: Final = "customers.upkeep"
EVERY_NIGHT: Final = "40 2 * * *"
BATCH: Final = 200
FINAL: Any = _("it was deleted for good.")


@command("customers.person.purge", feature=ERASE, undoable=False, undo_reason=FINAL)
def purge_person(person_id: UUID) -> None:
    """Delete a deleted person for good, with all that belongs to it. Raises RowNotFound, InUse with counts.

    What the history says of the person stays; `erase_person` takes that away as well.
    """
    _purge(hidden_record(Person, person_id))


@command("customers.company.purge", feature=ERASE, undoable=False, undo_reason=FINAL)
def purge_company(company_id: UUID) -> None:
    """Delete a deleted company for good. Raises RowNotFound, InUse with counts, HasSubsidiaries."""
    company = hidden_record(Company, company_id)
    count = Company.objects.filter(parent=company).count()
    if count:
        raise HasSubsidiaries(count=count)
    _purge(company)


def _purge(row: CustomerRecord) -> None:
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=row.pk)
    release(str(row.entity_id), [row.pk])
    release(Customer.entity_id, [row.pk])
    if customer.merged_into_id is not None:  # ids that led here go on leading to who is there
        led = Customer.objects.filter(merged_into_id=row.pk)
        led.update(merged_into_id=customer.merged_into_id, updated_at=clock.now())
    customer.delete()


def schedule_upkeep(tenant_id: UUID) -> None:
    """Have the tenant's customers looked after every night; a schedule that is there stays as it is."""
    if not Schedule.objects.filter(kind=UPKEEP, ref_id=tenant_id).exists():
        set_schedule(UPKEEP, ref_id=tenant_id, cron=EVERY_NIGHT)


def look_after_customers(lease: Lease) -> None:
    """Delete for good what was deleted CUSTOMERS_KEPT_DAYS ago, one by one. Raises LeaseLost."""
    with scoped_transaction():
        organizations = service(OrganizationTree).all_ever()
    with system_scope(current_scope().tenant_id, UPKEEP, organization_ids=organizations):
        for model, purge in ((Person, purge_person), (Company, purge_company)):
            _purge_old(model, purge, lease)


def _purge_old(model: type[CustomerRecord], purge: Any, lease: Lease) -> None:
    """What something needs still is left for another night, and whoever was merged stays with who took their place."""
    successors = Customer.objects.filter(pk=OuterRef("customer__merged_into_id"))
    limit, last = clock.now() - timedelta(days=settings.CUSTOMERS_KEPT_DAYS), UUID(int=0)
    while True:
        with scoped_transaction():
            rows = model._default_manager.filter(~Exists(successors), deleted_at__lt=limit, pk__gt=last).order_by("pk")
            found = list(rows.values_list("pk", flat=True)[:BATCH])
        for record_id in found:
            lease.check()
            try:
                purge(record_id)
            except PlatformError as refusal:
                if refusal.status >= 500:
                    raise
        if len(found) < BATCH:
            return
        last = found[-1]
