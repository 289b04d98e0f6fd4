"""The converter: an amount in another currency, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.currencies.admin.choices import Held, held_currencies
from apps.currencies.admin.drawing import step_text, way_of
from apps.currencies.admin.inputs import day_field, number_field
from apps.currencies.admin.wording import amount_text, own_amount_text, rate_text
from apps.currencies.calculations import converted, unrounded
from apps.currencies.contracts import ExchangeRates, Rate
from apps.currencies.errors import RateNotFound
from apps.currencies.features import MANAGE_FETCH, VIEW_RATES
from apps.currencies.models import Kind
from apps.currencies.selectors import last_day
from apps.kernel.admin.access import allows
from apps.kernel.admin.dressing import dress
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.money import STORAGE_PLACES, AmountOutOfRange, Money, to_currency_places
from apps.kernel.services import service

AMOUNT_DIGITS = 19


class ConvertForm(forms.Form):
    """What to convert."""

    amount = number_field(gettext_lazy("Amount"), digits=AMOUNT_DIGITS, places=STORAGE_PLACES)
    to = forms.ChoiceField(label=gettext_lazy("To"))
    on = day_field(gettext_lazy("Day"), help_text=gettext_lazy("The day of the transaction."))
    kind = forms.ChoiceField(label=gettext_lazy("Type"), choices=Kind.choices)

    def __init__(self, data: Any, *, held: Held, today: date) -> None:
        proposed = {"amount": 100, "on": today, "kind": Kind.MID, **dict(zip(("from", "to"), held.pair, strict=True))}
        super().__init__(data, initial=proposed)
        self.fields["from"] = forms.ChoiceField(label=_("From"))
        self.fields["from"].choices = self.fields["to"].choices = held.choices  # type: ignore[attr-defined]
        self.order_fields(("amount", "from", "to", "on", "kind"))
        dress(self)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page shows of a conversion; `exact`, `kept` and `paid` are one amount, rounded more and more."""

    amount: str
    paid: str
    rate: str
    rate_day: date
    source: str
    way: str
    steps: tuple[str, ...]
    exact: str
    kept: str
    places: int


@own_page(OwnPage("currencies_converter", "currencies/converter/", VIEW_RATES))
def converter_view(site: AdminSite, request: HttpRequest) -> TemplateResponse:
    """Convert what stands in the address; writes nothing but what is missing."""
    held = held_currencies()
    form = ConvertForm(request.GET or None, held=held, today=last_day(date.max))
    answer = _answer(form, held) if form.is_bound and form.is_valid() else None
    context = {
        **site.each_context(request),
        "title": _("Currency converter"),
        "form": form,
        "answer": answer,
        "lacks_currencies": not held.choices,
        "is_missing": form.has_error("__all__", RateNotFound.code),
        "may_fetch": allows(MANAGE_FETCH),
    }
    return TemplateResponse(request, "currencies/converter.html", context)


def _answer(form: ConvertForm, held: Held) -> Answer | None:
    """The conversion; what stands in its way is said in the form."""
    given = form.cleaned_data
    amount = Money(given["amount"], given["from"])
    try:
        rate = service(ExchangeRates).rate_on(given["from"], given["to"], given["on"], kind=given["kind"])
        return _shown(amount, converted(amount, given["to"], rate.rate), rate, held)
    except RateNotFound as error:
        form.add_error(None, forms.ValidationError(error.detail, code=error.code))
    except AmountOutOfRange as error:
        form.add_error("amount", forms.ValidationError(error.detail, code=error.code))
    return None


def _shown(amount: Money, result: Money, rate: Rate, held: Held) -> Answer:
    places = held.places[result.currency]
    exact = unrounded(amount.amount, rate.rate)
    return Answer(
        amount=f"{own_amount_text(amount.amount, held.places[amount.currency])} {amount.currency}",
        paid=_with_code(to_currency_places(result, places)),
        rate=rate_text(rate.rate),
        rate_day=rate.effective_on,
        source=rate.source,
        way=way_of(rate),
        steps=tuple(map(step_text, rate.path)),
        exact=f"{rate_text(exact)} {result.currency}",
        kept=_with_code(result),
        places=places,
    )


def _with_code(money: Money) -> str:
    return f"{amount_text(money.amount)} {money.currency}"
