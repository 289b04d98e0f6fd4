"""Files of people who were erased: removed from the storage behind the command, again and again until they are gone."""

from __future__ import annotations

from uuid import UUID

from django.core.files.storage import default_storage

from apps.kernel.commands.erasing import FILES
from apps.kernel.commands.models import Erasure
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope, system_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease


@work_kind(FILES, attempts=24)
def remove_erased_files(erasure_id: UUID, lease: Lease) -> None:
    """Remove the files that a certificate names; one that is gone already is no fault."""
    with scoped_transaction():
        organizations = service(OrganizationTree).all_ever()
    with system_scope(current_scope().tenant_id, FILES, organization_ids=organizations), scoped_transaction():
        names = list(Erasure.objects.get(pk=erasure_id).files)
    for name in names:
        lease.check()
        default_storage.delete(name)
