"""The timeline of a record: changes, files and whatever else modules know of it, latest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from apps.kernel.addresses import address_if_any
from apps.kernel.admin.frames import record_frame
from apps.kernel.commands.history.reads import DETAIL, note_reads
from apps.kernel.extensions.timelines import Mark, sources_for, timeline

PER_PAGE = 25


def timeline_address(site_name: str, record: Any) -> str:
    """Where the record's timeline stands; "" where no source tells anything of its kind, or it has no page."""
    if not sources_for(str(getattr(record, "entity_id", ""))):
        return ""
    meta = record._meta
    return address_if_any(f"{site_name}:{meta.app_label}_{meta.model_name}_timeline", quote(record.pk))


def timeline_view(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """One page of the timeline, of all sources or of the one that was chosen."""
    record = page.get_object(request, unquote(object_id))
    if not page.has_view_permission(request, record):
        raise PermissionDenied
    sources = sources_for(str(getattr(page.model, "entity_id", "")))
    if record is None or not sources:
        raise Http404
    name = request.GET.get("source", "")
    chosen = [item for item in sources if item.id == name] or sources
    note_reads(str(record.entity_id), [record.pk], how=DETAIL)
    found = timeline(chosen, str(record.entity_id), record.pk, limit=PER_PAGE, after=_read(request))
    context = {
        **record_frame(page.admin_site, request, record, _("Timeline of %(name)s") % {"name": record}),
        "moments": found.moments,
        "failed": [item.label for item in found.failed],
        "sources": sources,
        "chosen": name if len(chosen) == 1 and name else "",
        "older": _written(found.next, name) if found.next is not None else "",
        "is_first": "when" not in request.GET,
    }
    return TemplateResponse(request, "backoffice/timeline.html", context)


def _written(mark: Mark, source: str) -> str:
    query = QueryDict(mutable=True)
    query.update({"when": mark.when.isoformat(), "of": mark.source, "key": mark.key, "ties": str(mark.ties)})
    if source:
        query["source"] = source
    return query.urlencode()


def _read(request: HttpRequest) -> Mark | None:
    """The mark of the address; None for the first page, which is shown for a mangled mark as well."""
    given = request.GET
    try:
        when, ties = datetime.fromisoformat(given["when"]), int(given["ties"])
    except (KeyError, ValueError):
        return None
    if when.tzinfo is None or not 0 < ties <= PER_PAGE * 40:
        return None
    return Mark(when, given.get("of", ""), given.get("key", ""), ties)
