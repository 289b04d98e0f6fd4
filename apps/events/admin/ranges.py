"""The page that takes a stretch of time to one subscriber again: asked for, counted, confirmed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.events.services import replay_range
from apps.events.services.ranges import AT_ONCE, RangeReplayed, range_of
from apps.kernel.admin.addresses import model_address
from apps.kernel.admin.dressing import dress
from apps.kernel.admin.forms import add_refusal, is_form_error
from apps.kernel.admin.frames import list_frame
from apps.kernel.admin.labels import record_url
from apps.kernel.admin.moments import MomentInput
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError
from apps.kernel.eventbus.operating import persistent_subscribers
from apps.kernel.tenancy.transactions import scoped_transaction


class RangeForm(forms.Form):
    """Which events, and to whom."""

    subscriber = forms.ChoiceField(label=_("Subscriber"))
    start = forms.DateTimeField(
        label=_("From"), widget=MomentInput(seconds=False), help_text=_("In UTC. An event of this time counts.")
    )
    end = forms.DateTimeField(
        label=_("To"), widget=MomentInput(seconds=False), help_text=_("In UTC. An event of this time does not.")
    )
    pattern = forms.CharField(
        label=_("Only these events"),
        required=False,
        max_length=200,
        help_text=_("A name, or a pattern such as sales.order.* or **.created. Empty: all that the subscriber hears."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        subscriber: Any = self.fields["subscriber"]
        subscriber.choices = [("", "—"), *((item, item) for item in persistent_subscribers())]
        dress(self)


def range_answer(page: Any, request: HttpRequest) -> HttpResponse:
    """The form; with a checked one the count and the question; after that the deliveries."""
    form = RangeForm(request.POST or None)
    count: int | None = None
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("confirmed") == "yes":
                return _done(page, request, run(replay_range, **form.cleaned_data))
            with scoped_transaction():
                count = range_of(**form.cleaned_data).count(most=AT_ONCE + 1)
        except PlatformError as error:
            if not is_form_error(error):
                raise
            add_refusal(form, error)
    context = {
        **list_frame(page, request, _("Deliver a period again")),
        "form": form,
        "count": count,
        "is_large": count is not None and count > AT_ONCE,
        "most": AT_ONCE,
        "asked": [(name, request.POST.get(name, "")) for name in form.fields],
        "back": model_address(page, "changelist"),
        "has_subscribers": bool(persistent_subscribers()),
    }
    return TemplateResponse(request, "events/range.html", context)


def _done(page: Any, request: HttpRequest, result: RangeReplayed) -> HttpResponse:
    if result.job_id is not None:
        page.message_user(request, _now("The events are on their way; the job shows how far it is."), messages.SUCCESS)
        return HttpResponseRedirect(record_url("progress.job", result.job_id) or model_address(page, "changelist"))
    text = ngettext("%(n)s delivery is on its way.", "%(n)s deliveries are on their way.", result.count)
    page.message_user(request, text % {"n": result.count}, messages.SUCCESS)
    return HttpResponseRedirect(model_address(page, "changelist"))
