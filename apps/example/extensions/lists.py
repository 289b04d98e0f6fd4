"""A column, a filter, actions and a badge on currencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.example.contracts import Attitude, StanceBook
from apps.example.features import VIEW_REMINDERS, VIEW_STANCES
from apps.example.models import ATTITUDES, CurrencyStance
from apps.example.services import remind_of_currency
from apps.kernel.extensions.actions import ListFilter, RecordAction, list_filter, record_action
from apps.kernel.extensions.badges import Badge, StatusBadge, Tone, status_badge
from apps.kernel.extensions.spots import Place, Widget, widget
from apps.kernel.services import service

CURRENCY = "currencies.currency"
WORDS: Mapping[str, Any] = dict(ATTITUDES)
TONES = {Attitude.OPEN: Tone.GOOD, Attitude.CAREFUL: Tone.CAREFUL, Attitude.CLOSED: Tone.BAD}


class TitleForm(forms.Form):
    """What a reminder says."""

    title = forms.CharField(label=_("What to remember"), max_length=200)


def stance_cells(place: Place) -> Mapping[UUID, Mapping[str, Any]]:
    """Cells for every row of the page, from one question."""
    found = service(StanceBook).stances(place.ids)
    return {key: {"words": WORDS[stance.attitude]} for key, stance in found.items()}


def reminders_about(ids: Sequence[UUID]) -> str:
    """The list of reminders about currencies."""
    chosen = urlencode({"currency_id__in": ",".join(map(str, ids))})
    return f"{reverse('admin:example_reminder_changelist')}?{chosen}"


def badge_of(currency: Any) -> Badge | None:
    """What the desk thinks of the currency, where it has spoken."""
    stance = service(StanceBook).stances([currency.pk]).get(currency.pk)
    return None if stance is None else Badge(WORDS[stance.attitude], TONES[stance.attitude])


widget(
    Widget(
        "example.stance_column",
        f"data-table:{CURRENCY}:columns",
        "example/stance.html",
        context=stance_cells,
        title=_("Stance"),
        features=(VIEW_STANCES,),
    )
)
list_filter(
    ListFilter(
        "example.attitude",
        CURRENCY,
        _("Stance"),
        ATTITUDES,
        lambda value: CurrencyStance.objects.filter(attitude=value).values("currency_id"),
        features=(VIEW_STANCES,),
    )
)
record_action(
    RecordAction(
        "example.remind",
        CURRENCY,
        _("Remind me"),
        remind_of_currency,
        icon="add_alert",
        form=TitleForm,
        done=_("You have a reminder."),
        in_row=True,
    )
)
record_action(
    RecordAction(
        "example.reminders",
        CURRENCY,
        _("Their reminders"),
        address=reminders_about,
        on_page=False,
        in_bulk=True,
        features=(VIEW_REMINDERS,),
    )
)
status_badge(StatusBadge("example.stance_badge", CURRENCY, badge_of, features=(VIEW_STANCES,)))
