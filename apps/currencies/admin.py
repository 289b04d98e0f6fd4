"""Back office pages of currencies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectMultipleWidget

from apps.currencies.calculations import master
from apps.currencies.features import MANAGE, VIEW
from apps.currencies.models import Currency
from apps.currencies.selectors import living_currencies
from apps.currencies.services import (
    activate_currency,
    add_from_master,
    create_currency,
    deactivate_currency,
    delete_currency,
    set_base_currency,
    update_currency,
)
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.forms import add_refusal, is_form_error
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
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


@register(Currency)
class CurrencyPage(CommandAdmin):
    """Currencies of the selected organizations."""

    create_command = create_currency
    update_command = update_currency
    delete_command = delete_currency
    view_feature = VIEW
    manage_feature = MANAGE
    icon = "payments"
    order = 10
    empty_hint = _("Add currencies from the world's list, with names, symbols and places as they are customary.")
    list_display = ("code", "name", "symbol", "decimal_places", "is_base", "is_active", "organization_id")
    list_filter = ("is_base", "is_active")
    search_fields = ("code", "name", "symbol")
    ordering = ("code",)
    fields = ("code", "name", "symbol", "decimal_places")
    optional_fields = ("name", "symbol", "decimal_places")
    actions_list = ("add_from_master_page",)
    buttons = (
        RecordCommand(
            "set-base",
            set_base_currency,
            _("Make base"),
            icon="star",
            shown=lambda currency: currency.is_active and not currency.is_base,
            in_row=True,
        ),
        RecordCommand(
            "activate",
            activate_currency,
            _("Switch on"),
            icon="toggle_on",
            shown=lambda currency: not currency.is_active,
            in_bulk=True,
        ),
        RecordCommand(
            "deactivate",
            deactivate_currency,
            _("Switch off"),
            icon="toggle_off",
            shown=lambda currency: currency.is_active and not currency.is_base,
            in_bulk=True,
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Currency | None = None) -> tuple[str, ...]:
        """The code never changes."""
        return () if obj is None else ("code", "is_base", "is_active")

    def get_fields(self, request: HttpRequest, obj: Currency | None = None) -> Any:
        """A record also shows what its buttons change."""
        return self.fields if obj is None else (*self.fields, "is_base", "is_active")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Nothing is suggested: what stays empty becomes what is customary."""
        return {"decimal_places": None, **super().get_changeform_initial_data(request)}

    def command_input(self, request: HttpRequest, form: Any, formsets: Any) -> dict[str, Any]:
        """The fields; an empty number is none at all."""
        return {name: value for name, value in super().command_input(request, form, formsets).items() if value != ""}

    @action(  # type: ignore[untyped-decorator]
        description=_("Add from the world's list"), url_path="add-from-master", icon="public", permissions=["add"]
    )
    def add_from_master_page(self, request: HttpRequest) -> HttpResponse:
        """Ask which currencies to add, and add them in one command."""
        form = MasterForm(request.POST or None)
        refusal = None
        if request.method == "POST" and form.is_valid():
            try:
                created = run(add_from_master, form.cleaned_data["codes"])
            except PlatformError as error:
                if not is_form_error(error):
                    raise
                add_refusal(form, error)
                refusal = error
            else:
                self.message_user(request, gettext("%(count)s currencies added.") % {"count": len(created)}, 25)
                return HttpResponseRedirect(reverse("admin:currencies_currency_changelist"))
        return self._master_question(request, form, refusal)

    def _master_question(
        self, request: HttpRequest, form: MasterForm, refusal: PlatformError | None
    ) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": FROM_MASTER.label,
            "opts": self.opts,
            "button": FROM_MASTER,
            "form": form,
            "next": reverse("admin:currencies_currency_changelist"),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/press.html", context, status=refusal.status if refusal else 200)
