"""Figures of records, reckoned by the database: one query for each period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, DateField, DecimalField, F, Max, Min, QuerySet, Sum
from django.db.models.functions import Trunc
from django.utils.translation import gettext as _

from apps.dashboards.contracts import Answer, Figure, Number, Question
from apps.dashboards.selectors.drilling import list_address
from apps.dashboards.selectors.sources import COUNT, Source, demand_sound, source_of
from apps.dashboards.selectors.wording import keys_in_words
from apps.kernel import clock
from apps.kernel.api.reading.conditions import TREE, tree_columns
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.expressions import ExpressionError, parse
from apps.kernel.expressions.sql import to_q
from apps.kernel.extensions.periods import GRANULARITIES, Granularity, Period, stretch_words
from apps.kernel.extensions.presets import (
    MOST_STRETCHES,
    before,
    is_too_fine,
    year_before,
)

Key = tuple[Any, str]  # of a group: what its rows have in common, and the currency of its amounts
Found = dict[Key, Number | None]
EXACT = DecimalField(max_digits=38, decimal_places=10)
REDUCERS = {"sum": Sum, "avg": Avg, "min": Min, "max": Max}


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked question: its kind of record, the day that the period cuts, how time is cut, the rows that count."""

    source: Source
    question: Question
    date: str
    granularity: Granularity | None
    rows: QuerySet[Any]

    @property
    def currency(self) -> str:
        """The field with the currency of what is reckoned, "" for what is no money."""
        if self.question.aggregate == COUNT:
            return ""
        return self.source.figures.money.get(self.question.measure, "")


def answer(question: Question, period: Period) -> Answer:
    """Reckon. Raises FiguresUnavailable, InvalidInput with all complaints."""
    plan = _plan(question, period)
    found = _reckon(plan, period)
    compared = _compared(question, period)
    former = _reckon(plan, compared) if compared is not None else {}
    link = list_address(plan.source, period, plan.date, question.condition)
    figures = _figures(plan, period, found, _aligned(plan, period, compared, former))
    days = (compared.start, compared.end) if compared is not None else None
    return Answer(figures, plan.granularity or "", period.start, period.end, days, link)


def _plan(question: Question, period: Period) -> Plan:
    source = source_of(question.entity)
    demand_sound(source, question)
    granularity = _granularity(source, question, period)
    rows = _matching(source, question.condition, period)
    # By time a figure is cut by the days that it is told apart by, so that the stretches make up the whole.
    by = question.group_by if granularity else question.date or source.figures.dates[0]
    return Plan(source, question, by, granularity, rows)


def _granularity(source: Source, question: Question, period: Period) -> Granularity | None:
    if question.group_by not in source.figures.dates:
        return None
    if not question.granularity:
        return period.granularity
    chosen = next((name for name in GRANULARITIES if name == question.granularity), None)
    if chosen is None:
        raise InvalidInput(errors=(FieldError("granularity", "invalid_choice", _("This cannot be chosen here.")),))
    if is_too_fine(period, chosen):
        text = _("That would be more than {most} points: choose longer stretches, or fewer days.")
        code = "dashboards.figures.too_fine"
        raise InvalidInput(errors=(FieldError("granularity", code, text.format(most=MOST_STRETCHES)),))
    return chosen


def _matching(source: Source, condition: Mapping[str, Any] | None, period: Period) -> QuerySet[Any]:
    rows = source.rows()
    if not condition:
        return rows
    columns = tree_columns(source.entity.model, source.figures.conditions)
    try:
        return rows.filter(to_q(parse(condition, limits=TREE), columns, now=clock.now().astimezone(period.zone)))
    except ExpressionError as error:
        faults = [FieldError(f"filter.{item.field}", item.code, item.message) for item in error.errors]
        raise InvalidInput(errors=tuple(faults or [FieldError("filter", error.code, error.detail)])) from error


def _compared(question: Question, period: Period) -> Period | None:
    if question.comparison == "previous_year":
        return year_before(period)
    return before(period) if question.comparison else None


def _reckon(plan: Plan, period: Period) -> Found:
    rows = _within(plan, period)
    value = _value(plan)
    names = [name for name in ("bucket" if plan.granularity else plan.question.group_by, plan.currency) if name]
    if plan.granularity:
        rows = rows.annotate(bucket=_bucket(plan, period))
    if not names:
        return {(None, ""): _number(rows.aggregate(value=value)["value"])}
    grouped = rows.values_list(*names).annotate(value=value).order_by(F("value").desc(nulls_last=True), *names)
    most = MOST_STRETCHES * 20 if plan.granularity else plan.question.limit
    return dict(_read(plan, record) for record in grouped[:most])


