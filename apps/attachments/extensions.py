"""What the module adds elsewhere: the files of a record, the room that is left, and that at a glance."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.attachments.calculations.kinds import RASTER
from apps.attachments.contracts import FILES_PAGES
from apps.attachments.features import LIBRARY
from apps.attachments.models import Attachment, FileStatus
from apps.attachments.selectors.access import attachments_of, living_attachments, may_change, may_see, takes_files
from apps.attachments.selectors.handing import is_handed_out
from apps.attachments.selectors.quotas import room
from apps.attachments.services.links import link_to
from apps.attachments.services.quotas import MEGABYTE
from apps.attachments.services.subjects import erase_files, open_files, read_files
from apps.kernel.admin.access import allows, takes_changes
from apps.kernel.admin.labels import Labels, labels_of, record_url
from apps.kernel.extensions.dashboards import (
    DashboardWidget,
    NumberData,
    Settings,
    WidgetKind,
    Width,
    dashboard_widget,
)
from apps.kernel.extensions.periods import Period
from apps.kernel.extensions.spots import Place, Widget, spot, widget
from apps.kernel.extensions.tabs import RecordTab, record_tab
from apps.kernel.extensions.timelines import Asking, Moment, TimelineSource, timeline_source
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.registry.features import is_declared
from apps.kernel.registry.subjects import SubjectSource, subject_source

MOST_SHOWN = 200
SMALL = 160
NEARLY, FULL = 80, 95  # percent
USER = "auth.user"
UNDO = "audit_logs.undo_self"


def show_below(place: Place) -> dict[str, object] | None:
    """Variables of the box below a record's form; None for kinds that have a page for it, too."""
    return None if place.entity in FILES_PAGES else show_files(place)


def show_files(place: Place) -> dict[str, object] | None:
    """Variables of the box; None for kinds that take no files, and for new records."""
    kind = ENTITIES.get(place.entity)
    if kind is None or place.record is None or not has_files(place.entity):
        return None
    rows = list(attachments_of(kind.id, [place.record.pk])[: MOST_SHOWN + 1])
    labels = labels_of(place.request)
    labels.fetch((USER, row.uploaded_by) for row in rows if row.uploaded_by)
    return {
        "files": [_shown(row, labels.text(USER, row.uploaded_by)) for row in rows[:MOST_SHOWN]],
        "has_more": len(rows) > MOST_SHOWN,
        "may_change": may_change(kind) and takes_changes(place.record),
        "may_undo": is_declared(UNDO) and allows(UNDO),
        "largest_mb": settings.ATTACHMENTS_LARGEST // MEGABYTE,
        "largest": settings.ATTACHMENTS_LARGEST,
        "is_page": place.entity in FILES_PAGES,
    }


def _shown(row: Attachment, uploader: str) -> dict[str, object]:
    """One file for the template."""
    unseen = row.file.content_type in RASTER and row.file.checked_at is None
    return {
        "row": row,
        "uploader": uploader,
        "thumbnail": link_to(row, thumbnail=SMALL),
        "is_handed_out": is_handed_out(row.file),
        "is_quarantined": row.file.status == FileStatus.QUARANTINED,
        "is_waiting": unseen or (not is_handed_out(row.file) and row.file.status != FileStatus.QUARANTINED),
        "icon": icon_of(row.content_type),
    }


def icon_of(content_type: str) -> str:
    """A symbol for files without a picture."""
    if content_type == "application/pdf":
        return "picture_as_pdf"
    if "spreadsheet" in content_type or content_type in {"text/csv", "application/vnd.ms-excel"}:
        return "table"
    families = {"image": "image", "audio": "audio_file", "video": "video_file", "text": "description"}
    return families.get(content_type.partition("/")[0], "draft")


def has_files(entity: str) -> bool:
    """Say whether records of the kind take files that the actor may see."""
    kind = ENTITIES.get(entity)
    return kind is not None and takes_files(kind) and may_see(kind)


def where_files_are(record: Any) -> str:
    """The page of the record's files; "" for kinds without one, and where the reader sees none."""
    entity = str(record.entity_id)
    page = FILES_PAGES.get(entity)
    return page.address(record) if page is not None and has_files(entity) else ""


def how_many(record: Any) -> int:
    """Files of the record that the reader sees."""
    return living_attachments(entity=str(record.entity_id)).filter(record_id=record.pk).count()


def fetch_files(asking: Asking) -> list[Moment]:
    """Files that were added to the records and are still there."""
    rows = living_attachments(entity=asking.entity).filter(record_id__in=asking.ids)
    if asking.until is not None:
        rows = rows.filter(created_at__lte=asking.until)
    found = list(rows.order_by("-created_at", "-id")[: asking.limit])
    labels = Labels()
    labels.fetch((USER, row.uploaded_by) for row in found if row.uploaded_by)
    return [
        Moment(
            row.created_at,
            row.pk.hex,
            title=_("File added"),
            who=labels.text(USER, row.uploaded_by),
            text=row.name,
            url=record_url(row.entity_id, row.pk),
        )
        for row in found
    ]


def show_room(place: Place) -> dict[str, object]:
    """Variables of the bar above the library."""
    return {"room": room()}


timeline_source(
    TimelineSource(
        "attachments.files", _("Files"), "*", fetch_files, icon="attach_file", offered=has_files, priority=50
    )
)
spot("detail:*:files", "the page of a record's files, of kinds that have one")
record_tab(RecordTab("attachments.tab", _("Files"), "*", where_files_are, priority=10, number=how_many))
widget(Widget("attachments.box", "crud-form:*:footer", "attachments/box.html", context=show_below))
widget(Widget("attachments.page", "detail:*:files", "attachments/box.html", context=show_files))
widget(
    Widget(
        "attachments.room",
        "data-table:attachments.attachment:header",
        "attachments/room.html",
        context=show_room,
        features=(LIBRARY,),
    )
)


def show_storage(chosen: Settings, period: Period) -> NumberData:
    """How full the tenant's room is now; the period is of no account."""
    found = room()
    tone = "danger" if found.percent >= FULL else "warning" if found.percent >= NEARLY else "success"
    return NumberData(
        found.percent,
        unit="%",
        tone=tone,
        more=(
            (_("used"), found.used // MEGABYTE, "MB"),
            (_("in deleted files"), found.deleted // MEGABYTE, "MB"),
            (_("room in all"), found.limit // MEGABYTE, "MB"),
        ),
    )


def library(chosen: Settings, period: Period) -> str:
    """The library of files."""
    return reverse("admin:attachments_attachment_changelist")


dashboard_widget(
    DashboardWidget(
        "attachments.storage",
        _("Room for files"),
        WidgetKind.NUMBER,
        show_storage,
        description=_("How much of the room for files is used."),
        icon="hard_drive",
        width=Width.SM,
        features=(LIBRARY,),
        priority=23,
        is_standard=True,
        drill_through=library,
    )
)
subject_source(
    SubjectSource(
        "attachments.files",
        _("Files"),
        read=read_files,
        files=open_files,
        erase=erase_files,
        pointers=(("attachment", "record_id"),),
    )
)
