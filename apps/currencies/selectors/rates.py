"""Reads of exchange rates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models.functions import Collate
from django.db.models.lookups import IsNull

from apps.currencies.calculations import RateTable, Recorded, legs_of
from apps.currencies.contracts import MANUAL, Rate, RateQuestion
from apps.currencies.models import ExchangeRate
from apps.currencies.selectors.currencies import living_currencies
from apps.directory.contracts import TenantBook
from apps.kernel import clock
from apps.kernel.bases.bitemporal import currently_known, known_at
from apps.kernel.bases.lateral import Wanted, for_each
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope

# A day that has come even there has come everywhere.
FURTHEST_WEST = timedelta(hours=12)
# What a look-up is about; an empty code stands for the base currency.
Leg = tuple[str | None, str | None, str, date, date]
COLUMNS = {"from_code": "text", "to_code": "text", "kind": "text", "since": "date", "until": "date"}


def rates_of(organization_id: UUID | None = None) -> models.QuerySet[ExchangeRate]:
    """Rates that count today, of one organization or of all that the scope sees."""
    rows: models.QuerySet[ExchangeRate] = currently_known(ExchangeRate.objects.all())
    return rows if organization_id is None else rows.filter(organization_id=organization_id)


def rated_codes(organization_id: UUID) -> frozenset[str]:
    """Codes that a rate which counts today names."""
    pairs = rates_of(organization_id).order_by().values_list("from_code", "to_code").distinct()
    return frozenset(code for pair in pairs for code in pair)


def values_of(rate: ExchangeRate) -> models.QuerySet[ExchangeRate]:
    """Everything that was ever known of the rate of this pair, day, type and source, newest first."""
    key = ("organization_id", "from_code", "to_code", "effective_on", "kind", "source")
    same: models.QuerySet[ExchangeRate] = ExchangeRate.objects.filter(**{name: getattr(rate, name) for name in key})
    return same.order_by("-known__startswith")


def last_day(latest: date) -> date:
    """A day that has come where the tenant is, and no later day up to `latest` has.

    The tenant's time zone is asked for only where `latest` may lie in the future.
    """
    now = clock.now()
    certain = (now - FURTHEST_WEST).date()
    if latest <= certain:
        return certain
    return now.astimezone(ZoneInfo(service(TenantBook).profile().time_zone)).date()


def rates_for(
    questions: Iterable[RateQuestion], *, moment: datetime | None = None, sources: Sequence[str] | None = None
) -> dict[RateQuestion, Rate]:
    """Answers of the writing organization's rates as they were known at a moment (None: today).

    Questions without an answer are left out. One query, and a second one where the way leads through the base.
    """
    asked = list(dict.fromkeys(questions))
    look_up = _LookUp(current_scope().writing_organization(), moment, sources)
    recorded = look_up.direct(asked)
    answers = _answered(asked, look_up.table(recorded), None)
    open_ones = [question for question in asked if question not in answers]
    if open_ones:
        base, more = look_up.through_base(open_ones)
        answers |= _answered(open_ones, look_up.table([*recorded, *more]), base)
    return answers


def _answered(asked: Iterable[RateQuestion], table: RateTable, base: str | None) -> dict[RateQuestion, Rate]:
    found = ((question, table.answer(question, base=base)) for question in asked)
    return {question: rate for question, rate in found if rate is not None}


@dataclass(frozen=True, slots=True)
class _LookUp:
    """Recorded rates of one organization, as far as they can answer."""

    organization_id: UUID
    moment: datetime | None
    sources: Sequence[str] | None

    def table(self, recorded: Iterable[Recorded]) -> RateTable:
        """The rates, arranged."""
        return RateTable(recorded, settings.CURRENCY_RATE_DAYS, self.sources)

    def direct(self, questions: Iterable[RateQuestion]) -> list[Recorded]:
        """Rates of the asked pairs and of the opposite ones."""
        foreign = [item for item in questions if item.from_code != item.to_code]
        legs = [leg for item in foreign for leg in _legs(item, item.from_code, item.to_code)]
        return [recorded for _leg, recorded in self._found(legs)]

    def through_base(self, questions: Iterable[RateQuestion]) -> tuple[str | None, list[Recorded]]:
        """The base currency, where it has rates, and rates between it and the asked currencies."""
        legs = [
            leg for item in questions for leg in (*_legs(item, item.from_code, None), *_legs(item, None, item.to_code))
        ]
        found = self._found(legs)
        bases = {item.to_code if leg[1] is None else item.from_code for leg, item in found}
        return next(iter(bases), None), [recorded for _leg, recorded in found]

    def _found(self, legs: Iterable[Leg]) -> list[tuple[Leg, Recorded]]:
        """The rate that counts for each leg which has one, in one query."""
        wanted = list(dict.fromkeys(legs))
        return [(wanted[place], Recorded(*values)) for place, *values in for_each(wanted, COLUMNS, self._rows())]

    def _rows(self) -> models.QuerySet[ExchangeRate, Any]:
        base = living_currencies(self.organization_id).filter(is_base=True).values("code")[:1]
        rows = ExchangeRate.objects.filter(
            organization_id=self.organization_id,
            from_code=_wanted_or("from_code", base),
            to_code=_wanted_or("to_code", base),
            kind=Wanted("kind", models.CharField()),
            effective_on__gte=Wanted("since", models.DateField()),
            effective_on__lte=Wanted("until", models.DateField()),
        )
        if self.sources is not None:
            rows = rows.filter(source__in=self.sources)
        known = known_at(rows, self.moment).order_by("-effective_on", *self._preference())
        return known.values_list("from_code", "to_code", "kind", "effective_on", "source", "rate")[:1]

    def _preference(self) -> tuple[Any, ...]:
        """The order in which sources of one day count: the same that `RateTable` has."""
        named = (MANUAL,) if self.sources is None else self.sources
        whens = [models.When(source=source, then=models.Value(place)) for place, source in enumerate(named)]
        return models.Case(*whens, default=models.Value(len(named))), Collate("source", "C")


def _wanted_or(name: str, base: models.QuerySet[Any, Any]) -> models.Case:
    # Not Coalesce: PostgreSQL calls that leaky, and behind row-level security no index serves what is leaky.
    wanted = Wanted(name, models.CharField())
    return models.Case(models.When(IsNull(wanted, True), then=models.Subquery(base)), default=wanted)


def _legs(question: RateQuestion, from_code: str | None, to_code: str | None) -> tuple[Leg, ...]:
    on, kind = question.on, question.kind
    since = _earliest(on, settings.CURRENCY_RATE_DAYS)
    own, opposite = legs_of(from_code, to_code, kind)
    return (*own, since, on), (*opposite, since, on)


@lru_cache(maxsize=1_024)
def _earliest(on: date, days: int) -> date:
    """The first day whose rate may count on a day: many questions are about few days."""
    return date.fromordinal(max(1, on.toordinal() - days))
