"""Who points to a record, and what happens to the pointers when it goes or another takes its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict
from apps.kernel.references.columns import pointing_fields
from apps.kernel.references.fields import OnDeletion
from apps.kernel.references.holders import HOLDERS, Usage

__all__ = ["InUse", "Usage", "counted", "pointing_fields", "release", "repoint", "usages", "usages_by_id"]


class InUse(Conflict):
    """Other records point to this one; `usages` says how many of which kind."""

    code = "kernel.in_use"
    message = _("Still in use: {summary}.")


def usages(entity: str, ids: Iterable[UUID]) -> list[Usage]:
    """How many rows of the scope point to the records, by model and field; those with none are left out."""
    totals: dict[str, Usage] = {}
    for usage in _all(entity, list(ids)):
        known = totals.get(usage.name)
        count = usage.count + (known.count if known else 0)
        totals[usage.name] = replace(usage, count=count, target_id=None)
    return list(totals.values())


def usages_by_id(entity: str, ids: Iterable[UUID]) -> dict[UUID, list[Usage]]:
    """The same for each record by itself, in as many queries; records without a pointer are left out."""
    found: dict[UUID, list[Usage]] = defaultdict(list)
    for usage in _all(entity, list(ids)):
        if usage.target_id is not None:
            found[usage.target_id].append(usage)
    return dict(found)


def _all(entity: str, ids: Collection[UUID]) -> Iterable[Usage]:
    if not ids:
        return []
    return [usage for holder in HOLDERS.values() for usage in holder.usages(entity, ids) if usage.count]


def counted(found: Iterable[Usage]) -> dict[str, Any]:
    """The context of a refusal: `summary` for people, `usages` with the number of rows by place."""
    listed = list(found)
    return {"summary": ", ".join(map(str, listed)), "usages": {usage.name: usage.count for usage in listed}}


def release(entity: str, ids: Iterable[UUID]) -> None:
    """Prepare a deletion: refuse it where a pointer protects, empty pointers that may be empty, delete what belongs.

    The caller has locked the records FOR UPDATE. Only columns are emptied, only their rows deleted. Raises InUse
    with counts.
    """
    wanted = list(ids)
    found = usages(entity, wanted)
    if protecting := [usage for usage in found if usage.on_deletion is OnDeletion.PROTECT]:
        raise InUse(**counted(protecting))
    columns = {(model, field.attname) for model, field in pointing_fields(entity)}
    for usage in found:
        rows = usage.model._default_manager.filter(**{f"{usage.field}__in": wanted})
        if usage.on_deletion is OnDeletion.CLEAR and (usage.model, usage.field) in columns:
            rows.update(**{usage.field: None})
        elif usage.on_deletion is OnDeletion.DELETE and (usage.model, usage.field) in columns:
            rows.delete()


def repoint(entity: str, old: UUID, new: UUID) -> int:
    """Let everything of the scope that points to `old` point to `new`, and say how many rows these were.

    For the command of a merge, which has locked both records FOR UPDATE, by id. Undo of its action brings the former
    pointers back, but for tables that are not audited. Raises Conflict where something cannot be re-pointed.
    """
    return sum(holder.repoint(entity, old, new) for _name, holder in sorted(HOLDERS.items()))