def _within(plan: Plan, period: Period) -> QuerySet[Any]:
    if plan.source.is_moment(plan.date):
        return plan.rows.filter(period.during(plan.date))
    return plan.rows.filter(**{f"{plan.date}__gte": period.start, f"{plan.date}__lte": period.end})


def _bucket(plan: Plan, period: Period) -> Any:
    name = plan.question.group_by
    if plan.source.is_moment(name):
        return period.bucket(name, plan.granularity)
    return Trunc(name, plan.granularity or "day", output_field=DateField())


def _value(plan: Plan) -> Any:
    if plan.question.aggregate == COUNT:
        return Count("pk")
    reduce: Any = REDUCERS[plan.question.aggregate]
    return reduce(plan.question.measure, output_field=EXACT)


def _read(plan: Plan, record: Sequence[Any]) -> tuple[Key, Number | None]:
    *keys, value = record
    currency = str(keys.pop() or "") if plan.currency else ""
    key = keys[0] if keys else None
    return (key.date() if isinstance(key, datetime) else key, currency), _number(value)


def _number(value: Any) -> Number | None:
    """The number without the zeros that the database's type adds."""
    if value is None or isinstance(value, int):
        return value
    text = format(Decimal(value), "f")
    return Decimal(text.rstrip("0").rstrip(".") or "0") if "." in text else Decimal(text)


def _aligned(plan: Plan, period: Period, compared: Period | None, former: Found) -> Found:
    """The former figures under today's keys: stretches of time by their place, everything else by itself."""
    if compared is None or plan.granularity is None:
        return former
    now, then = period.stretches(plan.granularity), compared.stretches(plan.granularity)
    place = dict(zip(then, now, strict=False))
    return {(place[key], currency): value for (key, currency), value in former.items() if key in place}


def _figures(plan: Plan, period: Period, found: Found, former: Found) -> list[Figure]:
    compares = bool(plan.question.comparison)
    keys = _keys(plan, period, found, former)
    words = _labels(plan, [key for key, _currency in keys], [currency for _key, currency in keys])
    nothing = 0 if plan.question.aggregate in {COUNT, "sum"} else None
    figures = []
    for key, currency in keys:
        single = Figure(key, words[0].get(key, ""), found.get((key, currency), nothing), words[1].get(currency, ""))
        link = list_address(
            plan.source, period, plan.date, plan.question.condition, group=_group(plan, key, currency, period)
        )
        figures.append(replace(single, previous=former.get((key, currency), nothing) if compares else None, link=link))
    return figures


def _keys(plan: Plan, period: Period, found: Found, former: Found) -> list[Key]:
    if plan.granularity is None:
        return list(found) or ([] if plan.question.group_by else [(None, "")])
    currencies = sorted({currency for _key, currency in (*found, *former)}) or [""]
    return [(day, currency) for currency in currencies for day in period.stretches(plan.granularity)]


def _labels(plan: Plan, keys: Sequence[Any], currencies: Sequence[str]) -> tuple[dict[Any, str], dict[str, str]]:
    """Groups and currencies in words."""
    money = {}
    if plan.currency:
        field = plan.source.field(plan.currency)
        typed = {str(item): item for item in map(field.to_python, dict.fromkeys(filter(None, currencies)))}
        words = keys_in_words(field, list(typed.values()))
        money = {text: words[value] for text, value in typed.items()}
    if plan.granularity:
        return {day: stretch_words(day, plan.granularity) for day in keys}, money
    if not plan.question.group_by:
        return {}, money
    return keys_in_words(plan.source.field(plan.question.group_by), keys), money


def _group(plan: Plan, key: Any, currency: str, period: Period) -> Mapping[str, Any]:
    """What the rows of a group have in common, for the list that shows them."""
    own: dict[str, Any] = {plan.currency: currency} if plan.currency else {}
    if plan.granularity:
        return {**own, plan.question.group_by: _stretch(plan, key, period)}
    return {**own, plan.question.group_by: key} if plan.question.group_by else own


def _stretch(plan: Plan, start: date, period: Period) -> Period:
    """The days of a stretch, cut by the period where both are about the same day."""
    following = [day for day in period.stretches(plan.granularity) if day > start]
    end = following[0] if following else None
    last = period.end if end is None else min(period.end, date.fromordinal(end.toordinal() - 1))
    return replace(period, start=max(start, period.start), end=last)
