"""Back office pages of one's own notifications: all of them, one of them, and what one has chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.filters import SelectFilter
from apps.kernel.admin.frames import list_frame
from apps.kernel.admin.offers import say
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.registry.notices import NOTIFICATION_TYPES
from apps.notifications.admin.choices import ChoicesForm, is_saved
from apps.notifications.features import CREATE
from apps.notifications.models import Notification, Status
from apps.notifications.selectors import own_notifications, reader_or_none
from apps.notifications.services import dismiss, mark_read, restore
from apps.notifications.services.showing import kinds, preferences


class ByType(SelectFilter):
    """Which kind of notification."""

    title, parameter_name = _("kind"), "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Every declared kind."""
        return sorted(((item.id, str(item.label)) for item in kinds()), key=lambda pair: pair[1].lower())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Notifications of the kind."""
        return queryset.filter(type=self.value()) if self.value() in NOTIFICATION_TYPES else queryset


@register(Notification)
class NotificationPage(CommandAdmin):
    """One's own notifications, the newest first; nobody sees another's, whatever they may do."""

    view_feature = CREATE  # which nobody needs here, because everybody sees their own
    holds_own_things = True
    icon = "notifications"
    order = 1
    empty_hint = _("What concerns you appears here. Which kinds, and whether by e-mail as well, is up to you.")
    list_display = ("what", "kind", "state", "happened_at")
    list_display_links = ("what",)
    list_filter = ("status", ByType)
    search_fields = ("title",)
    ordering = ("-happened_at", "-pk")
    sortable_by: ClassVar[tuple[str, ...]] = ("happened_at",)
    fields = ("what", "text", ("kind", "state"), ("happened_at", "read_at"))
    readonly_fields = ("what", "text", "kind", "state", "happened_at", "read_at")
    change_form_template = "notifications/notification_form.html"
    actions_list = ("choices_page",)
    buttons = (
        RecordCommand(
            "read",
            mark_read,
            _("Mark as read"),
            icon="done",
            shown=lambda row: row.status == Status.UNREAD,
            in_row=True,
            in_bulk=True,
        ),
        RecordCommand(
            "dismiss",
            dismiss,
            _("Put away"),
            icon="archive",
            shown=lambda row: row.status != Status.DISMISSED,
            in_row=True,
            in_bulk=True,
        ),
        RecordCommand(
            "restore",
            restore,
            _("Bring back"),
            icon="unarchive",
            shown=lambda row: row.status == Status.DISMISSED,
            in_row=True,
        ),
    )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever works here has notifications of their own."""
        return reader_or_none() is not None

    def get_queryset(self, request: HttpRequest) -> Any:
        """The reader's own."""
        return own_notifications()

    @admin.display(description=_("title"), ordering="title")
    def what(self, row: Notification) -> SafeString:
        """The title with its icon, and how often it happened."""
        return render_to_string("notifications/title.html", {"row": row})

    @admin.display(description=_("text"))
    def text(self, row: Notification) -> SafeString:
        """The text in its paragraphs, escaped."""
        return mark_safe(linebreaks(row.body, autoescape=True)) if row.body else mark_safe("—")  # noqa: S308

    @admin.display(description=_("kind"))
    def kind(self, row: Notification) -> str:
        """The kind in words."""
        return row.label

    @admin.display(description=_("state"), ordering="status")
    def state(self, row: Notification) -> SafeString:
        """The state as a badge."""
        return render_to_string("notifications/state.html", {"row": row})

    @action(description=_("Choices"), url_path="choices", icon="tune")  # type: ignore[untyped-decorator]
    def choices_page(self, request: HttpRequest) -> HttpResponse:
        """Show what the reader has chosen, or change it."""
        found = preferences()
        form = ChoicesForm(request.POST if request.method == "POST" else None, found=found)
        if form.is_bound and form.is_valid() and is_saved(form):
            say(request, str(_("Your choices were saved.")))
            return HttpResponseRedirect(reverse("admin:notifications_notification_choices_page"))
        context = {
            **list_frame(self, request, _("My notifications: choices")),
            "form": form,
            "found": found,
        }
        return TemplateResponse(request, "notifications/choices.html", context)
