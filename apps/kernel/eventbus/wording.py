"""Events in words, for people who choose among them or read what was told."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from apps.kernel.commands.history.wording import kind_words
from apps.kernel.eventbus.declarations import EVENTS, Lifecycle


def event_words(name: str) -> str:
    """An event in words; its name where no installed module declares it."""
    event = EVENTS.get(name)
    if event is None:
        return name
    if not event.is_lifecycle:
        return str(event.label)
    words = {
        Lifecycle.CREATED: _("created"),
        Lifecycle.UPDATED: _("changed"),
        Lifecycle.DELETED: _("deleted"),
        Lifecycle.RESTORED: _("restored"),
        Lifecycle.BULK_CHANGED: _("many changed"),
    }
    return f"{capfirst(kind_words(event.entity))}: {words[Lifecycle(name.rpartition('.')[2])]}"
