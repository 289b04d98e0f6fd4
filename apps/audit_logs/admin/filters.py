"""Filters of the lists of changes and reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from apps.audit_logs.features import VIEW_TENANT
from apps.kernel.admin.access import allows
from apps.kernel.admin.filters import SelectFilter
from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.commands.history.records import ChangedInTree, column_of, shown_columns
from apps.kernel.commands.history.undone import only_counting, only_undone
from apps.kernel.commands.history.wording import command_words, door_words, field_label, kind_words
from apps.kernel.commands.invocation import Source
from apps.kernel.commands.models import Action
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope

MINE = "mine"
USER = "auth.user"
KIND = "kind"


class ByActor(SelectFilter):
    """Who did it."""

    title, parameter_name = _("who"), "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """The reader, and everybody who may be asked for."""
        people = ENTITIES[USER].find("", limit=200) if USER in ENTITIES and allows(VIEW_TENANT) else []
        return [(MINE, _("only me")), *((str(user_id), name) for user_id, name in people)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Rows of the chosen one."""
        value = self.value()
        if not value:
            return queryset
        try:
            return queryset.filter(actor_id=current_scope().actor.id if value == MINE else UUID(value))
        except ValueError:
            return queryset.none()


class ByEntity(SelectFilter):
    """What kind of record it was about."""

    title, parameter_name = _("kind of record"), KIND

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Every kind that actions are about."""
        kinds = (item for item in ENTITIES.values() if item.model is Action or getattr(item.model, "audited", False))
        return sorted((item.id, capfirst(str(item.label))) for item in kinds)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Actions about records of the kind."""
        return queryset.filter(resource_entity=self.value()) if self.value() else queryset


class ByField(SelectFilter):
    """Which field was changed; offered once a kind of record is chosen."""

    title, parameter_name = _("changed field"), "field"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Fields of the chosen kind."""
        kind = _audited(request)
        return [(item.name, field_label(item, item.name)) for item in shown_columns(kind.model)] if kind else []

    def has_output(self) -> bool:
        """Hidden while there is nothing to choose from."""
        return bool(self.lookup_choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Actions that changed the field."""
        kind, name = _audited(request), self.value()
        column = column_of(kind.model, name) if kind and name else None
        return queryset.filter(ChangedInTree(column)) if column else queryset


def _audited(request: HttpRequest) -> Any:
    kind = ENTITIES.get(request.GET.get(KIND, ""))
    return kind if kind is not None and getattr(kind.model, "audited", False) else None


class ByCommand(SelectFilter):
    """What was done."""

    title, parameter_name = _("what"), "what"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Every declared command, by module and kind of record."""
        words = [
            (item.id, f"{kind_words(item.resource, item.id)}: {command_words(item.id)}") for item in COMMANDS.values()
        ]
        return sorted(words, key=lambda pair: pair[1].lower())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Actions of the command."""
        return queryset.filter(command=self.value()) if self.value() else queryset


class BySource(SelectFilter):
    """Through which door it came."""

    title, parameter_name = _("where from"), "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Every door."""
        return [(item.value, capfirst(door_words(item.value))) for item in Source]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Actions that came through it."""
        return queryset.filter(source=self.value()) if self.value() else queryset


class ByState(SelectFilter):
    """Whether it still counts."""

    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Undone or not."""
        return [("undone", _("undone")), ("counts", _("not undone"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Actions in the state."""
        narrow = {"undone": only_undone, "counts": only_counting}.get(self.value() or "")
        return narrow(queryset) if narrow else queryset


class ByReadEntity(SelectFilter):
    """Records of which kind were read."""

    title, parameter_name = _("kind of record"), KIND

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Every kind whose reads are recorded."""
        sensitive = (item for item in ENTITIES.values() if item.is_sensitive)
        return sorted((item.id, capfirst(str(item.label))) for item in sensitive)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Reads of the kind."""
        return queryset.filter(entity=self.value()) if self.value() else queryset
