"""Filters of the list of definitions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.entities.admin.forms import entity_choices
from apps.kernel.admin.filters import SelectFilter

DELETED = "deleted"


class ByEntity(SelectFilter):
    """Fields of one kind of record."""

    title, parameter_name = _("record type"), "entity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """The kinds."""
        return entity_choices()

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Fields of the chosen one."""
        return queryset.filter(entity=self.value()) if self.value() else queryset


class Deleted(SelectFilter):
    """Deleted fields, which are not shown otherwise."""

    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """In use is what is shown anyway."""
        return [(DELETED, _("deleted"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """The living, or the deleted ones."""
        return queryset.filter(deleted_at__isnull=self.value() != DELETED)
