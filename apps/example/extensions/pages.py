"""Widgets in spots of other modules' pages, and a replacement of variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.example.features import VIEW_REMINDERS
from apps.example.selectors import open_reminders
from apps.kernel.extensions.placements import Placement
from apps.kernel.extensions.replacing import Replacement, replacement
from apps.kernel.extensions.spots import Place, Widget, widget

MOST = 5


def about_currency(place: Place) -> Mapping[str, Any] | None:
    """Open reminders about the currency; nothing is drawn for a new one, or where there are none."""
    if place.record is None:
        return None
    found = list(open_reminders().filter(currency_id=place.record.pk).order_by("-created_at")[:MOST])
    return {"reminders": found} if found else None


def latest(place: Place) -> Mapping[str, Any] | None:
    """The latest open reminders of the reader's organizations."""
    found = list(open_reminders().order_by("-created_at")[:MOST])
    return {"reminders": found} if found else None


def rename(variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """Call the list of currencies by what it has become here."""
    return {"title": _("Currencies and what the desk thinks of them")}


widget(
    Widget(
        "example.currency_box",
        "crud-form:currencies.currency:sidebar",
        "example/reminders.html",
        context=about_currency,
        features=(VIEW_REMINDERS,),
    )
)
widget(
    Widget(
        "example.start_box",
        "backend:dashboard:footer",
        "example/reminders.html",
        context=latest,
        features=(VIEW_REMINDERS,),
        placement=Placement("group", "reminders", gettext_lazy("Reminders")),
    )
)
replacement(Replacement("example.list_title", "data-table:currencies.currency", context=rename))
