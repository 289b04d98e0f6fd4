"""Actions as the back office shows them: who, when, what in words, the diff, and what may be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Model
from django.urls import reverse

from apps.kernel.commands.history.diffs import ActionDiff, diffs_of
from apps.kernel.commands.history.labels import RecordLabels, record_url
from apps.kernel.commands.history.own import history_diffs
from apps.kernel.commands.history.reads import note_diffs
from apps.kernel.commands.history.states import UndoState, may_undo, states_of
from apps.kernel.commands.history.visibility import trees_of, visible_actions
from apps.kernel.commands.history.wording import area_words, command_words, door_words, kind_words
from apps.kernel.commands.invocation import Source
from apps.kernel.commands.models import Action
from apps.kernel.tenancy.scope import current_scope

__all__ = ["Entry", "entries_of", "may_undo", "visible_actions"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One outermost action for people. `redo_id` is the undo that may be taken back, None when there is none."""

    action: Action
    words: str
    kind: str
    module: str
    url: str
    is_undone: bool
    undo_url: str
    redo_id: UUID | None
    diff: ActionDiff

    @property
    def when(self) -> datetime:
        """When it was."""
        return self.action.created_at

    @property
    def door(self) -> str:
        """Through which door it came; "" for the back office, where the reader is."""
        return "" if self.action.source == Source.ADMIN else door_words(self.action.source)

    @property
    def is_own(self) -> bool:
        """Say whether the reader did it."""
        return self.action.actor_id is not None and self.action.actor_id == current_scope().actor.id


def entries_of(
    actions: Sequence[Action],
    labels: RecordLabels,
    *,
    with_diffs: bool = True,
    record_id: UUID | None = None,
    model: type[Model] | None = None,
    field: str = "",
) -> list[Entry]:
    """The actions for people, in the order given; with a `field` only what became of it in the record.

    Of an order for many records, such as an import, a record (`record_id`, of the `model`) shows its own part, with
    what belongs to it.
    """
    states = states_of(actions) if actions else {}
    if record_id is not None and model is not None:
        diffs = history_diffs(actions, record_id, labels, model=model, field=field)
    else:
        diffs = diffs_of(trees_of([action.pk for action in actions]) if actions and with_diffs else {}, labels)
    note_diffs(diffs.values())
    return [_entry(action, states[action.pk], diffs.get(action.pk) or ActionDiff()) for action in actions]


def _entry(action: Action, state: UndoState, diff: ActionDiff) -> Entry:
    undoer = state.undone_by
    return Entry(
        action=action,
        words=command_words(action.command),
        kind=kind_words(action.resource_entity, action.command),
        module=area_words(action),
        url=record_url(action.resource_entity, action.resource_id),
        is_undone=state.is_undone,
        undo_url=reverse("admin:undo_plan", args=[action.pk]) if state.is_undoable else "",
        redo_id=undoer.pk if undoer is not None and state.is_redoable else None,
        diff=diff,
    )
