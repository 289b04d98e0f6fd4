"""The breaker per host: when it opens, whom it lets try, when it closes."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, Thread

import pytest

from apps.kernel.outbound.breakers import Breakers
from apps.kernel.outbound.errors import OutboundFailed, OutboundRefused, Reason


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breakers(clock: Clock) -> Breakers:
    return Breakers(threshold=3, cooldown=30, capacity=2, clock=clock)


def fail(breakers: Breakers, *, key: str = "a", times: int = 1) -> None:
    for _ in range(times):
        with suppress(OutboundFailed), breakers.guard(key, host=key):
            raise OutboundFailed(Reason.TIMEOUT)


def is_open(breakers: Breakers, *, key: str = "a") -> bool:
    """Tell whether a call is refused; a call that is let through succeeds and so closes the breaker."""
    try:
        with breakers.guard(key, host=key):
            return False
    except OutboundFailed as error:
        return error.reason is Reason.BREAKER_OPEN


def test_failures_in_a_row_open_the_breaker_of_that_host_only(breakers: Breakers) -> None:
    fail(breakers, times=3)
    assert (is_open(breakers), is_open(breakers, key="b")) == (True, False)


def test_a_success_between_failures_starts_the_count_again(breakers: Breakers) -> None:
    fail(breakers, times=2)
    assert not is_open(breakers)
    fail(breakers, times=2)
    assert not is_open(breakers)


def test_a_refusal_is_no_failure_of_the_host(breakers: Breakers) -> None:
    for _ in range(5):
        with suppress(OutboundRefused), breakers.guard("a", host="a"):
            raise OutboundRefused(Reason.TOO_LARGE)
    assert not is_open(breakers)


def test_after_the_cool_down_a_success_closes_it(breakers: Breakers, clock: Clock) -> None:
    fail(breakers, times=3)
    clock.now = 29.9
    assert is_open(breakers)
    clock.now = 30.0
    assert [is_open(breakers), is_open(breakers)] == [False, False]


def test_a_failed_trial_opens_it_for_another_cool_down(breakers: Breakers, clock: Clock) -> None:
    fail(breakers, times=3)
    clock.now = 30.0
    fail(breakers)
    clock.now = 59.9
    assert is_open(breakers)
    clock.now = 60.0
    assert not is_open(breakers)


def test_only_one_call_tries_after_the_cool_down(breakers: Breakers, clock: Clock) -> None:
    fail(breakers, times=3)
    clock.now = 30.0
    with breakers.guard("a", host="a"):
        assert is_open(breakers)
    assert not is_open(breakers)


def test_a_trial_that_is_interrupted_does_not_block_the_host_for_ever(breakers: Breakers, clock: Clock) -> None:
    fail(breakers, times=3)
    clock.now = 30.0
    with suppress(KeyboardInterrupt), breakers.guard("a", host="a"):
        raise KeyboardInterrupt
    clock.now = 60.0
    assert not is_open(breakers)


def test_the_hosts_in_trouble_are_bounded_and_the_oldest_is_forgotten(breakers: Breakers) -> None:
    for key in ("a", "b", "c"):
        fail(breakers, key=key, times=3)
    assert [is_open(breakers, key=key) for key in ("a", "b", "c")] == [False, True, True]


def test_threads_failing_together_are_all_counted() -> None:
    breakers, barrier = Breakers(threshold=8), Barrier(8)

    def work() -> None:
        barrier.wait()
        fail(breakers)

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert is_open(breakers)
