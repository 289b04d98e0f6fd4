"""Back office pages of mails: what was sent to whom, what failed, and sending that again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.html import urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from apps.kernel.admin.access import allows
from apps.kernel.admin.addresses import model_path
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.filters import SelectFilter
from apps.kernel.admin.frames import list_frame
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.registry.letters import MAILS
from apps.notifications.features import MANAGE, VIEW
from apps.notifications.models import Mail, MailStatus
from apps.notifications.services import cancel_mail, retry_mail
from apps.notifications.services.files import SHOWN, files_are_shown, written_mails
from apps.notifications.services.operating import CANCELLABLE

# A mail as its reader sees it: styles of its own, and nothing that runs, loads, leads a form anywhere or is framed.
ISOLATED = "; ".join(
    (
        "sandbox",
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
LONGEST_IN_ROW = 50
WRITTEN_FOR_NOBODY = _("The mail server of this installation writes files: these mails reached nobody.")


class ByTemplate(SelectFilter):
    """Which kind of mail."""

    title, parameter_name = _("kind of mail"), "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, Any]]:
        """Every declared kind."""
        return sorted(((item.id, str(item.label)) for item in MAILS.values()), key=lambda pair: pair[1].lower())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Mails of the kind."""
        return queryset.filter(template=self.value()) if self.value() else queryset


@register(Mail)
class MailPage(CommandAdmin):
    """Mails of the tenant and of the selected organizations, newest first."""

    view_feature = VIEW
    manage_feature = MANAGE
    icon = "mail"
    order = 10
    empty_hint = _("Mails appear here as soon as the house sends one, and stay with what became of them.")
    list_display = ("created_at", "short_subject", "to_whom", "kind", "status")
    list_display_links = ("created_at", "short_subject")
    list_filter = ("status", ByTemplate, "created_at")
    search_fields = ("recipient__exact",)
    search_help_text = _("Search by a whole e-mail address.")
    sortable_by = ("created_at", "status")
    ordering = ("-created_at", "-id")
    fields = (
        ("to_whom", "kind"),
        "subject_line",
        ("status", "attempts"),
        "last_error",
        ("created_at", "sent_at"),
        ("organization_id", "locale"),
        "message_id",
    )
    readonly_fields = (
        "to_whom",
        "kind",
        "subject_line",
        "status",
        "attempts",
        "last_error",
        "created_at",
        "sent_at",
        "organization_id",
        "locale",
        "message_id",
    )
    change_form_template = "notifications/mail_form.html"
    actions_list = ("files_page",)
    buttons = (
        RecordCommand(
            "retry",
            retry_mail,
            _("Send again"),
            icon="send",
            confirm=_("The mail is sent again, as it was written. A mail with a token gets a new one."),
            shown=lambda mail: mail.status == MailStatus.FAILED,
            in_row=True,
            in_bulk=True,
        ),
        RecordCommand(
            "cancel",
            cancel_mail,
            _("Do not send"),
            icon="cancel_schedule_send",
            confirm=_("The mail stays here and is not sent. It cannot be sent later."),
            shown=lambda mail: mail.status in CANCELLABLE,
            in_bulk=True,
            dangerous=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Mail]:
        """Mails without their texts, which a list does not show."""
        return super().get_queryset(request).defer("text", "html")

    @admin.display(description=_("subject"))
    def subject_line(self, mail: Mail) -> str:
        """The subject, or why there is none."""
        return mail.subject or str(mail.get_content_display())

    @admin.display(description=_("subject"))
    def short_subject(self, mail: Mail) -> str:
        """The subject as far as a row has room for it."""
        return Truncator(self.subject_line(mail)).chars(LONGEST_IN_ROW)

    @admin.display(description=_("recipient"))
    def to_whom(self, mail: Mail) -> str:
        """The address; a mail with a token finds it out when it is sent."""
        return mail.recipient or "—"

    @admin.display(description=_("kind of mail"))
    def kind(self, mail: Mail) -> str:
        """The template in words."""
        return mail.label

    def get_urls(self) -> list[URLPattern]:
        """The addresses of every page, and the mail as its reader sees it."""
        return [model_path(self, "<uuid:mail_id>/page/", self.page_view, "page"), *super().get_urls()]

    def page_view(self, request: HttpRequest, mail_id: UUID) -> HttpResponse:
        """The mail's page alone, isolated from this site; a mail whose text is not kept has none."""
        mail = self.get_object(request, str(mail_id))
        if not self.has_view_permission(request, mail):
            raise PermissionDenied
        if mail is None or mail.html is None:
            raise Http404
        return HttpResponse(mail.html, headers={"Content-Security-Policy": ISOLATED, "Referrer-Policy": "no-referrer"})

    def get_actions_list(self, request: HttpRequest) -> list[Any]:
        """The way to the files, where there are any to read."""
        parent: Any = super()
        return list(parent.get_actions_list(request)) if _reads_files() else []

    @action(  # type: ignore[untyped-decorator]
        description=_("Mail written to files"), url_path="files", icon="folder_open"
    )
    def files_page(self, request: HttpRequest) -> HttpResponse:
        """The newest mails that were written to files, tokens included: for development and demonstrations."""
        if not files_are_shown():
            raise Http404
        if not _reads_files():
            raise PermissionDenied
        context = {
            **list_frame(self, request, _("Mail written to files")),
            "lead": WRITTEN_FOR_NOBODY,
            "mails": [(mail, _linked(mail.text)) for mail in written_mails()],
            "most": SHOWN,
        }
        return TemplateResponse(request, "notifications/files.html", context)


def _reads_files() -> bool:
    """Tokens of everybody stand in the files, so it takes whoever manages mails to read them."""
    return files_are_shown() and allows(MANAGE)


def _linked(text: str) -> SafeString:
    """The text, escaped, with its addresses as links."""
    return mark_safe(urlize(text, nofollow=True, autoescape=True).replace("<a ", '<a class="text-link" '))  # noqa: S308
