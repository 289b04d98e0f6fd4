"""Back office pages of price kinds and price lists."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from apps.catalog import services
from apps.catalog.admin.price_forms import JudgedForm
from apps.catalog.features import MANAGE_PRICING, MANAGE_SETTINGS, VIEW_PRODUCTS
from apps.catalog.models import PriceKind, PriceList
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register

TENTH_LESS = '{"multiply": [{"field": "price"}, 0.9]}'


@register(PriceKind)
class PriceKindPage(CommandAdmin):
    """Kinds of prices of the tenant."""

    create_command = services.create_price_kind
    update_command = services.update_price_kind
    delete_command = services.delete_price_kind
    view_feature = VIEW_PRODUCTS
    manage_feature = MANAGE_SETTINGS
    icon = "category"
    order = 80
    empty_hint = _("Add the kinds of prices that you tell apart, such as regular and sale.")
    list_display = ("title", "code", "display_mode", "currency", "is_promotion", "is_active")
    list_filter = ("is_promotion", "is_active")
    search_fields = ("title", "code")
    ordering = ("title",)
    fields = (("title", "code"), ("display_mode", "currency"), "is_promotion", "is_active")


@register(PriceList)
class PriceListPage(CommandAdmin):
    """Price lists of the selected organizations."""

    form = JudgedForm
    create_command = services.create_price_list
    update_command = services.update_price_list
    delete_command = services.delete_price_list
    view_feature = VIEW_PRODUCTS
    manage_feature = MANAGE_PRICING
    icon = "list_alt"
    order = 70
    empty_hint = _("Add a list for prices that are agreed or valid together: wholesale, a season, a contract.")
    list_display = ("name", "code", "currency", "priority", "base_list", "valid_from", "valid_until", "is_active")
    list_select_related = ("base_list",)
    list_filter = ("is_active",)
    search_fields = ("name", "code")
    ordering = ("name",)
    fieldsets = (
        (None, {"fields": (("name", "code"), "description", ("currency", "priority"), "is_active")}),
        (_("For whom, and when"), {"fields": (("channel_id", "customer_group_id"), "valid_from", "valid_until")}),
        (_("Derived from another list"), {"fields": ("base_list", ("percent", "round_to"), "formula")}),
    )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which says what a formula looks like."""
        kwargs["help_texts"] = {
            "percent": _("-10 is a tenth less than in the other list."),
            "formula": format_lazy("{} {}", _("In place of a percentage, as JSON:"), TENTH_LESS),
            "round_to": _("0.05 makes amounts multiples of five hundredths."),
            "priority": _("Of prices of the same layer those of the list with the higher number count."),
        }
        return super().get_form(request, obj, change=change, **kwargs)
