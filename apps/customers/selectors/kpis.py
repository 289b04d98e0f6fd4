"""Key figures of deals: seven queries, whatever there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from apps.customers.calculations.kpis import (
    DealSum,
    Figures,
    Happened,
    MonthFigures,
    StageFigures,
    base_of,
    figures_of,
    months_until,
    unvalued_currencies,
)
from apps.customers.models import Deal, Outcome, Stage
from apps.customers.selectors.deal_sums import Asked, living_deals, sums_by
from apps.directory.contracts import TenantBook, TenantProfile
from apps.kernel import clock
from apps.kernel.extensions.periods import Period, shifted
from apps.kernel.extensions.presets import CUSTOM, before, period_of
from apps.kernel.services import service

USUAL: Final = "this_quarter"
ADDED: Final = "added"
Sums = Mapping[Any, list[DealSum]]


@dataclass(frozen=True, slots=True)
class Kpis:
    """Key figures of deals, amounts in `base_currency`.

    `stages` and `standing` are about deals that are open now, whatever the period. `former` is what happened in
    `compared`, the period before. `missing_rate_currencies` names currencies of deals that have no value in the
    base currency: they count, and are worth nothing in every sum.
    """

    period: Period
    compared: Period
    base_currency: str
    standing: Figures
    stages: list[StageFigures]
    happened: Happened
    former: Happened
    months: list[MonthFigures]
    missing_rate_currencies: list[str]


def tenant_profile() -> TenantProfile:
    """Settings of the open scope's tenant; one query."""
    return service(TenantBook).profile()


def today_in(zone: ZoneInfo) -> date:
    """The day that it is in the zone."""
    return clock.now().astimezone(zone).date()


def zone_of(profile: TenantProfile) -> ZoneInfo:
    """The time zone in which the tenant's days, months and quarters begin."""
    return ZoneInfo(profile.time_zone or "UTC")


def chosen_period(preset: str, zone: ZoneInfo, *, start: date | None = None, end: date | None = None) -> Period:
    """The days of a preset ("": this quarter), or the given ones for `custom`. They have been checked."""
    if preset == CUSTOM and start is not None and end is not None:
        return Period(start, end, zone)
    return period_of(preset or USUAL, today=today_in(zone), zone=zone)


def kpis(period: Period, asked: Asked, *, usual_currency: str) -> Kpis:
    """Reckon all of them. `usual_currency` is the base where no deal has a value in any."""
    deals, compared, months = living_deals(asked), before(period), months_until(period)
    standing = sums_by(deals.filter(outcome=Outcome.OPEN), "stage_id")
    happened, former, monthly = _happened(deals, period), _happened(deals, compared), _monthly(deals, period)
    every = list(chain.from_iterable(chain(*(sums.values() for sums in (standing, happened, former, monthly)))))
    base = base_of(every, usual=usual_currency)
    return Kpis(
        period=period,
        compared=compared,
        base_currency=base,
        standing=figures_of(chain(*standing.values()), base),
        stages=_stages(asked, standing, base),
        happened=_figures(happened, base),
        former=_figures(former, base),
        months=[MonthFigures(month, _figures(_of(monthly, month), base)) for month in months],
        missing_rate_currencies=unvalued_currencies(every, base),
    )


def stage_figures(asked: Asked) -> tuple[str, list[StageFigures], list[str]]:
    """Base currency, open deals by stage, and currencies that have no rate; two queries."""
    standing = sums_by(living_deals(asked).filter(outcome=Outcome.OPEN), "stage_id")
    every = list(chain(*standing.values()))
    base = base_of(every, usual="")
    return base, _stages(asked, standing, base), unvalued_currencies(every, base)


def month_figures(period: Period, asked: Asked) -> tuple[str, list[MonthFigures], list[str]]:
    """Base currency, won and lost deals of the six months, and currencies that have no rate; one query."""
    monthly = _monthly(living_deals(asked), period)
    every = list(chain(*monthly.values()))
    base = base_of(every, usual="")
    months = [MonthFigures(month, _figures(_of(monthly, month), base)) for month in months_until(period)]
    return base, months, unvalued_currencies(every, base)


def happened_and_before(period: Period, asked: Asked) -> tuple[str, Happened, Happened]:
    """Base currency, and what happened in the days and in those before; four queries."""
    deals = living_deals(asked)
    now, former = _happened(deals, period), _happened(deals, before(period))
    base = base_of(chain(*now.values(), *former.values()), usual="")
    return base, _figures(now, base), _figures(former, base)


def added_and_before(period: Period, asked: Asked) -> tuple[str, Figures, Figures, list[str]]:
    """Base currency, the deals that were added in the days and in those before, and the currencies of the former that
    have no rate; two queries."""
    deals = living_deals(asked)
    now, former = (_added(deals, during) for during in (period, before(period)))
    base = base_of(now, usual=base_of(former, usual=""))
    return base, figures_of(now, base), figures_of(former, base), unvalued_currencies(now, base)


def _added(deals: QuerySet[Deal], period: Period) -> list[DealSum]:
    return list(chain.from_iterable(sums_by(deals.filter(period.during("created_at")), "outcome").values()))


def _happened(deals: QuerySet[Deal], period: Period) -> dict[Any, list[DealSum]]:
    """What was added, won and lost in the days; by `closed_at`, as a deal that is changed later is not won later."""
    return {**sums_by(deals.filter(period.during("closed_at")), "outcome"), ADDED: _added(deals, period)}


def _monthly(deals: QuerySet[Deal], period: Period) -> dict[Any, list[DealSum]]:
    """Won and lost deals of the six months, all of each, by first day and outcome."""
    first, *_others, last = months_until(period)
    whole = replace(period, start=first, end=shifted(last, "month", 1) - timedelta(days=1), preset="")
    bucket = whole.bucket("closed_at", "month")
    return sums_by(deals.filter(whole.during("closed_at")).annotate(month=bucket), "month", "outcome")


def _of(monthly: Sums, month: date) -> dict[Any, list[DealSum]]:
    return {outcome: sums for (first, outcome), sums in monthly.items() if first == month}


def _figures(sums: Sums, base: str) -> Happened:
    return Happened(*(figures_of(sums.get(key, ()), base) for key in (ADDED, Outcome.WON, Outcome.LOST)))


def _stages(asked: Asked, standing: Sums, base: str) -> list[StageFigures]:
    """Figures of every stage in its order, those without deals too."""
    return [
        StageFigures(
            stage.pk, stage.pipeline_id, stage.label, stage.probability, figures_of(standing.get(stage.pk, ()), base)
        )
        for stage in ordered_stages(asked)
    ]


def ordered_stages(asked: Asked) -> Iterable[Stage]:
    """Living stages of the pipeline, or of all of them, in their order."""
    rows = Stage.objects.filter(deleted_at__isnull=True, pipeline__deleted_at__isnull=True)
    if asked.pipeline_id is not None:
        rows = rows.filter(pipeline_id=asked.pipeline_id)
    return rows.order_by("pipeline__position", "pipeline__name", "pipeline_id", "position", "pk")
