"""Rates become known: what is known already stays, what is different corrects it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from django.utils.translation import gettext as _

from apps.currencies.contracts import RateQuote
from apps.currencies.errors import CurrencyNotHeld, SameCurrency
from apps.currencies.features import MANAGE_RATES
from apps.currencies.models import ExchangeRate
from apps.currencies.selectors import rates_of
from apps.currencies.services.checks import held_codes, lock_currencies
from apps.currencies.services.currencies import new_currency
from apps.kernel import clock
from apps.kernel.bases.bitemporal import close, known_from, moment_after
from apps.kernel.commands.checking import complaints_of
from apps.kernel.commands.declarations import command
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.tenancy.scope import Scope, current_scope

FIELDS = ("rate", "effective_on", "kind")
MOST_COMPLAINTS = 100
Key = tuple[str, str, date, str]


class Quoted(Protocol):
    """What quotes and rows have in common."""

    @property
    def from_code(self) -> str: ...
    @property
    def to_code(self) -> str: ...
    @property
    def effective_on(self) -> date: ...
    @property
    def kind(self) -> str: ...


def example_quote() -> RateQuote:
    """A quote that the organization has not recorded yet, for examples."""
    codes = new_currency().code, new_currency().code
    return RateQuote(*codes, rate=Decimal("4.25"), effective_on=clock.now().date(), kind="mid")


def _example(scope: Scope) -> dict[str, Any]:
    return {"rates": [example_quote()], "source": "example"}


@command("currencies.exchange_rate.record", feature=MANAGE_RATES, bulk=True, example=_example)
def record_rates(rates: Sequence[RateQuote], *, source: str) -> list[ExchangeRate]:
    """Record what a source says; of two rates of one pair, day and kind the later one counts.

    Returns the rows that became known: a rate that is known already is no change, a different one closes it.
    Two writing statements, however many rates. Raises InvalidInput with every complaint, at `rates.<index>`.
    """
    if not rates:
        raise InvalidInput(errors=(FieldError("rates", "required", _("Name at least one rate.")),))
    return put(rates, source=source, place=lambda index: f"rates.{index}.")


def put(rates: Sequence[RateQuote], *, source: str, place: Callable[[int], str]) -> list[ExchangeRate]:
    """Record rates inside a command; `place` says what stands before the field names of a rate in complaints."""
    organization_id = current_scope().writing_organization()
    lock_currencies(organization_id)
    _demand_sound(rates, source, place)
    wanted = {_key(quote): quote for quote in rates}
    days = {quote.effective_on for quote in rates}
    known = {_key(row): row for row in rates_of(organization_id).filter(source=source, effective_on__in=days)}
    news = {key: quote for key, quote in wanted.items() if key not in known or known[key].rate != quote.rate}
    return replace([known[key] for key in news if key in known], [_row(quote, source) for quote in news.values()])


def replace(former: Sequence[ExchangeRate], latter: Iterable[ExchangeRate]) -> list[ExchangeRate]:
    """Let rows be known from the moment on at which the former ones no longer are."""
    moment = moment_after(former)
    if former:
        close(ExchangeRate.objects.filter(pk__in=[row.pk for row in former]), moment)
    rows = list(latter)
    for row in rows:
        row.known = known_from(moment)
    recorded: list[ExchangeRate] = ExchangeRate.objects.bulk_create(rows)
    return recorded


def _key(item: Quoted) -> Key:
    return item.from_code, item.to_code, item.effective_on, item.kind


def _row(quote: RateQuote, source: str) -> ExchangeRate:
    return ExchangeRate(
        from_code=quote.from_code,
        to_code=quote.to_code,
        rate=quote.rate,
        effective_on=quote.effective_on,
        kind=quote.kind,
        source=source,
    )


def _demand_sound(rates: Sequence[RateQuote], source: str, place: Callable[[int], str]) -> None:
    held = held_codes(current_scope().writing_organization())
    complaints = list(complaints_of(ExchangeRate(source=source), ["source"]))
    for index, quote in enumerate(rates):
        complaints += [dataclasses.replace(item, field=place(index) + item.field) for item in _wrong(quote, held)]
        if len(complaints) >= MOST_COMPLAINTS:
            break
    if complaints:
        raise InvalidInput(errors=tuple(complaints))


def _wrong(quote: RateQuote, held: frozenset[str]) -> Iterator[FieldError]:
    for field in ("from_code", "to_code"):
        if getattr(quote, field) not in held:
            yield FieldError(field, CurrencyNotHeld.code, str(CurrencyNotHeld.message))
    if quote.from_code == quote.to_code:
        yield FieldError("to_code", SameCurrency.code, str(SameCurrency.message))
    yield from complaints_of(_row(quote, ""), FIELDS)
