"""Back office pages of tags and groups."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.customers import services
from apps.customers.features import MANAGE_SETTINGS, VIEW_PEOPLE
from apps.customers.models import CustomerGroup, Tag
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register


@register(Tag)
class TagPage(CommandAdmin):
    """Tags of the selected organizations."""

    create_command = services.create_tag
    update_command = services.update_tag
    delete_command = services.delete_tag
    view_feature = VIEW_PEOPLE
    manage_feature = MANAGE_SETTINGS
    icon = "sell"
    order = 80
    empty_hint = _("Tags mark customers with a word, such as “key account”. Add the first one.")
    list_display = ("label", "color", "description", "organization_id")
    search_fields = ("label", "description")
    ordering = ("label",)
    fields = ("label", "color", "description")


@register(CustomerGroup)
class CustomerGroupPage(CommandAdmin):
    """Groups of customers of the selected organizations."""

    create_command = services.create_group
    update_command = services.update_group
    delete_command = services.delete_group
    view_feature = VIEW_PEOPLE
    manage_feature = MANAGE_SETTINGS
    icon = "groups"
    order = 90
    empty_hint = _("Prices and taxes may depend on groups, such as wholesalers. Add the first one.")
    list_display = ("name", "code", "rank", "description", "organization_id")
    search_fields = ("name", "code")
    ordering = ("rank", "name")
    fields = ("code", "name", "rank", "description")
