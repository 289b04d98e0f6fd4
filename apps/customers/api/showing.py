"""Key figures and boards of deals as plain JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from apps.customers.calculations.kpis import Figures, Happened, MonthFigures, change, points
from apps.customers.selectors.board import Board, Card, Lane
from apps.customers.selectors.kpis import Kpis
from apps.kernel.money import amount_text


def shown_kpis(found: Kpis) -> dict[str, Any]:
    """All key figures."""
    now, former = found.happened, found.former
    return {
        "start": found.period.start,
        "end": found.period.end,
        "compared": [found.compared.start, found.compared.end],
        **_rates(found.base_currency, found.missing_rate_currencies),
        "pipeline": _standing(found.standing),
        "stages": [
            {
                "stage_id": stage.stage_id,
                "pipeline_id": stage.pipeline_id,
                "label": stage.label,
                "probability": stage.probability,
                **_standing(stage.figures),
            }
            for stage in found.stages
        ],
        "added": _compared(now.added, former.added),
        "won": _compared(now.won, former.won),
        "lost": _compared(now.lost, former.lost),
        "win_rate": _win_rate(now, former),
        "months": [_month(month) for month in found.months],
    }


def shown_board(found: Board) -> dict[str, Any]:
    """All lanes."""
    return {
        "pipeline_id": found.pipeline_id,
        **_rates(found.base_currency, found.missing_rate_currencies),
        **_standing(found.whole),
        "lanes": [_lane(lane) for lane in found.lanes],
    }


def shown_card(card: Card) -> dict[str, Any]:
    """One deal."""
    named = {
        name: [{"id": record_id, "name": label} for record_id, label in getattr(card, name)]
        for name in ("people", "companies")
    }
    plain = {name: getattr(card, name) for name in Card.__slots__ if name not in named}
    amounts = {name: _amount(plain[name]) for name in ("value_amount", "base_amount")}
    return {**plain, **amounts, **named}


def _lane(lane: Lane) -> dict[str, Any]:
    stage = lane.stage
    return {
        "stage_id": stage.pk,
        "label": stage.label,
        "position": stage.position,
        "probability": stage.probability,
        "stale_after_days": stage.stale_after_days,
        **_standing(lane.figures),
        "totals": [{"currency": code, "amount": amount_text(amount)} for code, amount in lane.totals.items()],
        "cards": [shown_card(card) for card in lane.cards],
        "next": lane.next or None,
    }


def _rates(base: str, missing: Any) -> dict[str, Any]:
    return {"base_currency": base, "converted_all": not missing, "missing_rate_currencies": list(missing)}


def _standing(figures: Figures) -> dict[str, Any]:
    return {
        "count": figures.count,
        "value": amount_text(figures.value),
        "weighted": amount_text(figures.weighted),
    }


def _compared(now: Figures, former: Figures) -> dict[str, Any]:
    return {
        "count": now.count,
        "value": amount_text(now.value),
        "average": _amount(now.average),
        "cycle_days": _amount(now.cycle_days),
        "count_change": _amount(change(now.count, former.count)),
        "value_change": _amount(change(now.value, former.value)),
        "former_count": former.count,
        "former_value": amount_text(former.value),
    }


def _win_rate(now: Happened, former: Happened) -> dict[str, Any]:
    return {
        "percent": _amount(now.win_rate),
        "former_percent": _amount(former.win_rate),
        "change_points": _amount(points(now.win_rate, former.win_rate)),
    }


def _month(month: MonthFigures) -> dict[str, Any]:
    won, lost = month.happened.won, month.happened.lost
    return {
        "month": month.first,
        "won_count": won.count,
        "won_value": amount_text(won.value),
        "lost_count": lost.count,
        "lost_value": amount_text(lost.value),
        "win_rate": _amount(month.happened.win_rate),
    }


def _amount(number: Decimal | None) -> str | None:
    return None if number is None else amount_text(number)
