"""The timeline of a record: changes, files and whatever else modules know of it, latest first."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.kernel.addresses import address_if_any
from apps.kernel.admin.frames import record_frame
from apps.kernel.commands.history.reads import DETAIL, note_reads
from apps.kernel.extensions.rooms import Room, room
from apps.kernel.extensions.timelines import Mark, Moment, Timeline, TimelineSource, sources_for, timeline

logger = logging.getLogger(__name__)

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
    _draw(request, found)
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


def _draw(request: HttpRequest, page: Timeline) -> None:
    """Draw those moments that have a template, each source's in a room of its time; what fails is no part of the page.

    What is drawn becomes the text of its moment.
    """
    own: dict[str, list[Moment]] = {}
    for source, moment in page.moments:
        if moment.template:
            own.setdefault(source.id, []).append(moment)
    sources = {source.id: source for source, _moment in page.moments}
    texts: dict[int, SafeString] = {}
    with room() as inner:
        for name, moments in own.items():
            drawn = _drawn(inner, sources[name], moments, request)
            texts |= drawn or {}
            if drawn is None:
                page.failed.append(sources[name])
    page.moments = [
        (source, replace(moment, text=texts[id(moment)]) if moment.template else moment)
        for source, moment in page.moments
        if not moment.template or id(moment) in texts
    ]


def _drawn(
    inner: Room, source: TimelineSource, moments: list[Moment], request: HttpRequest
) -> dict[int, SafeString] | None:
    def draw() -> dict[int, SafeString]:
        return {id(item): _rendered(item, request) for item in moments}

    try:
        return inner.run(source.id, draw, seconds=source.seconds)
    except Exception:
        logger.exception("timeline source failed", extra={"extension": source.id})
        return None


def _rendered(moment: Moment, request: HttpRequest) -> SafeString:
    return render_to_string(moment.template, {"moment": moment, "values": moment.values}, request)


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
