"""The offer to take back what this request has just written."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

from apps.kernel.commands.declarations import UNDO
from apps.kernel.commands.history.images import changing
from apps.kernel.commands.history.states import states_of
from apps.kernel.commands.invocation import Source
from apps.kernel.commands.models import Action
from apps.kernel.commands.outcome import collected_actions
from apps.kernel.tenancy.scope import current_scope

TAG = "undo-"
MOST_ACTIONS = 20  # messages travel in a cookie
REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Offer:
    """Actions that one button takes back, newest first; `is_redo` when they are undos themselves.

    Where they are too many to be named, `request` is what all actions of the request have in common.
    """

    action_ids: tuple[UUID, ...]
    is_redo: bool
    request: UUID | None = None


def say(request: HttpRequest, text: str, level: int = messages.SUCCESS, *, is_undo: bool = False) -> None:
    """Show a message on the next page, with an offer to undo what this request has changed, if it may.

    Taking back an undo is a redo, unless `is_undo` says that to the user it was a change like any other.
    """
    tag = _tag(is_undo=is_undo) if level == messages.SUCCESS else ""
    messages.add_message(request, level, text, extra_tags=tag)


def _tag(*, is_undo: bool) -> str:
    ids = collected_actions()
    if not ids:
        return ""
    found = Action.objects.in_bulk(changing(ids))
    actions = [found[item] for item in reversed(ids) if item in found]
    states = states_of(actions)
    if not actions or not all(states[action.pk].is_undoable for action in actions):
        return ""
    redoes = not is_undo and all(action.command == UNDO for action in actions)
    kind = "redo" if redoes else "undo"
    if len(actions) > MOST_ACTIONS:
        return f"{TAG}{kind}-{REQUEST}{current_scope().correlation_id.hex}"
    return f"{TAG}{kind}-" + ",".join(action.pk.hex for action in actions)


def actions_of_request(correlation_id: UUID) -> list[UUID]:
    """What the actor has done in one request of the back office, newest first; its consequences are not theirs."""
    scope = current_scope()
    if scope.actor.id is None:
        return []
    own = Action.objects.filter(correlation_id=correlation_id, actor_id=scope.actor.id, source=Source.ADMIN)
    return list(own.filter(parent_id=None).order_by("-pk").values_list("pk", flat=True))


def offer_of(message: Message) -> Offer | None:
    """The offer that a message carries, None where there is none."""
    tag = message.extra_tags or ""
    kind, _, ids = tag.removeprefix(TAG).partition("-")
    if not tag.startswith(TAG) or not ids:
        return None
    if ids.startswith(REQUEST):
        return Offer((), is_redo=kind == "redo", request=UUID(ids.removeprefix(REQUEST)))
    return Offer(tuple(UUID(item) for item in ids.split(",")), is_redo=kind == "redo")
