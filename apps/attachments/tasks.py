"""Work of the attachments module: a look at each new file, and the hourly tidying up."""

from __future__ import annotations

from uuid import UUID

from apps.attachments.services.attaching import CHECK, UPKEEP
from apps.attachments.services.checking import check_file
from apps.attachments.services.sweeping import look_after_files
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease


@work_kind(CHECK, attempts=16)
def check(file_id: UUID, lease: Lease) -> None:
    """Scan, measure and draw one file."""
    check_file(file_id, lease)


@work_kind(UPKEEP)
def tidy_files(tenant_id: UUID, lease: Lease) -> None:
    """Remove what is left over in the tenant."""
    look_after_files(lease)
