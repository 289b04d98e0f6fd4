"""The offer to take back what this request has just written."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

from apps.kernel.admin.actions import may_undo
from apps.kernel.commands.declarations import UNDO
from apps.kernel.commands.models import Action
from apps.kernel.commands.outcome import collected_actions

TAG = "undo-"
MOST_ACTIONS = 20  # messages travel in a cookie


@dataclass(frozen=True, slots=True)
class Offer:
    """Actions that one button takes back, newest first; `is_redo` when they are undos themselves."""

    action_ids: tuple[UUID, ...]
    is_redo: bool


def say(request: HttpRequest, text: str, level: int = messages.SUCCESS) -> None:
    """Show a message on the next page, with an offer to undo what this request has written, if it may."""
    messages.add_message(request, level, text, extra_tags=_tag() if level == messages.SUCCESS else "")


def _tag() -> str:
    ids = collected_actions()
    if not ids or len(ids) > MOST_ACTIONS:
        return ""
    found = Action.objects.in_bulk(ids)
    actions = [found[item] for item in reversed(ids) if item in found]
    if not actions or not all(may_undo(action) for action in actions):
        return ""
    kind = "redo" if all(action.command == UNDO for action in actions) else "undo"
    return f"{TAG}{kind}-" + ",".join(action.pk.hex for action in actions)


def offer_of(message: Message) -> Offer | None:
    """The offer that a message carries, None where there is none."""
    tag = message.extra_tags or ""
    kind, _, ids = tag.removeprefix(TAG).partition("-")
    if not tag.startswith(TAG) or not ids:
        return None
    return Offer(tuple(UUID(item) for item in ids.split(",")), is_redo=kind == "redo")
