"""System checks of declared notifications: their commands, channels, features and texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register

from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.registry.notices import CHANNELS, NOTIFICATION_TYPES, NoticeAction, NotificationType
from apps.kernel.templating import InvalidDocument, TemplateTooLarge, check_document


@register()
def check_notification_types(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every kind of notification can be put into words, and its buttons do something."""
    return [message for declared in NOTIFICATION_TYPES.values() for message in judge_type(declared)]


def judge_type(declared: NotificationType) -> Iterator[CheckMessage]:
    """What is wrong with one kind."""
    name = f"Notification type {declared.id}"
    for text in (str(declared.title), str(declared.body), declared.link, declared.group_key):
        try:
            check_document(text)
        except (InvalidDocument, TemplateTooLarge) as error:
            yield Error(f"{name}: {error.detail}", hint="Mend the text.", id="notifications.E001")
    for channel in declared.channels:
        if channel not in CHANNELS:
            hint = f"There are: {', '.join(CHANNELS)}."
            yield Error(f"{name} names the channel {channel!r}.", hint=hint, id="notifications.E002")
    for action in declared.actions:
        yield from _judge_action(name, action)


def _judge_action(name: str, action: NoticeAction) -> Iterator[CheckMessage]:
    if not action.command:
        return
    spec = COMMANDS.get(action.command)
    if spec is None:
        hint = "Name a declared command, or leave the action out where its module is not installed."
        text = f"{name}: the action {action.id} runs {action.command!r}, which nobody declared."
        yield Error(text, hint=hint, id="notifications.E003")
        return
    try:
        spec.signature.bind(**dict.fromkeys(action.input))
    except TypeError as error:
        hint = f"The command takes {spec.signature}."
        yield Error(f"{name}: the action {action.id}: {error}.", hint=hint, id="notifications.E004")
