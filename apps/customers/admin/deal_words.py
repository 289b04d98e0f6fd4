"""How deals are put into words in the back office: amounts, what wants attention, what they are worth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _t

from apps.customers.models import Deal, Outcome
from apps.customers.services.deal_worth import shown_amount
from apps.dictionaries.contracts import DictionaryBook
from apps.kernel.services import service


def is_open(deal: Deal) -> bool:
    """Say whether the deal has not ended."""
    return deal.outcome == Outcome.OPEN


def marks_of(deal: Any, *, at: datetime, day: date) -> Iterator[str]:
    """Why an open deal wants attention, in words."""
    if not is_open(deal):
        return
    days = deal.stage.stale_after_days
    if days is not None and deal.stage_since + timedelta(days=days) < at:
        yield _t("Stale")
    if deal.expected_close_on is not None and deal.expected_close_on < day:
        yield _t("Overdue")


def worded(amount: Any, currency: str) -> str:
    """An amount with its currency, as readers expect it; "" for none."""
    if amount is None or currency:
        return shown_amount(amount, currency)
    return number_format(amount, 2, use_l10n=True, force_grouping=True)


def worded_worth(deal: Deal) -> str:
    """The base amount with the day of its rate, or that there was no rate."""
    if deal.value_amount is None:
        return "–"
    if deal.base_amount is None:
        return _t("No exchange rate")
    amount = worded(deal.base_amount, deal.base_currency)
    if deal.base_currency == deal.value_currency:
        return amount
    return _t("%(amount)s at the rate of %(day)s") % {"amount": amount, "day": deal.rate_date}


def worded_reason(deal: Deal) -> str:
    """Why it was lost, as the dictionary has it now."""
    found = service(DictionaryBook).entry(deal.loss_reason_id) if deal.loss_reason_id else None
    return found.label if found else "–"
