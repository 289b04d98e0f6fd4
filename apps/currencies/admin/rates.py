"""Back office pages of exchange rates: what is known, what was known, and corrections."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from apps.currencies.admin.filters import DaysFilter, FromFilter, KnownFilter, SourceFilter, ToFilter
from apps.currencies.admin.rate_forms import CorrectionForm, NewRateForm
from apps.currencies.admin.ways import chart_way
from apps.currencies.admin.wording import moment_text, rate_text
from apps.currencies.features import MANAGE_RATES, VIEW_RATES
from apps.currencies.models import ExchangeRate
from apps.currencies.selectors import values_of
from apps.currencies.services import close_rate, correct_rate, record_rate
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register

PAIR_AND_DAY = ("from_code", "to_code", "effective_on", "kind", "source")


@register(ExchangeRate)
class RatePage(CommandAdmin):
    """Rates of the selected organizations; a change is a correction, and a deletion closes."""

    create_command = record_rate
    update_command = correct_rate
    delete_command = close_rate
    bulk_fields = ()  # a correction is of one rate
    view_feature = VIEW_RATES
    manage_feature = MANAGE_RATES
    icon = "currency_exchange"
    order = 20
    empty_hint = _("Have rates fetched from a bank every day, or enter the first one by hand.")
    list_display = ("pair", "shown_rate", "effective_on", "source", "kind", "known_since", "organization_id")
    list_display_links = ("pair",)
    list_filter = (FromFilter, ToFilter, SourceFilter, "kind", DaysFilter, KnownFilter)
    ordering = ("-effective_on", "pk")
    sortable_by: ClassVar[tuple[str, ...]] = ("effective_on", "source", "kind")
    actions_list = ("chart_page",)
    fields = PAIR_AND_DAY
    change_form_outer_after_template = "currencies/rate_values.html"
    delete_confirmation_template = "currencies/close_rate.html"
    buttons = (
        RecordCommand(
            "close",
            close_rate,
            _("Let count no longer"),
            icon="event_busy",
            confirm=_("They count no longer from now on. What was known before stays on record."),
            shown=lambda rate: rate.is_known,
            in_bulk=True,
            dangerous=True,
        ),
    )

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": ("currencies/currencies.css",)}

    def export_rows(self, view: Any) -> Any:
        """All that ever counted: the list may show them."""
        return view.listed_rows({"known_at": ""})

    def has_change_permission(self, request: HttpRequest, obj: ExchangeRate | None = None) -> bool:
        """What no longer counts is no longer corrected."""
        return super().has_change_permission(request, obj) and (obj is None or obj.is_known)

    def has_delete_permission(self, request: HttpRequest, obj: ExchangeRate | None = None) -> bool:
        """What no longer counts is not closed again."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_known)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """A selection is closed, and the action says so."""
        return {name: item for name, item in super().get_actions(request).items() if name != "delete_selected"}

    def offered_buttons(self, record: ExchangeRate) -> list[dict[str, Any]]:
        """The way to the chart; closing has its page behind “Delete”."""
        return [chart_way(record.from_code, record.to_code)]

    def get_fields(self, request: HttpRequest, obj: ExchangeRate | None = None) -> Any:
        """A record has its rate to be corrected, or to be read, and since when it is known."""
        if obj is None:
            return (("from_code", "to_code"), "rate", "effective_on", "kind", "source")
        if self.has_change_permission(request, obj):
            return ("rate", *PAIR_AND_DAY, "known_since")
        return ("shown_rate", *PAIR_AND_DAY, "known_since", *(() if obj.is_known else ("known_until",)))

    def get_readonly_fields(self, request: HttpRequest, obj: ExchangeRate | None = None) -> tuple[str, ...]:
        """Nothing but the rate is corrected."""
        return () if obj is None else (*PAIR_AND_DAY, "shown_rate", "known_since", "known_until")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """One form for a new rate, another one for its correction."""
        kwargs["form"] = CorrectionForm if change else NewRateForm
        return super().get_form(request, obj, change=change, **kwargs)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show or save a form, with everything that was ever known of the rate."""
        rate = self.get_object(request, object_id) if object_id else None
        if rate is not None and request.method == "POST" and not rate.is_known:
            messages.error(request, gettext("This value counts no longer: it was corrected or closed meanwhile."))
            return HttpResponseRedirect(request.get_full_path())
        values = [(item, rate_text(item.rate)) for item in values_of(rate)] if rate is not None else ()
        return super().changeform_view(request, object_id, form_url, {"values": values, **(extra_context or {})})

    def response_change(self, request: HttpRequest, obj: ExchangeRate) -> HttpResponse:
        """A correction has a page of its own: whoever goes on editing goes there."""
        if "_continue" in request.POST:
            request.path = reverse("admin:currencies_exchangerate_change", args=[obj.pk])
        response: HttpResponse = super().response_change(request, obj)
        return response

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> Any:
        """The page that says what closing means."""
        return super().render_delete_form(request, {**context, "rate": rate_text(context["object"].rate)})

    @action(description=_("Chart"), url_path="to-chart", icon="show_chart", permissions=["view"])  # type: ignore[untyped-decorator]
    def chart_page(self, request: HttpRequest) -> HttpResponse:
        """Go to the chart."""
        return HttpResponseRedirect(reverse("admin:currencies_chart"))

    @admin.display(description=_("pair"))
    def pair(self, rate: ExchangeRate) -> str:
        """Both codes."""
        return f"{rate.from_code}/{rate.to_code}"

    @admin.display(description=_("rate"))
    def shown_rate(self, rate: ExchangeRate) -> str:
        """The rate as people write it."""
        return rate_text(rate.rate)

    @admin.display(description=_("known since"))
    def known_since(self, rate: ExchangeRate) -> str:
        """When it became known."""
        return moment_text(rate.known.lower)

    @admin.display(description=_("known until"))
    def known_until(self, rate: ExchangeRate) -> str:
        """When it was corrected or closed."""
        return moment_text(rate.known.upper)
