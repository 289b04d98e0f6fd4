"""Links: in the sidebar beside another module's, in the menu of the account, and a tab on currencies."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.example.extensions.lists import CURRENCY, reminders_about
from apps.example.features import VIEW_REMINDERS
from apps.kernel.extensions.menu import MenuItem, menu_item
from apps.kernel.extensions.placing import after
from apps.kernel.extensions.tabs import RecordTab, record_tab


def tab_address(currency: Any) -> str:
    """Where the reminders about a currency are."""
    return reminders_about([currency.pk])


menu_item(
    MenuItem(
        "example.currency_reminders",
        _("Reminders"),
        "admin:example_reminder_changelist",
        icon="notifications",
        group="currencies",
        place=after("currencies.currency"),
        features=(VIEW_REMINDERS,),
    )
)
menu_item(
    MenuItem(
        "example.own_reminders",
        _("Reminders"),
        "admin:example_reminder_changelist",
        icon="notifications",
        menu="menu:topbar:profile-dropdown",
        features=(VIEW_REMINDERS,),
    )
)
record_tab(RecordTab("example.reminders_tab", _("Reminders"), CURRENCY, tab_address, features=(VIEW_REMINDERS,)))
