"""Back office pages of channels and tax classes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.sales import services
from apps.sales.features import MANAGE_CHANNELS, MANAGE_SETTINGS, VIEW_CHANNELS, VIEW_SETTINGS
from apps.sales.models import Channel, TaxClass


@register(Channel)
class ChannelPage(CommandAdmin):
    """Channels of the selected organizations."""

    create_command = services.create_channel
    update_command = services.update_channel
    delete_command = services.delete_channel
    view_feature = VIEW_CHANNELS
    manage_feature = MANAGE_CHANNELS
    icon = "storefront"
    order = 10
    empty_hint = _("Add the ways in which you sell: a web shop, a counter, the field service.")
    list_display = ("name", "code", "website_url", "is_active", "is_default", "allow_direct_orders", "organization_id")
    list_filter = ("is_active", "is_default", "allow_direct_orders")
    search_fields = ("name", "code", "website_url")
    ordering = ("name",)
    fields = (
        "name",
        "code",
        "description",
        "website_url",
        "contact_email",
        "is_active",
        "is_default",
        "allow_direct_orders",
    )


@register(TaxClass)
class TaxClassPage(CommandAdmin):
    """Tax classes of the selected organizations."""

    create_command = services.create_tax_class
    update_command = services.update_tax_class
    delete_command = services.delete_tax_class
    view_feature = VIEW_SETTINGS
    manage_feature = MANAGE_SETTINGS
    icon = "percent"
    order = 20
    empty_hint = _("Add a class for each rate at which you sell.")
    list_display = ("name", "code", "rate", "is_default", "organization_id")
    list_filter = ("is_default",)
    search_fields = ("name", "code")
    ordering = ("name",)
    fields = ("name", "code", "description", "rate", "is_default")
