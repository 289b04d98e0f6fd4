"""Who was told what, in the back office: deliveries, dead letters, and taking a stretch of time to somebody again."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from apps.events.admin.filters import ByNameOfEvent, BySubscriber
from apps.events.admin.ranges import range_answer
from apps.events.features import MANAGE_DELIVERIES, VIEW, VIEW_DELIVERIES
from apps.events.selectors import visible_deliveries
from apps.events.services import replay_delivery, skip_delivery
from apps.kernel.admin.access import allows
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.labels import labels_of
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.eventbus.models import Delivery, DeliveryStatus
from apps.kernel.eventbus.wording import event_words
from apps.kernel.registry.naming import ORGANIZATION

LONGEST_IN_ROW = 60
PARTS = re.compile(r"[^._]+[._]*|[._]+")


def is_dead(delivery: Delivery) -> bool:
    """Say whether it waits for a decision."""
    return delivery.status == DeliveryStatus.DEAD


@register(Delivery)
class DeliveryPage(CommandAdmin):
    """Deliveries of events to persistent subscribers, newest first."""

    view_feature = VIEW_DELIVERIES
    manage_feature = MANAGE_DELIVERIES
    module = "events"
    icon = "outbox"
    order = 20
    empty_hint = _(
        "Each event that a part of the house reacts to stands here, with how that went. One that could not be handled,"
        " however often it was tried, waits here for a decision."
    )
    list_display = ("made_at", "who", "what", "state", "short_error")
    list_display_links = ("made_at", "who")
    list_filter = ("status", BySubscriber, ByNameOfEvent, "created_at")
    sortable_by = ()
    fields = (
        ("subscriber", "state"),
        ("happened", "record"),
        ("attempts", "due_at"),
        "last_error",
        ("created_at", "ended_at"),
        "place",
    )
    readonly_fields = (
        "subscriber",
        "state",
        "happened",
        "record",
        "attempts",
        "due_at",
        "last_error",
        "created_at",
        "ended_at",
        "place",
    )
    actions_list = ("range_page",)
    buttons = (
        RecordCommand(
            "replay",
            replay_delivery,
            _("Deliver again"),
            icon="replay",
            confirm=_("The event is taken to the subscriber again, from the first try."),
            shown=is_dead,
            in_row=True,
            in_bulk=True,
        ),
        RecordCommand(
            "skip",
            skip_delivery,
            _("Skip"),
            icon="skip_next",
            confirm=_(
                "The subscriber never handles this event. Later events of the same record that wait for it go on."
            ),
            shown=is_dead,
            in_row=True,
            dangerous=True,
        ),
    )

    class Media:
        """The colours of the states."""

        css: ClassVar = {"all": ("events/events.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Deliveries that the reader may see, with their events."""
        return visible_deliveries().select_related("event")

    def get_ordering(self, request: HttpRequest) -> Any:
        """Newest first, by the index of times."""
        return ["-created_at", "-pk"]

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Look up the labels of a whole page at once."""
        labels = labels_of(request)
        labels.fetch((row.event.entity, row.event.record_id) for row in rows)
        for row in rows:
            row.shown_record = labels.link(row.event.entity, row.event.record_id)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """One delivery, with the label of its record."""
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            self.prepare_rows(request, [found])
            found.shown_place = labels_of(request).link(ORGANIZATION, found.organization_id)
        return found

    def get_actions_list(self, request: HttpRequest) -> list[Any]:
        """The way to the range, for those who may use it."""
        parent: Any = super()
        return list(parent.get_actions_list(request)) if allows(MANAGE_DELIVERIES) else []

    @admin.display(description=_("when"))
    def made_at(self, delivery: Delivery) -> Any:
        """When the event was taken to the subscriber."""
        return delivery.created_at

    @admin.display(description=_("subscriber"))
    def who(self, delivery: Delivery) -> SafeString:
        """The subscriber, which may be broken behind each of its words."""
        return format_html_join(mark_safe("<wbr>"), "{}", ((part,) for part in PARTS.findall(delivery.subscriber)))

    @admin.display(description=_("event"))
    def what(self, delivery: Any) -> SafeString:
        """The event in words, and its record."""
        words = event_words(delivery.event.name)
        return format_html('{} <span class="ag-about">{}</span>', words, delivery.shown_record)

    @admin.display(description=_("event"))
    def happened(self, delivery: Delivery) -> str | SafeString:
        """The event, as a link for those who may see it."""
        words = event_words(delivery.event.name)
        if not allows(VIEW):
            return words
        address = reverse("admin:kernel_outboxevent_change", args=[delivery.event_id])
        return format_html('<a href="{}" class="text-link">{}</a>', address, words)

    @admin.display(description=_("record"))
    def record(self, delivery: Any) -> Any:
        """The record, as a link where it has a page."""
        return delivery.shown_record

    @admin.display(description=_("organization"))
    def place(self, delivery: Any) -> Any:
        """Where it happened, as a link."""
        return delivery.shown_place or "—"

    @admin.display(description=_("state"))
    def state(self, delivery: Delivery) -> SafeString:
        """The state as a badge."""
        return render_to_string("events/state.html", {"delivery": delivery})

    @admin.display(description=_("last error"))
    def short_error(self, delivery: Delivery) -> str:
        """The error as far as a row has room for it."""
        return Truncator(delivery.last_error).chars(LONGEST_IN_ROW)

    @action(  # type: ignore[untyped-decorator]
        description=_("Deliver a period again"), url_path="range", icon="history"
    )
    def range_page(self, request: HttpRequest) -> HttpResponse:
        """Ask for a stretch of time, show how many events it holds, and take them to the subscriber again."""
        if not allows(MANAGE_DELIVERIES):
            raise PermissionDenied
        return range_answer(self, request)
