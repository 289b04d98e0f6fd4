"""How much room the tenant's files take, and how much they may take."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import models

from apps.attachments.models import Attachment, Quota

# Deleted files can be brought back for a while, so they lie in the storage too: with them a tenant has this much.
WITH_DELETED = 2


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes: what living files take, what deleted ones still take, and the limit for the living ones."""

    used: int
    deleted: int
    limit: int

    @property
    def percent(self) -> int:
        """How full it is, 100 at most."""
        return min(100, self.used * 100 // self.limit) if self.limit else 100

    def has_place_for(self, size: int) -> bool:
        """Say whether a file of the size fits in."""
        whole = self.used + self.deleted + size
        return self.used + size <= self.limit and whole <= self.limit * WITH_DELETED


def room() -> Room:
    """The tenant's room as of now; whoever decides by it holds the lock of `services.quotas`."""
    gone = models.Q(file__removed_at__isnull=False)
    sums = Attachment.objects.aggregate(
        used=models.Sum("size", filter=models.Q(deleted_at__isnull=True)),
        deleted=models.Sum("size", filter=models.Q(deleted_at__isnull=False) & ~gone),
    )
    own = Quota.objects.values_list("limit", flat=True).first()
    limit = settings.ATTACHMENTS_QUOTA if own is None else own
    return Room(int(sums["used"] or 0), int(sums["deleted"] or 0), int(limit))
