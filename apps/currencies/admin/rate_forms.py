"""Forms of one exchange rate: a new one, and its correction."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.currencies.admin.choices import Held, held_currencies
from apps.currencies.admin.inputs import day_field, number_field
from apps.currencies.admin.wording import entered_text
from apps.currencies.contracts import MANUAL
from apps.currencies.errors import SameCurrency
from apps.currencies.models import Kind
from apps.currencies.selectors import last_day
from apps.kernel.admin.forms import CommandForm
from apps.kernel.money import RATE_DIGITS, RATE_PLACES
from apps.kernel.tenancy.scope import current_scope

NOTHING = Held((), "", (), {})


class NewRateForm(CommandForm):
    """A rate that somebody enters."""

    from_code = forms.ChoiceField(label=_("From"), help_text=_("One unit of this currency …"))
    to_code = forms.ChoiceField(label=_("To"), help_text=_("… costs so much in this one."))
    rate = number_field(_("Rate"), digits=RATE_DIGITS, places=RATE_PLACES)
    effective_on = day_field(_("Day"), help_text=_("The day that the rate is of."))
    kind = forms.ChoiceField(label=_("Type"), choices=Kind.choices, initial=Kind.MID)
    source = forms.CharField(
        label=_("Source"),
        max_length=50,
        initial=MANUAL,
        help_text=_("Who says so. Rates that were entered by hand are called “manual” and count before fetched ones."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = NOTHING if current_scope().organization_id is None else held_currencies()
        for name, proposed in zip(("from_code", "to_code"), held.pair, strict=True):
            field: Any = self.fields[name]
            field.choices = [("", "—"), *held.choices]
            self.initial.setdefault(name, proposed)
        self.initial["effective_on"] = self.initial.get("effective_on") or last_day(date.max)

    def clean(self) -> dict[str, Any]:
        """Say with the other complaints that two currencies are wanted."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("from_code") and given.get("from_code") == given.get("to_code"):
            self.add_error("to_code", forms.ValidationError(str(SameCurrency.message), code=SameCurrency.code))
        return given


class CorrectionForm(CommandForm):
    """What the rate should have been."""

    rate = number_field(
        _("Rate"),
        digits=RATE_DIGITS,
        places=RATE_PLACES,
        help_text=_(
            "Another rate corrects this one from now on. The former value stays on record below: reports as known on"
            " an earlier day keep showing it."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.rate is not None:
            self.initial["rate"] = entered_text(self.instance.rate)
