"""The page of a person's, company's or deal's files, which another module draws."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from apps.customers.admin.overview import seen_record
from apps.kernel.admin.frames import record_frame
from apps.kernel.commands.history.reads import DETAIL, note_reads
from apps.kernel.registry.entities import ENTITIES

FILES: Final = "attachments.attachment"


def files_view(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Show the record's files. A house without files has no such page."""
    record = seen_record(page, request, object_id)
    if FILES not in ENTITIES:
        raise Http404
    note_reads(str(record.entity_id), [record.pk], how=DETAIL)
    context = {
        **record_frame(page.admin_site, request, record, _("Files of %(name)s") % {"name": record}),
    }
    return TemplateResponse(request, "customers/files.html", context)
