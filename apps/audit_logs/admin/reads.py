"""The log of reads in the back office: who saw which sensitive records."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.audit_logs.admin.filters import ByActor, ByReadEntity
from apps.audit_logs.features import VIEW_TENANT
from apps.audit_logs.models import ReadAccess
from apps.audit_logs.selectors import recorded_reads
from apps.kernel.admin.labels import Labels, labels_of
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.commands.history.wording import kind_words, plain_text
from apps.kernel.registry.naming import ORGANIZATION

MOST_SHOWN = 200
SAMPLE = 3


@register(ReadAccess)
class ReadAccessAdmin(CommandAdmin):
    """Reads of records whose kind is declared sensitive, newest first."""

    view_feature = VIEW_TENANT
    icon = "visibility"
    order = 200
    empty_hint = _("Whoever opens a list, a record or an export of sensitive records appears here.")
    list_display = ("read_at", "actor_label", "kind", "records", "how")
    list_display_links = ("read_at",)
    list_filter = (ByActor, ByReadEntity, "how", "created_at")
    sortable_by = ()
    fields = ("moment", "actor_label", "actor_kind", "kind", "how", "all_records", "organizations", "correlation_id")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        """Reads within the organizations that the reader sees."""
        return recorded_reads()

    def get_ordering(self, request: HttpRequest) -> Any:
        """Newest first, by the index of times."""
        return ["-created_at", "-pk"]

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Look up the labels of a whole page at once."""
        labels = labels_of(request)
        labels.fetch((row.entity, item) for row in rows for item in _ids(row, SAMPLE))
        for row in rows:
            row.sample = _sample(row, labels)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """One read, with the labels of its records."""
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            labels = labels_of(request)
            labels.fetch((found.entity, item) for item in _ids(found, MOST_SHOWN))
            labels.fetch((ORGANIZATION, item) for item in found.organization_ids)
            found.shown_labels = labels
        return found

    @admin.display(description=_("when"))
    def read_at(self, row: ReadAccess) -> Any:
        """Time of the request."""
        return row.created_at

    @admin.display(description=_("when"))
    def moment(self, row: ReadAccess) -> str:
        """The same in words, for the page of one read."""
        return plain_text(row.created_at)

    @admin.display(description=_("kind of record"))
    def kind(self, row: ReadAccess) -> str:
        """The kind in words."""
        return capfirst(kind_words(row.entity))

    @admin.display(description=_("records"))
    def records(self, row: Any) -> str:
        """The first few by name, and how many there were."""
        return str(row.sample)

    @admin.display(description=_("records"))
    def all_records(self, row: Any) -> str:
        """Every record, as a link where it has a page."""
        labels: Labels = row.shown_labels
        shown = format_html_join(", ", "{}", ((labels.link(row.entity, item),) for item in _ids(row, MOST_SHOWN)))
        return format_html("{}{}", shown, _rest(len(row.record_ids) - MOST_SHOWN))

    @admin.display(description=_("organizations"))
    def organizations(self, row: Any) -> str:
        """What the reader saw at the time."""
        return ", ".join(row.shown_labels.text(ORGANIZATION, item) for item in row.organization_ids) or "—"

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> TemplateResponse:
        """A read has no history."""
        raise PermissionDenied


def _ids(row: ReadAccess, most: int) -> list[UUID]:
    return [UUID(item) for item in row.record_ids[:most]]


def _sample(row: ReadAccess, labels: Labels) -> str:
    names = ", ".join(labels.text(row.entity, item) for item in _ids(row, SAMPLE))
    return names + _rest(len(row.record_ids) - SAMPLE)


def _rest(count: int) -> str:
    return " " + _now("and %(n)s more") % {"n": count} if count > 0 else ""
