"""One exchange rate: recording it, correcting what was wrong, and saying that it no longer counts."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.currencies.contracts import MANUAL, RateKind, RateQuote
from apps.currencies.features import MANAGE_RATES
from apps.currencies.models import ExchangeRate
from apps.currencies.selectors import rates_of
from apps.currencies.services.checks import lock_currencies
from apps.currencies.services.recording import example_quote, put, record_rates, replace
from apps.kernel.bases.bitemporal import close, moment_after
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_for_update
from apps.kernel.errors import RowNotFound
from apps.kernel.tenancy.scope import Scope


def _recording_example(scope: Scope) -> dict[str, Any]:
    return asdict(example_quote())


@command("currencies.exchange_rate.create", feature=MANAGE_RATES, example=_recording_example)
def record_rate(
    *,
    from_code: str,
    to_code: str,
    rate: Decimal,
    effective_on: date,
    source: str = MANUAL,
    kind: RateKind = "mid",
) -> ExchangeRate:
    """Record what one unit of `from_code` costs in `to_code`; a different rate that is known already is corrected.

    Returns the rate as it is known now. Raises InvalidInput with every complaint.
    """
    quote = RateQuote(from_code, to_code, rate, effective_on, kind)
    recorded = put([quote], source=source, place=lambda _index: "")
    if recorded:
        return recorded[0]
    known: ExchangeRate = rates_of().get(**{**asdict(quote), "source": source})
    return known


def _existing_example(scope: Scope) -> dict[str, Any]:
    [rate] = record_rates([example_quote()], source="example")
    return {"rate_id": rate.pk}


def _correction_example(scope: Scope) -> dict[str, Any]:
    return {**_existing_example(scope), "rate": Decimal("4.5")}


@command("currencies.exchange_rate.correct", feature=MANAGE_RATES, example=_correction_example)
def correct_rate(rate_id: UUID, *, rate: Decimal | None = None) -> ExchangeRate:
    """Replace a rate by what it should have been, from now on; what was known before stays on record.

    Returns the new row, which has an id of its own; None and the same value change nothing. Raises RowNotFound
    for a rate that no longer counts, InvalidInput.
    """
    former = _rate_for_update(rate_id)
    if rate in {None, former.rate}:
        return former
    latter = ExchangeRate(
        organization_id=former.organization_id,
        from_code=former.from_code,
        to_code=former.to_code,
        rate=rate,
        effective_on=former.effective_on,
        kind=former.kind,
        source=former.source,
    )
    demand_valid(latter, ["rate"])
    [recorded] = replace([former], [latter])
    return recorded


@command("currencies.exchange_rate.close", feature=MANAGE_RATES, example=_existing_example)
def close_rate(rate_id: UUID) -> ExchangeRate:
    """Let a rate count no longer; what was known before stays on record. Raises RowNotFound."""
    rate = _rate_for_update(rate_id)
    close(ExchangeRate.objects.filter(pk=rate.pk), moment_after([rate]))
    return rate


def _rate_for_update(rate_id: UUID) -> ExchangeRate:
    """The rate that counts, locked behind its organization's lock. Raises RowNotFound."""
    organization_id = ExchangeRate.objects.filter(pk=rate_id).values_list("organization_id", flat=True).first()
    if organization_id is None:
        raise RowNotFound
    lock_currencies(organization_id)
    rate = load_for_update(ExchangeRate, rate_id)
    if not rate.is_known:
        raise RowNotFound
    return rate
