"""The history tab of a record: who changed what and when, and what may be taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from apps.kernel.admin.access import allows
from apps.kernel.admin.actions import VIEW_ANY, VIEW_OWN, entries_of, roots_of, visible_actions
from apps.kernel.admin.labels import labels_of
from apps.kernel.commands.models import Action, RowImage

PER_PAGE = 20


def may_see_history() -> bool:
    """Say whether the actor may read any history at all."""
    return allows(VIEW_ANY) or allows(VIEW_OWN)


def record_actions(record_id: UUID, *, before: UUID | None = None, limit: int = PER_PAGE) -> list[Action]:
    """Outermost actions that were about the record or touched its row, newest first.

    `before` is the id of the last action already shown: ids grow with time, so they page the history.
    """
    about = Action.objects.filter(resource_id=record_id)
    touching = RowImage.objects.filter(row_id=record_id)
    ids = set(about.order_by("-id").values_list("pk", flat=True)[:500])
    ids |= set(touching.order_by("-seq").values_list("action_id", flat=True)[:500])
    rows = visible_actions().filter(pk__in=roots_of(ids))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[:limit])


class RecordHistory:
    """The history page in place of Django's log."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> TemplateResponse:
        """Actions of one record with their diffs."""
        page: Any = self
        record = page.get_object(request, unquote(object_id))
        if not page.has_view_permission(request, record) or not may_see_history():
            raise PermissionDenied
        if record is None:
            raise Http404
        actions = record_actions(record.pk, before=_before(request), limit=PER_PAGE + 1)
        context = {
            **page.admin_site.each_context(request),
            "title": _("History of %(name)s") % {"name": record},
            "opts": page.opts,
            "original": record,
            "object": record,
            "object_id": record.pk,
            "entries": entries_of(actions[:PER_PAGE], labels_of(request)),
            "older": actions[PER_PAGE - 1].pk if len(actions) > PER_PAGE else None,
            "only_own": not allows(VIEW_ANY),
            "preserved_filters": page.get_preserved_filters(request),
            **(extra_context or {}),
        }
        request.current_app = page.admin_site.name
        return TemplateResponse(request, "admin/object_history.html", context)


def _before(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("before", ""))
    except ValueError:
        return None
