"""Work of the catalog."""

from __future__ import annotations

from uuid import UUID

from apps.catalog.services.telling import TELL, tell_ahead
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease


@work_kind(TELL)
def tell_what_comes(tenant_id: UUID, lease: Lease) -> None:
    """Tell those who look after offers and price lists what happens soon."""
    tell_ahead(lease)
