"""Whether an action still counts, who took it back, and whether the reader may take it back."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from apps.kernel.commands.declarations import COMMANDS, UNDO
from apps.kernel.commands.errors import AlreadyUndone, NotUndoable
from apps.kernel.commands.history.privacy import holds
from apps.kernel.commands.models import Action, ActionUndo
from apps.kernel.commands.undo.engine import UNDO_ANY, UNDO_OWN
from apps.kernel.commands.undo.plan import parts_among, undone_actions
from apps.kernel.errors import FeatureRequired
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import scoped_transaction

# What an undo acts on, through undos of undos and those inside it.
TAKEN_BACK = """
WITH RECURSIVE reach AS (
    SELECT id AS root, id FROM unnest(%s::uuid[]) AS id
    UNION SELECT reach.root, beyond.id FROM reach CROSS JOIN LATERAL (
        SELECT u.action_id AS id FROM action_undo u WHERE u.undo_id = reach.id
        UNION ALL SELECT child.id FROM action child WHERE child.parent_id = reach.id AND child.command = %s) AS beyond)
SELECT reach.root, a.command, a.input FROM reach JOIN action a ON a.id = reach.id
"""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an action cannot be taken back by the reader.

    `code` is `part`, `not_installed`, `declared`, `permission` (then `feature` is what is missing) or `undone`.
    """

    code: str
    message: str
    feature: str = ""


@dataclass(frozen=True, slots=True)
class UndoState:
    """What may be done to an action now; `undone_by` is the undo that counts, None where there is none."""

    undone_by: Action | None
    obstacle: Obstacle | None
    redo_obstacle: Obstacle | None

    @property
    def is_undone(self) -> bool:
        """Say whether the action counts no longer."""
        return self.undone_by is not None

    @property
    def is_undoable(self) -> bool:
        """Say whether the reader may take the action back; the plan still decides whether it can be done."""
        return self.obstacle is None

    @property
    def is_redoable(self) -> bool:
        """Say whether the reader may take the undo back."""
        return self.undone_by is not None and self.redo_obstacle is None


def states_of(actions: Sequence[Action]) -> dict[UUID, UndoState]:
    """The state of each action; a fixed number of queries."""
    undoers = undoers_of([action.pk for action in actions])
    known = _known([*actions, *undoers.values()])
    return {action.pk: _state(action, undoers.get(action.pk), known) for action in actions}


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rights of several actions depend on: which are parts of others, and the features of each."""

    parts: set[UUID]
    features: dict[UUID, set[str]]


def _known(actions: Sequence[Action]) -> _Known:
    return _Known(parts_among(actions), _features_of(actions))


def _state(action: Action, undoer: Action | None, known: _Known) -> UndoState:
    barred = _obstacle(action, known)
    if undoer is None:
        return UndoState(None, barred, None)
    undone = Obstacle("undone", AlreadyUndone().detail)
    return UndoState(undoer, undone, barred or _obstacle(undoer, known))


def undo_offer(action_ids: Collection[UUID]) -> dict[str, str]:
    """What the result of a long job says where all that it did is one action that its owner may take back."""
    if len(action_ids) != 1:
        return {}
    with scoped_transaction():
        found = Action.objects.filter(pk__in=action_ids).first()
        return {"action": str(found.pk)} if found is not None and states_of([found])[found.pk].is_undoable else {}


def may_undo(action: Action) -> bool:
    """Say whether the reader may take the action back, as far as rights go."""
    return _obstacle(action, _known([action])) is None


def demand_undoable(action: Action) -> None:
    """Raise FeatureRequired where the reader lacks a right; everything else is for the plan to say."""
    found = _obstacle(action, _known([action]))
    if found is not None and found.code == "permission":
        raise FeatureRequired(feature=found.feature)


def undoers_of(action_ids: Iterable[UUID]) -> dict[UUID, Action]:
    """The undo that holds now, for each of the actions that is undone."""
    wanted = list(action_ids)
    undone = undone_actions(wanted) if wanted else set()
    links = list(ActionUndo.objects.filter(action_id__in=undone).values_list("action_id", "undo_id")) if undone else []
    gone = undone_actions([undo_id for _, undo_id in links]) if links else set()
    found = Action.objects.in_bulk({undo_id for _, undo_id in links} - gone)
    return {action_id: found[undo_id] for action_id, undo_id in links if undo_id in found}


def _features_of(actions: Sequence[Action]) -> dict[UUID, set[str]]:
    """Features of the commands that undoing each action would act on: its own, for an undo those it took back."""
    features = {action.pk: _wanted(action.command, action.input) for action in actions}
    undos = [action.pk for action in actions if action.command == UNDO]
    if undos:
        with connection.cursor() as cursor:
            cursor.execute(TAKEN_BACK, [undos, UNDO])
            for root, command, given in cursor.fetchall():
                features[root] |= _wanted(command, json.loads(given))
    return features


def _wanted(command: str, given: Mapping[str, Any]) -> set[str]:
    """What the command needs, and the one that it delegates its work to."""
    spec = COMMANDS.get(command)
    worker = COMMANDS.get(str(given.get(spec.delegates, ""))) if spec is not None and spec.delegates else None
    return {item.feature for item in (spec, worker) if item is not None and item.feature}


def _obstacle(action: Action, known: _Known) -> Obstacle | None:
    spec = COMMANDS.get(action.command)
    if action.pk in known.parts:
        return Obstacle("part", _("It is a part of another change; that one can be undone."))
    if spec is None:
        return Obstacle("not_installed", _("The module that made this change is not installed."))
    if not spec.undoable:
        return Obstacle("declared", NotUndoable(reason=spec.undo_reason).detail)
    missing = next((item for item in (_right(action), *sorted(known.features[action.pk])) if not holds(item)), "")
    if missing:
        return Obstacle("permission", FeatureRequired(feature=missing).detail, missing)
    return None


def _right(action: Action) -> str:
    own = action.actor_id is not None and action.actor_id == current_scope().actor.id
    return UNDO_OWN if own else UNDO_ANY
