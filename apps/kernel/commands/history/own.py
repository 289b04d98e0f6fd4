"""Diffs in the history of one record: of what was done to many, such as an import, only the record's own part."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import models

from apps.kernel.commands.history.diffs import ActionDiff, diffs_of, own_diffs
from apps.kernel.commands.history.images import Trees
from apps.kernel.commands.history.labels import RecordLabels
from apps.kernel.commands.history.records import related_rows
from apps.kernel.commands.history.visibility import trees_of
from apps.kernel.commands.models import Action
from apps.kernel.registry.entities import ENTITIES


def history_diffs(
    actions: Sequence[Action],
    record_id: UUID,
    labels: RecordLabels,
    *,
    model: type[models.Model],
    field: str = "",
    reveals: bool = False,
) -> dict[UUID, ActionDiff]:
    """What the actions changed; with a `field` only what became of it in the record.

    An action for many shows what it did to the record and to rows that belong to it.
    """
    trees = trees_of([action.pk for action in actions]) if actions else {}
    if field:
        own = own_diffs(trees, [record_id], labels, reveals=reveals)
        return {root: diff.narrowed_to(field) for root, diff in own.items()}
    many = {action.pk for action in actions if _is_for_many(action)} & trees.keys()
    diffs = diffs_of({root: tree for root, tree in trees.items() if root not in many}, labels, reveals=reveals)
    if many:
        parts = {root: trees[root] for root in many}
        diffs |= own_diffs(parts, _own_rows(parts, record_id, labels, model=model), labels, reveals=reveals)
    return diffs


def _own_rows(trees: Trees, record_id: UUID, labels: RecordLabels, *, model: type[models.Model]) -> set[UUID]:
    """The record and rows that belong to it; what shares its id, as a customer's identity does, has such rows too."""
    touched = {row.entity for diff in own_diffs(trees, [record_id], labels).values() for row in diff.rows}
    kinds = {model, *(ENTITIES[entity].model for entity in touched if entity in ENTITIES)}
    return {record_id, *(row_id for kind in kinds for row_id in related_rows(kind, record_id))}


def _is_for_many(action: Action) -> bool:
    """Say whether the action is about no record of its own: an import, a bulk order, an undo of either."""
    return action.resource_id is None or action.resource_entity == Action.entity_id
