"""The room of a tenant: counted one upload after the other, so that two at once do not both get the last of it."""

from __future__ import annotations

from apps.attachments.errors import QuotaExceeded
from apps.attachments.models import Quota
from apps.attachments.selectors.quotas import Room, room
from apps.kernel.commands.loading import hold_lock
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import scoped_transaction

MEGABYTE = 1024 * 1024


def take_room(size: int) -> None:
    """Demand room for as many bytes, and keep others from counting until the transaction ends. Raises QuotaExceeded."""
    hold_lock(f"attachments.quota:{current_scope().tenant_id}")
    demand_room(size)


def demand_room(size: int) -> None:
    """Demand room as things stand now. Raises QuotaExceeded."""
    found = room()
    if not found.has_place_for(size):
        raise refusal(found)


def refusal(found: Room) -> QuotaExceeded:
    """The refusal, with what people want to know about it."""
    return QuotaExceeded(
        used=found.used,
        limit=found.limit,
        used_mb=round(found.used / MEGABYTE, 1),
        limit_mb=round(found.limit / MEGABYTE, 1),
    )


def set_quota(limit: int | None) -> None:
    """Give the open scope's tenant a limit of its own, in bytes; None: that of the installation again."""
    with scoped_transaction() as scope:
        if limit is None:
            Quota.objects.all().delete()
        else:
            Quota.objects.update_or_create(tenant_id=scope.tenant_id, defaults={"limit": limit})
