"""Whatever is done to a deal, its visits tell where it was: without gaps, and without two at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.customers.models import Deal, Outcome, StageTransition
from apps.customers.services import lose_deal, move_deal, reopen_deal, update_deal, win_deal
from apps.kernel import clock
from apps.kernel.commands.invocation import invoked
from apps.kernel.errors import PlatformError
from apps.kernel.tenancy.scope import using_scope
from tests.customers.factories import make_deal, make_pipeline, stages_in
from tests.support.scopes import House, reading

DAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
STEPS = st.lists(st.tuples(st.sampled_from(["move", "update", "win", "lose", "reopen"]), st.integers(0, 4)), max_size=8)


def step(name: str, deal_id: UUID, stage_id: UUID) -> Any:
    if name == "move":
        return move_deal(deal_id, stage_id=stage_id)
    if name == "update":
        return update_deal(deal_id, stage_id=stage_id)
    ends: dict[str, Any] = {"win": win_deal, "lose": lose_deal, "reopen": reopen_deal}
    return ends[name](deal_id)


def visits(house: House, deal: Deal) -> list[StageTransition]:
    with reading(house.scope()):
        return list(StageTransition.objects.filter(deal=deal).order_by("entered_at", "pk"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_visits_follow_one_another(house: House, steps: list[tuple[str, int]]) -> None:
    first, other = make_pipeline(house, "A", "B", "C"), make_pipeline(house, "D", "E")
    stages = [row.pk for pipeline in (first, other) for row in stages_in(house, pipeline)]
    expected, outcome = [stages[0]], str(Outcome.OPEN)
    with clock.frozen(DAY) as time:
        deal = make_deal(house, first)
        for name, place in steps:
            time.tick(timedelta(hours=1))
            allowed = (outcome == "open") == (name != "reopen")
            if name == "update" and stages[place] == expected[-1]:
                allowed = True
            with using_scope(house.scope(house.north)):
                if not allowed:
                    with pytest.raises(PlatformError):
                        step(name, deal.pk, stages[place])
                    continue
                step(name, deal.pk, stages[place])
            outcome = {"win": "won", "lose": "lost", "reopen": "open"}.get(name, outcome)
            if name in {"move", "update"} and stages[place] != expected[-1]:
                expected.append(stages[place])
    rows = visits(house, deal)
    assert [row.to_stage_id for row in rows] == expected
    assert [row.from_stage_id for row in rows] == [None, *expected[:-1]]
    assert all(row.left_at == following.entered_at for row, following in pairwise(rows))
    assert rows[-1].left_at is None
    with reading(house.scope()):
        now = Deal.objects.get(pk=deal.pk)
    assert (now.stage_id, now.stage_since, now.outcome) == (expected[-1], rows[-1].entered_at, outcome)


@pytest.mark.committed
def test_two_who_move_one_deal_at_once_do_not_both_go_through(house: House) -> None:
    pipeline = make_pipeline(house, "A", "B", "C")
    deal = make_deal(house, pipeline)
    _first, second, third = stages_in(house, pipeline)
    start, outcomes = threading.Barrier(2), list[str]()

    def move(stage_id: UUID) -> None:
        try:
            start.wait()
            with using_scope(house.scope(house.north)), invoked(expected_version=1):
                move_deal(deal.pk, stage_id=stage_id)
            outcomes.append("moved")
        except PlatformError as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=move, args=(stage.pk,)) for stage in (second, third)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kernel.stale_version", "moved"]
    assert [row.left_at is None for row in visits(house, deal)] == [False, True]
