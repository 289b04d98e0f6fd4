"""Reads of sensitive records in the back office are told to the read log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse

from apps.kernel.commands.history.reads import DETAIL, LIST, note_reads

SHOWING = frozenset({200, 412})  # a form, or the page of a conflict; a redirect shows nothing


class NotedReads:
    """Lists and forms of entities that are declared sensitive."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list's state; the rows of its page are read from now on."""
        parent: Any = super()
        found = parent.get_changelist_instance(request)
        if request.method in {"GET", "HEAD"}:
            note_reads(self._entity(), [row.pk for row in found.result_list], how=LIST)
        return found

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Show or save a form; a record that is shown is read."""
        parent: Any = super()
        response: HttpResponse = parent.changeform_view(request, object_id, form_url, extra_context)
        if object_id is not None and response.status_code in SHOWING:
            note_reads(self._entity(), [UUID(unquote(object_id))], how=DETAIL)
        return response

    def _entity(self) -> str:
        page: Any = self
        return str(getattr(page.model, "entity_id", ""))
