"""What counting costs, and that a race for the last places never lets one too many through; prints figures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from apps.kernel.limits.counting import consume
from apps.kernel.limits.demands import Hit
from apps.kernel.limits.rates import Limit
from tests.kernel.celery_probes import summary, timings
from tests.kernel.limits_probes import STORES, accepted, own_counters, use_store, waiting
from tests.support.crowds import all_at_once

pytestmark = [pytest.mark.prove, pytest.mark.committed]
MANY = [Limit(f"tests.many.{number}", 1_000_000, 600) for number in range(4)]
THREADS, TRIES = 12, 15


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, settings: LazySettings) -> Iterator[str]:
    with own_counters(settings):
        yield use_store(request.param, settings)


@pytest.mark.parametrize("number", [1, 4])
def test_counting_costs_little(store: str, number: int) -> None:
    hits: list[Hit] = [(limit, ("somebody",)) for limit in MANY[:number]]
    consume(hits)
    print(summary(f"{store}, {number} counters, counted", timings(lambda: consume(hits), 500)))
    used_up = [*hits[1:], (Limit("tests.one", 1, 600), ("somebody",))]
    consume(used_up)
    found = timings(lambda: waiting(used_up), 500)
    print(summary(f"{store}, {number} counters, refused", found))
    assert sorted(found)[250] < 0.05
    assert accepted(1, *used_up) == 0


@pytest.mark.parametrize("count", [1, 7, 50])
def test_a_crowd_gets_exactly_so_many_through(store: str, count: int) -> None:
    narrow, other, wide = Limit("tests.narrow", count, 600), Limit("tests.other", count, 600), MANY[0]
    orders: list[list[Hit]] = [
        [(narrow, ("x",)), (other, ("x",)), (wide, ("x",))],
        [(wide, ("x",)), (other, ("x",)), (narrow, ("x",))],
    ]
    shares = all_at_once(THREADS, lambda number: accepted(TRIES, *orders[number % 2]))
    assert sum(shares) == count, shares
    print(f"{store}: {count} of {THREADS * TRIES} tries in {THREADS} threads, shares {sorted(shares, reverse=True)}")
