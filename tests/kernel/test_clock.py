"""The clock: real time outside a test, held and moved by hand inside one."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from apps.kernel import clock

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


def test_now_is_aware_utc_and_real() -> None:
    before = datetime.now(UTC)
    shown = clock.now()
    assert shown.tzinfo is UTC
    assert before <= shown <= datetime.now(UTC)


def test_a_frozen_clock_stands_still() -> None:
    with clock.frozen(NOON):
        assert clock.now() == clock.now() == NOON


def test_a_frozen_clock_moves_by_ticks() -> None:
    with clock.frozen(NOON) as held:
        held.tick()
        assert clock.now() == NOON + timedelta(seconds=1)
        assert held.tick(timedelta(days=2)) == clock.now() == NOON + timedelta(days=2, seconds=1)


def test_other_zones_are_shown_in_utc() -> None:
    with clock.frozen(datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))):
        assert clock.now().isoformat() == "2025-12-31T23:00:00+00:00"


def test_freezing_nests_and_ends_with_its_block() -> None:
    with clock.frozen(NOON):
        with clock.frozen(NOON + timedelta(days=1)):
            assert clock.now() == NOON + timedelta(days=1)
        assert clock.now() == NOON
    assert clock.now() > NOON - timedelta(days=36500)
    assert clock.now() != NOON


def test_an_exception_thaws_the_clock() -> None:
    with pytest.raises(RuntimeError), clock.frozen(NOON):
        raise RuntimeError
    assert clock.now() != NOON


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"), clock.frozen(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass


def test_other_threads_keep_the_real_time() -> None:
    seen: list[datetime] = []
    with clock.frozen(NOON):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen != [NOON]
