"""Filters of the lists of events and deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from apps.kernel.admin.filters import SelectFilter
from apps.kernel.commands.history.wording import kind_words
from apps.kernel.eventbus.declarations import EVENTS
from apps.kernel.eventbus.operating import persistent_subscribers
from apps.kernel.eventbus.wording import event_words

Choices = Sequence[tuple[str, Any]]


class ByName(SelectFilter):
    """Which event."""

    title, parameter_name, column = _("event"), "event", "name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Every declared event in words."""
        return sorted(((name, event_words(name)) for name in EVENTS), key=lambda pair: pair[1].lower())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Rows of the event."""
        return queryset.filter(**{self.column: self.value()}) if self.value() else queryset


class ByNameOfEvent(ByName):
    """The same for deliveries."""

    column = "event__name"


class ByKind(SelectFilter):
    """Records of which kind it was about."""

    title, parameter_name = _("kind of record"), "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Every kind that events are about."""
        kinds = {item.entity for item in EVENTS.values()}
        return sorted(((kind, capfirst(kind_words(kind))) for kind in kinds), key=lambda pair: pair[1].lower())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Events about records of the kind."""
        return queryset.filter(entity=self.value()) if self.value() else queryset


class BySubscriber(SelectFilter):
    """Who was told."""

    title, parameter_name = _("subscriber"), "subscriber"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """Every subscriber that has deliveries in this installation."""
        return [(item, item) for item in persistent_subscribers()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Deliveries to the subscriber."""
        return queryset.filter(subscriber=self.value()) if self.value() else queryset
