"""Puts a declared notification into words: its texts in one language, where it leads, and what its buttons do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import translation

from apps.kernel.addresses import address_if_any
from apps.kernel.errors import FieldError
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.registry.notices import NoticeAction, NotificationType, is_local_path
from apps.kernel.templating import InvalidDocument, render_document
from apps.notifications.calculations import headline, prose
from apps.notifications.errors import NotificationLinkRefused

Variables = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wording:
    """A notification in one language; `actions` are JSON as readers see them."""

    locale: str
    title: str
    body: str
    actions: list[dict[str, str]]


def plain(variables: Variables) -> dict[str, Any]:
    """The variables as JSON keeps them: ids, amounts and moments become text. Raises TypeError for what is no data."""
    found: dict[str, Any] = json.loads(json.dumps(dict(variables), cls=DjangoJSONEncoder))
    return found


def worded(declared: NotificationType, variables: Variables, locale: str) -> Wording:
    """The texts in a language of the house. Raises InvalidDocument, TemplateTooLarge, NotificationLinkRefused."""
    with translation.override(locale):
        title = headline(render_document(str(declared.title), variables, html=False))
        body = prose(render_document(str(declared.body), variables, html=False))
        actions = [_shown(action, variables) for action in declared.actions]
    if not title:
        raise InvalidDocument(line=0, reason="the title is empty")
    return Wording(locale, title, body, actions)


def _shown(action: NoticeAction, variables: Variables) -> dict[str, str]:
    return {
        "id": action.id,
        "label": str(action.label),
        "variant": str(action.variant),
        "confirm": str(action.confirm),
        "href": checked_link(render_document(action.href, variables, html=False)),
    }


def orders_of(declared: NotificationType, variables: Variables) -> dict[str, dict[str, Any]]:
    """Command and input of each action that runs one, by its id. Raises InvalidDocument for a missing variable."""
    return {
        action.id: {"command": action.command, "input": _input(action, variables)}
        for action in declared.actions
        if action.command
    }


def _input(action: NoticeAction, variables: Variables) -> dict[str, Any]:
    missing = sorted(set(action.input.values()) - set(variables))
    if missing:
        raise InvalidDocument(line=0, reason=f"{missing[0]!r}, an input of the action {action.id}, is not given")
    return {argument: variables[name] for argument, name in action.input.items()}


def group_of(declared: NotificationType, variables: Variables) -> str:
    """The key under which notifications of the type are counted together, "" for none."""
    return headline(render_document(declared.group_key, variables, html=False))[:200]


def link_of(declared: NotificationType, variables: Variables, *, link: str, about: tuple[str, UUID] | None) -> str:
    """Where a notification leads: the given path, the type's own, else the page of the record that it is about."""
    if link or declared.link:
        return checked_link(link or render_document(declared.link, variables, html=False))
    return page_of(*about) if about is not None else ""


def page_of(entity_id: str, record_id: UUID) -> str:
    """The path of a record's page, "" where the installation has none."""
    entity = ENTITIES.get(entity_id)
    if entity is None or not entity.url:
        return ""
    return address_if_any(entity.url, record_id)


def checked_link(path: str) -> str:
    """The path, or "". Raises NotificationLinkRefused for one that leads elsewhere."""
    if path and not is_local_path(path):
        complaint = FieldError("link", NotificationLinkRefused.code, str(NotificationLinkRefused.message))
        raise NotificationLinkRefused(errors=(complaint,))
    return path
