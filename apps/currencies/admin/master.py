"""Currencies from the world's list: a page beside the list of currencies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectMultipleWidget

from apps.currencies.calculations import master
from apps.currencies.selectors import living_currencies
from apps.currencies.services import add_from_master
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.forms import add_refusal, is_form_error
from apps.kernel.admin.frames import list_frame
from apps.kernel.admin.places import OPENED_IN, demand_place, place_now
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError
from apps.kernel.tenancy.scope import current_scope


def offered_codes() -> list[tuple[str, str]]:
    """The world's currencies that the selected organization has not got yet, in the reader's language."""
    organization_id: UUID | None = current_scope().organization_id
    held = set(living_currencies(organization_id).values_list("code", flat=True)) if organization_id else set()
    language = translation.get_language() or "en"
    return [(item.code, f"{item.code} — {item.name(language)}") for item in master() if item.code not in held]


class MasterForm(forms.Form):
    """Which currencies to add."""

    codes = forms.MultipleChoiceField(
        label=_("Currencies"),
        choices=offered_codes,
        widget=UnfoldAdminSelectMultipleWidget(attrs={"size": 16}),
        help_text=_("Several at once: hold Ctrl (or Cmd) while choosing."),
    )


FROM_MASTER = RecordCommand(
    "add-from-master",
    add_from_master,
    _("Add from the world's list"),
    icon="public",
    confirm=_(
        "They come with the names, symbols and decimal places that are customary; all of it can be changed later."
    ),
)


class MasterPage:
    """Adds the page to the list of currencies."""

    @action(  # type: ignore[untyped-decorator]
        description=_("Add from the world's list"), url_path="add-from-master", icon="public", permissions=["add"]
    )
    def add_from_master_page(self, request: HttpRequest) -> HttpResponse:
        """Ask which currencies to add, and add them in one command."""
        form = MasterForm(request.POST or None)
        refusal = None
        if request.method == "POST" and form.is_valid():
            try:
                demand_place(request)
                created = run(add_from_master, form.cleaned_data["codes"])
            except PlatformError as error:
                if not is_form_error(error):
                    raise
                add_refusal(form, error)
                refusal = error
            else:
                return self._added(request, len(created))
        return self._master_question(request, form, refusal)

    def _added(self, request: HttpRequest, count: int) -> HttpResponse:
        page: Any = self
        text = ngettext("%(count)s currency added.", "%(count)s currencies added.", count)
        page.message_user(request, text % {"count": count}, 25)
        return HttpResponseRedirect(reverse("admin:currencies_currency_changelist"))

    def _master_question(
        self, request: HttpRequest, form: MasterForm, refusal: PlatformError | None
    ) -> TemplateResponse:
        page: Any = self
        context = {
            **list_frame(page, request, FROM_MASTER.label),
            "button": FROM_MASTER,
            "form": form,
            OPENED_IN: place_now(),
            "next": reverse("admin:currencies_currency_changelist"),
            "media": page.media,
        }
        return TemplateResponse(request, "admin/press.html", context, status=refusal.status if refusal else 200)
