"""Conversion at the rate of a day, for other modules: what is missing is asked for behind the answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from apps.currencies.calculations import converted, realized_gain_loss
from apps.currencies.contracts import Conversion, ConversionOrder, Rate, RateKind, RateQuestion
from apps.currencies.errors import RateNotFound
from apps.currencies.selectors import StoredCurrencyBook, last_day, rates_for
from apps.currencies.services.missing import note_missing
from apps.kernel.bases.amounts import DualAmounts
from apps.kernel.money import Money, to_storage


class StoredExchangeRates:
    """`ExchangeRates` from the table."""

    def rate_on(
        self,
        from_code: str,
        to_code: str,
        on: date,
        *,
        kind: RateKind = "mid",
        known_at: datetime | None = None,
        sources: Sequence[str] | None = None,
    ) -> Rate:
        """What one unit of a currency costs in another on a day. Raises RateNotFound."""
        [rate] = _answers([RateQuestion(from_code, to_code, on, kind)], known_at=known_at, sources=sources)
        return rate

    def convert(
        self,
        amount: Money,
        to_code: str,
        on: date,
        *,
        known_at: datetime | None = None,
        sources: Sequence[str] | None = None,
    ) -> Conversion:
        """An amount in another currency, at the middle rate. Raises RateNotFound, AmountOutOfRange."""
        [conversion] = self.convert_many([ConversionOrder(amount, to_code, on)], known_at=known_at, sources=sources)
        return conversion

    def convert_many(
        self,
        orders: Sequence[ConversionOrder],
        *,
        known_at: datetime | None = None,
        sources: Sequence[str] | None = None,
    ) -> tuple[Conversion, ...]:
        """The same for many amounts, in two queries at most."""
        questions = [RateQuestion(order.amount.currency, order.to_code, order.on) for order in orders]
        rates = _answers(questions, known_at=known_at, sources=sources)
        return tuple(
            Conversion(order.amount, converted(order.amount, order.to_code, rate.rate), rate)
            for order, rate in zip(orders, rates, strict=True)
        )

    def dual_amounts(self, amount: Money, on: date, *, known_at: datetime | None = None) -> DualAmounts:
        """An amount with its equivalent in the base currency. Raises RateNotFound, BaseCurrencyMissing.

        The amount is stored with 4 places, so it is rounded before it is converted and not after.
        """
        stored = Money(to_storage(amount.amount), amount.currency)
        found = self.convert(stored, StoredCurrencyBook().base_currency(), on, known_at=known_at)
        return DualAmounts(
            currency=stored.currency,
            amount=stored.amount,
            base_currency=found.converted.currency,
            base_amount=found.converted.amount,
            rate=found.rate.rate,
            rate_date=found.rate.effective_on,
            rate_source=found.rate.source,
        )

    def realized_gain_loss(self, foreign: Decimal, invoice_rate: Decimal, payment_rate: Decimal) -> Decimal:
        """What a payment gained in base currency since the invoice."""
        return realized_gain_loss(foreign, invoice_rate, payment_rate)


def _answers(
    questions: Sequence[RateQuestion], *, known_at: datetime | None, sources: Sequence[str] | None
) -> list[Rate]:
    """A rate for each question. Raises RateNotFound naming the first pair and day without one."""
    if not questions:
        return []
    today = last_day(max(question.on for question in questions))
    past = [question for question in questions if question.on <= today or _is_one(question)]
    found = rates_for(past, moment=known_at, sources=sources)
    rates = [found.get(question) for question in questions]
    if None in rates:
        missing = [question for question, rate in zip(questions, rates, strict=True) if rate is None]
        if known_at is None:  # what was not known then cannot become known then
            note_missing([question for question in missing if question.on <= today])
        first = missing[0]
        raise RateNotFound(from_code=first.from_code, to_code=first.to_code, on=first.on.isoformat())
    return [rate for rate in rates if rate is not None]


def _is_one(question: RateQuestion) -> bool:
    """A currency in itself costs 1 on every day."""
    return question.from_code == question.to_code
