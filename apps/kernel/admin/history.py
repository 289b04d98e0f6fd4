"""The history tab of a record: who changed what and when, and what may be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from apps.kernel.admin.access import allows
from apps.kernel.admin.actions import entries_of
from apps.kernel.admin.frames import record_frame
from apps.kernel.admin.labels import labels_of
from apps.kernel.commands.history.records import Column, column_of, record_actions, shown_columns
from apps.kernel.commands.history.visibility import VIEW_ANY, may_see_history
from apps.kernel.commands.history.wording import field_label

__all__ = ["RecordHistory", "may_see_history"]

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the reader wants to see of a record's history; `field` is "" for every field."""

    field: str
    column: Column | None
    related: bool

    def query(self, **more: str) -> str:
        """The page's parameters, with further ones."""
        parameters = QueryDict(mutable=True)
        chosen = {"field": self.field, "related": "true" if self.related else "", **more}
        parameters.update({name: value for name, value in chosen.items() if value})
        return parameters.urlencode()


class RecordHistory:
    """The history page in place of Django's log."""

    @property
    def lacks_history(self) -> bool:
        """Say whether records of the kind leave no images, so that there is nothing to show."""
        page: Any = self
        return not getattr(page.model, "audited", False)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> TemplateResponse:
        """Actions of one record with their diffs."""
        page: Any = self
        record = page.get_object(request, unquote(object_id))
        if not page.has_view_permission(request, record) or not may_see_history():
            raise PermissionDenied
        if record is None:
            raise Http404
        chosen = _narrowing(page, request)
        actions = record_actions(
            record.pk,
            before=_before(request),
            limit=PER_PAGE + 1,
            model=page.model,
            related=chosen.related,
            column=chosen.column,
        )
        field = chosen.column.field if chosen.column else ""
        older = str(actions[PER_PAGE - 1].pk) if len(actions) > PER_PAGE else ""
        context = {
            **record_frame(page.admin_site, request, record, _("History of %(name)s") % {"name": record}),
            "object_id": record.pk,
            "entries": entries_of(
                actions[:PER_PAGE], labels_of(request), record_id=record.pk, model=page.model, field=field
            ),
            "older": chosen.query(before=older) if older else "",
            "only_own": not allows(VIEW_ANY),
            "chosen": chosen,
            "fields": [(item.name, field_label(item, item.name)) for item in shown_columns(page.model)],
            "preserved_filters": page.get_preserved_filters(request),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)


def _narrowing(page: Any, request: HttpRequest) -> Narrowing:
    name = request.GET.get("field", "")
    column = column_of(page.model, name) if name else None
    return Narrowing(name if column else "", column, related=request.GET.get("related") == "true")


def _before(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("before", ""))
    except ValueError:
        return None
