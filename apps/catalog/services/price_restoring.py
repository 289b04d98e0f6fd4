"""What undo may do to prices."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from apps.catalog.errors import PriceParentGone
from apps.catalog.models import PriceKind, PriceList
from apps.kernel.commands.running import running
from apps.kernel.registry.entities import Image
from apps.kernel.tenancy.scope import Actor


def validate_price_restore(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Let a price count again only while its kind and its list are there. Raises PriceParentGone."""
    if after is None:
        return
    action_id = running().action_id
    has_list = after["price_list_id"] is not None
    if not _has_kind(action_id, UUID(after["kind_id"])):
        raise PriceParentGone
    if has_list and not _has_list(action_id, UUID(after["price_list_id"])):
        raise PriceParentGone


# One undo judges thousands of rows and changes neither kinds nor lists meanwhile: each is asked for once.
@lru_cache(maxsize=256)
def _has_kind(action_id: UUID, kind_id: UUID) -> bool:
    return PriceKind.objects.filter(pk=kind_id, deleted_at__isnull=True).exists()


@lru_cache(maxsize=256)
def _has_list(action_id: UUID, list_id: UUID) -> bool:
    return PriceList.objects.filter(pk=list_id, deleted_at__isnull=True).exists()
