"""Back office pages of files: the library, and the page of one file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.attachments.calculations.kinds import RASTER
from apps.attachments.extensions import SMALL, USER, icon_of
from apps.attachments.features import LIBRARY
from apps.attachments.models import Attachment, FileStatus
from apps.attachments.selectors.access import may_edit, seen, seen_kinds
from apps.attachments.selectors.handing import is_handed_out
from apps.attachments.services import delete_attachment, update_attachment
from apps.attachments.services.links import link_to
from apps.kernel.admin.filters import SelectFilter
from apps.kernel.admin.labels import labels_of
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.registry.entities import ENTITIES

LARGE = 480
PICTURES = tuple(RASTER)
DOCUMENTS = (
    models.Q(content_type__startswith="text/")
    | models.Q(content_type="application/pdf")
    | models.Q(content_type__contains="document")
    | models.Q(content_type__in=("application/msword", "application/rtf"))
)
FAMILIES: dict[str, tuple[Any, models.Q]] = {
    "picture": (_("pictures"), models.Q(content_type__startswith="image/")),
    "document": (_("documents"), DOCUMENTS),
    "sound": (
        _("sound and film"),
        models.Q(content_type__startswith="audio/") | models.Q(content_type__startswith="video/"),
    ),
}


class ByEntity(SelectFilter):
    """Which kind of record the files are on."""

    title, parameter_name = _("kind of record"), "entity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Kinds that take files and that the reader may see."""
        return sorted(
            ((kind.id, str(kind.label_plural).capitalize()) for kind in seen_kinds()), key=lambda pair: pair[1]
        )

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Files on records of the kind."""
        return queryset.filter(entity=self.value()) if self.value() else queryset


class ByFamily(admin.SimpleListFilter):
    """Which family of types."""

    title, parameter_name = _("type"), "family"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """The families, and the rest."""
        return [*((name, label) for name, (label, _test) in FAMILIES.items()), ("other", _("other types"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Files of the family."""
        chosen = self.value()
        if chosen in FAMILIES:
            return queryset.filter(FAMILIES[chosen][1])
        for _label, test in FAMILIES.values() if chosen == "other" else ():
            queryset = queryset.exclude(test)
        return queryset


class ByStatus(admin.SimpleListFilter):
    """What is known of the content."""

    title, parameter_name = _("state"), "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Every state."""
        return FileStatus.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Files in the state."""
        return queryset.filter(file__status=self.value()) if self.value() else queryset


@register(Attachment)
class AttachmentPage(CommandAdmin):
    """Files of all records that the reader may see, newest first."""

    update_command = update_attachment
    delete_command = delete_attachment
    trash_note = _(
        "The content of deleted files is removed after some weeks; from then on they cannot be brought back."
    )
    view_feature = LIBRARY
    icon = "attach_file"
    order = 10
    empty_hint = _("Files appear here as soon as somebody adds one to a record.")
    list_display = (
        "preview",
        "name",
        "belongs_to",
        "content_type",
        "size_in_words",
        "state",
        "uploader",
        "created_at",
        "get",
    )
    list_display_links = ("name",)
    list_filter = (ByEntity, ByFamily, ByStatus, "created_at")
    search_fields = ("name", "note", "original_name")
    search_help_text = _("Search names and notes.")
    sortable_by = ("name", "created_at", "size_in_words")
    ordering = ("-created_at", "-id")
    list_select_related = ("file",)
    fields = (
        "picture",
        "name",
        "note",
        ("belongs_to", "state"),
        ("content_type", "size_in_words"),
        ("uploader", "created_at"),
        "original_name",
        "digest",
        "get",
    )
    readonly_fields = (
        "picture", "belongs_to", "state", "content_type", "size_in_words", "uploader", "created_at", "original_name",
        "digest", "get",
    )  # fmt: skip

    class Media:
        css = {"all": ("attachments/attachments.css",)}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Files whose records the reader sees."""
        return seen(super().get_queryset(request)).select_related("file")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the library is shown; a single file is, to whoever sees its record."""
        return obj is not None or super().has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the file may be changed: as its record."""
        return super().has_change_permission(request, obj) and self._may_edit(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the file may be removed: as its record may be changed."""
        return super().has_delete_permission(request, obj) and self._may_edit(request, obj)

    def _may_edit(self, request: HttpRequest, obj: Any) -> bool:
        """Whether the file may be changed; of files in general, whether the library is there to do it in."""
        return may_edit(obj) if obj is not None else super().has_view_permission(request)

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Look up the records and the people of the page at once."""
        labels = labels_of(request)
        labels.fetch((row.entity, row.record_id) for row in rows if row.record_id)
        labels.fetch((USER, row.uploaded_by) for row in rows if row.uploaded_by)
        for row in rows:
            row.shown_by = labels

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The file with what its page names."""
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            self.prepare_rows(request, [row])
        return row

    @admin.display(description="")
    def preview(self, row: Attachment) -> str:
        """Its thumbnail, or a symbol."""
        context = {"thumbnail": link_to(row, thumbnail=SMALL), "icon": icon_of(row.content_type)}
        return render_to_string("attachments/preview.html", context)

    @admin.display(description=_("picture"), empty_value="–")
    def picture(self, row: Attachment) -> str | None:
        """Its larger thumbnail."""
        address = link_to(row, thumbnail=LARGE)
        return format_html('<img src="{}" alt="{}" class="ag-file-large">', address, row.name) if address else None

    @admin.display(description=_("belongs to"), empty_value="–")
    def belongs_to(self, row: Any) -> str | None:
        """The record that it is on."""
        kind = ENTITIES.get(row.entity)
        if row.record_id is None or kind is None:
            return str(_("draft")) if row.record_id is None else row.entity
        return format_html("{}: {}", str(kind.label).capitalize(), row.shown_by.link(row.entity, row.record_id))

    @admin.display(description=_("size"), ordering="size")
    def size_in_words(self, row: Attachment) -> str:
        """Its size, and that of the picture."""
        size = filesizeformat(row.size)
        return f"{size}, {row.file.width} × {row.file.height}" if row.file.width else size

    @admin.display(description=_("state"))
    def state(self, row: Attachment) -> str:
        """What is known of its content."""
        found = f": {row.file.threat}" if row.file.threat else ""
        return f"{row.file.get_status_display()}{found}"

    @admin.display(description=_("uploaded by"), empty_value="–")
    def uploader(self, row: Any) -> str | None:
        """Who brought it."""
        return str(row.shown_by.text(USER, row.uploaded_by)) if row.uploaded_by else None

    @admin.display(description="SHA-256")
    def digest(self, row: Attachment) -> str:
        """The digest of its content."""
        return format_html('<span class="ag-file-digest">{}</span>', row.file.sha256)

    @admin.display(description=_("download"), empty_value="–")
    def get(self, row: Attachment) -> str | None:
        """A way to the content, while it is handed out."""
        if not is_handed_out(row.file):
            return None
        address = reverse("attachments.attachment-download", args=[row.pk])
        return render_to_string("attachments/download.html", {"address": address, "name": row.name})
