"""Work of the catalog."""

from __future__ import annotations

from uuid import UUID

from apps.catalog.services.price_change_jobs import WORK as CHANGE
from apps.catalog.services.price_change_jobs import change_behind
from apps.catalog.services.telling import TELL, tell_ahead
from apps.kernel.api.jobs import carry_out
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease


@work_kind(TELL)
def tell_what_comes(tenant_id: UUID, lease: Lease) -> None:
    """Tell those who look after offers and price lists what happens soon."""
    tell_ahead(lease)


@work_kind(CHANGE, attempts=3)
def change_many_prices(job_id: UUID, lease: Lease) -> None:
    """Make a large change of prices, in the name of who asked for it."""
    carry_out(job_id, lease, change_behind)
