"""Pages of records with secrets: a new one stands on the page that answers its making, and on no other."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.commands.idempotency import Answer, IdempotencyKey
from apps.kernel.commands.invocation import invoked
from apps.webhooks.admin.forms import ONCE
from apps.webhooks.admin.handing_out import collecting
from apps.webhooks.services import IssuedEndpoint, IssuedWebhook

Issued = IssuedWebhook | IssuedEndpoint


class IssuingPage(CommandAdmin):
    """A new record is made once for each form, however often that is sent."""

    how_to_use: ClassVar[str | Promise] = ""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Run the command, for a new record once only."""
        if change:
            super().save_related(request, form, formsets, change)
            return
        key = IdempotencyKey(form.cleaned_data[ONCE], b"form", lambda result: Answer(201, None), secret_answer=True)
        with invoked(idempotency=key):
            super().save_related(request, form, formsets, change)

    def command_input(self, request: HttpRequest, form: Any, formsets: Any) -> dict[str, Any]:
        """What was entered, without the form's own key."""
        return {name: value for name, value in super().command_input(request, form, formsets).items() if name != ONCE}

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show or save a form; a new secret follows at once."""
        saving = {} if object_id else {"show_save_and_add_another": False, "show_save_and_continue": False}
        with collecting() as handed:
            response = super().changeform_view(request, object_id, form_url, {**saving, **(extra_context or {})})
        return self.followed(request, handed[-1], response) if handed else response

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Nothing of Django's: the page with the secret follows."""
        return HttpResponse()

    def press_view(self, request: HttpRequest, object_id: str, button: str) -> HttpResponse:
        """Ask, then run; what was handed out follows at once."""
        with collecting() as handed:
            response = super().press_view(request, object_id, button)
        return self.followed(request, handed[-1], response) if handed else response

    def followed(self, request: HttpRequest, handed: Any, response: HttpResponse) -> HttpResponse:
        """The only page that ever shows the secret. It answers the form itself, so the secret waits nowhere."""
        list(messages.get_messages(request))  # this page says it already
        record = handed.webhook if isinstance(handed, IssuedWebhook) else handed.endpoint
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change"
        context = {
            **self.admin_site.each_context(request),
            "title": _("Secret"),
            "opts": self.opts,
            "original": record,
            "secret": handed.secret,
            "how_to_use": self.how_to_use,
            "address": self.address_of(record),
            "next": reverse(name, args=[record.pk]),
        }
        return TemplateResponse(request, "webhooks/secret.html", context)

    def address_of(self, record: Any) -> str:
        """An address that belongs to the secret, "" for none."""
        return ""
