"""Tools of every list and record: pages of their own beside the list, the form and the history."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _

from apps.kernel.admin.access import AnyCommand
from apps.kernel.admin.addresses import model_path
from apps.kernel.admin.bulk_edit import CHANGE_SELECTED, bulk_edit_view, edit_selected
from apps.kernel.admin.bulk_fields import offers_bulk_edit
from apps.kernel.admin.buttons import Text
from apps.kernel.admin.export_rows import resource_for
from apps.kernel.admin.exporting import EXPORT_SELECTED, export_address, export_selected, export_view
from apps.kernel.admin.timeline import timeline_view
from apps.kernel.admin.trash import may_open_trash, trash_address, trash_view
from apps.kernel.api.reading.expansions import RESOURCES

View = Callable[..., HttpResponseBase]


class ListTools:
    """What every page offers without a word from its module.

    `bulk_fields` names the fields that may be changed of many records at once: None for all that fit, () for none.
    What was deleted is brought back by undo, or by `restore_command(id)`; `purge_command(id)` deletes it for good, and
    `trash_note` says how long it is kept.
    """

    bulk_fields: ClassVar[tuple[str, ...] | None] = None
    restore_command: ClassVar[AnyCommand | None] = None
    purge_command: ClassVar[AnyCommand | None] = None
    trash_note: ClassVar[Text] = _("What was deleted stays here until somebody brings it back.")

    def get_urls(self) -> list[URLPattern]:
        """Django's addresses and those of the tools."""
        parent: Any = super()
        tools: dict[str, tuple[str, View]] = {
            "bulk_edit": ("bulk/", bulk_edit_view),
            "export": ("export/", export_view),
            "deleted": ("deleted/", trash_view),
            "timeline": ("<path:object_id>/timeline/", timeline_view),
        }
        own = [self._tool_url(name, address, view) for name, (address, view) in tools.items()]
        return [*own, *parent.get_urls()]

    def _tool_url(self, name: str, address: str, view: View) -> URLPattern:
        return model_path(self, address, update_wrapper(partial(view, self), view), name)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Actions for selected records."""
        parent: Any = super()
        found: dict[str, Any] = dict(parent.get_actions(request))
        if offers_bulk_edit(self, request):
            found = {"edit_selected": (edit_selected, "edit_selected", CHANGE_SELECTED), **found}
        if resource_for(self, request) is not None:
            found["export_selected"] = (export_selected, "export_selected", EXPORT_SELECTED)
        return found

    def export_resource(self, request: HttpRequest) -> Any:
        """The view set that the list exports through: fields, field rights and translations are its own."""
        page: Any = self
        return RESOURCES.get(str(getattr(page.model, "entity_id", "")))

    def export_rows(self, view: Any) -> QuerySet[Any]:
        """Rows of the resource that the list may hand out."""
        rows: QuerySet[Any] = view.get_queryset()
        return rows

    def tool_addresses(self, request: HttpRequest) -> dict[str, str]:
        """Where the tools above the list lead, "" for those that are not there for the actor."""
        return {
            "export_address": export_address(self, request) if resource_for(self, request) else "",
            "deleted_address": trash_address(self) if may_open_trash(self, request) else "",
        }
