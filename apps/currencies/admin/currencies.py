"""Back office pages of currencies themselves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.currencies.admin.master import MasterPage
from apps.currencies.admin.ways import chart_way
from apps.currencies.features import MANAGE, VIEW, VIEW_RATES
from apps.currencies.models import Currency
from apps.currencies.selectors import living_currencies
from apps.currencies.services import (
    activate_currency,
    create_currency,
    deactivate_currency,
    delete_currency,
    set_base_currency,
    update_currency,
)
from apps.kernel.admin.access import allows
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register


@register(Currency)
class CurrencyPage(MasterPage, CommandAdmin):
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

    def offered_buttons(self, record: Currency) -> list[dict[str, Any]]:
        """The buttons, and the way to the chart of the currency in the base."""
        found = super().offered_buttons(record)
        if record.is_base or not allows(VIEW_RATES):
            return found
        base = living_currencies(record.organization_id).filter(is_base=True).values_list("code", flat=True).first()
        return [*found, chart_way(record.code, base)] if base else found
