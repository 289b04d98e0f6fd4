"""What undo may do to record types and their records."""

from __future__ import annotations

from uuid import UUID

from apps.entities.features import MANAGE_RECORDS, record_feature
from apps.entities.models import RecordType
from apps.entities.services.types import demand_empty
from apps.kernel.commands.executor import demand_feature
from apps.kernel.errors import RowNotFound
from apps.kernel.registry.entities import Image
from apps.kernel.tenancy.scope import Actor, current_scope


def validate_type_restore(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Refuse to take away a type that has got records since. Raises TypeInUse."""
    known = before or after
    if known is not None and (after is None or after["deleted_at"]):
        demand_empty(UUID(known["id"]))


def validate_record_restore(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Keep to the features of the record's type, and to types that are there. Raises FeatureRequired, RowNotFound."""
    known = after or before
    if known is None:
        return
    kind = RecordType.objects.get(pk=known["type_id"])
    demand_feature(current_scope(), record_feature(kind.key, MANAGE_RECORDS))
    if kind.is_deleted and after is not None and not after["deleted_at"]:
        raise RowNotFound
