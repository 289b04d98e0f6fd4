"""Pages of records with secrets: a new one stands on the page that answers its making, and on no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from apps.kernel.admin.addresses import model_address
from apps.kernel.admin.buttons import Text
from apps.kernel.admin.forms import CommandForm
from apps.kernel.admin.frames import record_frame
from apps.kernel.admin.handing_out import collecting
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.commands.errors import AnswerWithheld
from apps.kernel.commands.idempotency import Answer, IdempotencyKey
from apps.kernel.commands.invocation import invoked
from apps.kernel.ids import uuid7

ONCE: Final = "once"


class OnceForm(CommandForm):
    """A form for a new record with a secret. Sent again it makes no second one: its page cannot be shown again."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial[ONCE] = uuid7().hex
        if isinstance(self.refusal, AnswerWithheld):
            # Who has been told may make another one on purpose.
            posted: Any = self.data
            posted = posted.copy()
            posted[ONCE] = uuid7().hex
            self.data = posted


@dataclass(frozen=True, slots=True)
class SecretWords:
    """How the page calls what it shows. `heading` holds `%(name)s`; `use` says what the secret is for."""

    title: Text
    heading: Text
    warning: Text
    label: Text
    use: Text = ""


SECRET: Final = SecretWords(
    title=_("Secret"),
    heading=_("Secret of “%(name)s”"),
    warning=_("Copy it now. It is shown this once: whoever loses it needs a new one."),
    label=_("The secret"),
)


class IssuingPage(CommandAdmin):
    """A new record is made once for each form (an `OnceForm`); commands that make a secret stand in `handing_out`."""

    secret_words: ClassVar[SecretWords] = SECRET

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
        return self.followed(request, handed[-1]) if handed else response

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Nothing of Django's: the page with the secret follows."""
        return HttpResponse()

    def press_view(self, request: HttpRequest, object_id: str, button: str) -> HttpResponse:
        """Ask, then run; what was handed out follows at once."""
        with collecting() as handed:
            response = super().press_view(request, object_id, button)
        return self.followed(request, handed[-1]) if handed else response

    def followed(self, request: HttpRequest, handed: Any) -> HttpResponse:
        """The only page that ever shows the secret. It answers the form itself, so the secret waits nowhere."""
        list(messages.get_messages(request))  # this page says it already
        words = self.secret_words
        context = {
            **record_frame(self.admin_site, request, handed.record, words.title),
            "words": words,
            "heading": str(words.heading) % {"name": handed.record.name},
            "secret": handed.secret,
            "example": self.example_of(handed.record),
            "next": model_address(self, "change", handed.record.pk),
        }
        return TemplateResponse(request, "admin/secret.html", context)

    def example_of(self, record: Any) -> str:
        """What is written where the secret is used, an address or a header; "" for nothing."""
        return ""
