"""Dual recording: an amount as it was agreed, and what it was worth in the base currency on its day."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from apps.kernel.money import RATE_DIGITS, RATE_PLACES, STORAGE_PLACES, Money


@dataclass(frozen=True, slots=True)
class DualAmounts:
    """Both amounts and the rate between them; the fields of `TransactionAmounts`.

    `rate_source` is "" where the currency is the base itself.
    """

    currency: str
    amount: Decimal
    base_currency: str
    base_amount: Decimal
    rate: Decimal
    rate_date: date
    rate_source: str


class TransactionAmounts(models.Model):
    """A row with an amount in the currency of the transaction and in the base currency, both exact to 4 places.

    Filled by `record`, from what the service `currencies.rates` answers for the day of the transaction. The row
    keeps its rate: a correction of the rate later changes no row. Meta of a subclass adds `base_agrees("<name>")`.
    """

    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("amount"), max_digits=19, decimal_places=4)
    base_currency = models.CharField(_("base currency"), max_length=3)
    base_amount = models.DecimalField(_("amount in base currency"), max_digits=19, decimal_places=4)
    rate = models.DecimalField(_("exchange rate"), max_digits=RATE_DIGITS, decimal_places=RATE_PLACES)
    rate_date = models.DateField(_("day of the rate"))
    rate_source = models.CharField(_("source of the rate"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def record(self, amounts: DualAmounts) -> None:
        """Take over both amounts and their rate; saving is the caller's."""
        for field in fields(amounts):
            setattr(self, field.name, getattr(amounts, field.name))

    @property
    def money(self) -> Money:
        """The amount in the currency of the transaction."""
        return Money(self.amount, self.currency)

    @property
    def base_money(self) -> Money:
        """The amount in the base currency."""
        return Money(self.base_amount, self.base_currency)


def base_agrees(name: str) -> models.CheckConstraint:
    """The database's own check that the base amount is the amount at the rate, rounded half-up to 4 places."""
    exact = models.ExpressionWrapper(
        models.F("amount") * models.F("rate"), output_field=models.DecimalField(max_digits=47, decimal_places=18)
    )
    return models.CheckConstraint(condition=models.Q(base_amount=Round(exact, precision=STORAGE_PLACES)), name=name)
