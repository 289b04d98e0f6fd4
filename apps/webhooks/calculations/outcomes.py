"""What an answer means for a delivery: delivered, again later, or over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

from apps.kernel.work.calculations import Backoff, retry_delay

BACKOFF: Final = Backoff(first=timedelta(seconds=5))
LONGEST: Final = timedelta(hours=1)
LONGEST_ASKED: Final = timedelta(hours=24)
RESTS: Final = timedelta(seconds=30)  # how long a host is left alone that does not answer; the kernel's breaker
AGAIN: Final = frozenset({408, 425, 429})
GONE: Final = 410
BREAKER: Final = "breaker_open"


class Fate(StrEnum):
    """What becomes of a delivery."""

    DELIVERED = "delivered"
    AGAIN = "again"
    FINAL = "final"  # the same request would end so again
    EXHAUSTED = "exhausted"
    UNTRIED = "untried"  # nothing left the house, because the host is left alone for a while


@dataclass(frozen=True, slots=True)
class Answered:
    """How one try ended: a status, or the reason why there is none. `retry_after` is the header, "" without one."""

    status: int | None = None
    error: str = ""
    is_final: bool = False
    retry_after: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A fate, and for AGAIN and UNTRIED when. `is_gone`: the receiver wants nothing more, ever."""

    fate: Fate
    delay: timedelta = timedelta()
    is_gone: bool = False


def judge(answer: Answered, *, attempt: int, most: int, now: datetime, roll: float) -> Verdict:
    """Judge the try with that number, from 1, of at most `most`; `roll` in [0, 1) spreads the delays."""
    if answer.error == BREAKER:
        return Verdict(Fate.UNTRIED, RESTS * (1 + roll))
    if answer.status is not None and 200 <= answer.status < 300:
        return Verdict(Fate.DELIVERED)
    if not _may_help(answer):
        return Verdict(Fate.FINAL, is_gone=answer.status == GONE)
    if attempt >= most:
        return Verdict(Fate.EXHAUSTED)
    return Verdict(Fate.AGAIN, max(backoff(attempt, roll=roll), asked_delay(answer.retry_after, now)))


def _may_help(answer: Answered) -> bool:
    """Say whether another try may end otherwise: no answer, or one that says so. Redirects are never followed."""
    if answer.status is None:
        return not answer.is_final
    return answer.status in AGAIN or answer.status >= 500


def backoff(attempt: int, *, roll: float) -> timedelta:
    """5 s, 10 s, 20 s … at most 1 h, each a quarter shorter or longer."""
    return min(retry_delay(BACKOFF, attempt, roll=roll), LONGEST)


def asked_delay(header: str, now: datetime) -> timedelta:
    """What `Retry-After` asks for, in seconds or as a date, at most 24 h; nothing for what cannot be read."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text) if len(text) < 9 else LONGEST_ASKED.total_seconds()
        return min(timedelta(seconds=seconds), LONGEST_ASKED)
    try:
        wait = parsedate_to_datetime(text) - now
    except (ValueError, TypeError, OverflowError):  # no date, one without a zone, or one of no calendar
        return timedelta()
    return min(max(wait, timedelta()), LONGEST_ASKED)
