"""Readings taken in turns, so that other load on the machine falls on subject and baseline alike."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Reading = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Samples:
    """Readings of one thing, in order of size."""

    readings: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.readings)

    @property
    def least(self) -> float:
        """The smallest: on a machine with other work it says most about the thing itself."""
        return self.readings[0]

    @property
    def p95(self) -> float:
        """The one that 95 of 100 do not exceed."""
        return self.readings[math.ceil(len(self.readings) * 0.95) - 1]


def medians(taken: Samples, baseline: Samples) -> str:
    """What a note says beside a figure that is no median."""
    found = f"median {taken.median:.1f} ms, of the baseline {baseline.median:.1f} ms"
    return f"{found}; least {taken.least:.1f} and {baseline.least:.1f} ms"


def take_turns(readings: Mapping[str, Reading], *, rounds: int, warm_up: int) -> dict[str, Samples]:
    """Take each reading `rounds` times after `warm_up` unrecorded ones; every second round runs backwards."""
    taken: dict[str, list[float]] = {name: [] for name in readings}
    for number in range(warm_up + rounds):
        names = list(readings) if number % 2 else list(readings)[::-1]
        for name in names:
            reading = readings[name]()
            if number >= warm_up:
                taken[name].append(reading)
    return {name: Samples(tuple(sorted(items))) for name, items in taken.items()}


def milliseconds(call: Callable[[], object]) -> Reading:
    """Read the milliseconds that one call takes."""

    def read() -> float:
        started = time.perf_counter()
        call()
        return (time.perf_counter() - started) * 1_000

    return read


def microseconds_each(call: Callable[[], object], *, repeat: int) -> Reading:
    """Read the microseconds of one call out of `repeat` in a row; for calls shorter than the clock is fine."""

    def read() -> float:
        started = time.perf_counter()
        for _ in range(repeat):
            call()
        return (time.perf_counter() - started) * 1_000_000 / repeat

    return read
