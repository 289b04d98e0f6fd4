"""Take one from several counters at once, in Valkey when it answers and in PostgreSQL when not; never open."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError

from apps.kernel.api.refusals import RateLimited
from apps.kernel.commands.running import running_or_none
from apps.kernel.errors import Unavailable
from apps.kernel.limits import table
from apps.kernel.limits.demands import Demand, Hit, demands_of
from apps.kernel.limits.errors import LimitInsideTransaction
from apps.kernel.limits.keys import Key
from apps.kernel.limits.rates import Limit
from apps.kernel.limits.valkey import BROKEN, ValkeyCounters, counters_at

logger = logging.getLogger(__name__)

T = TypeVar("T")

DOWN = (OperationalError, InterfaceError)


def consume(hits: Iterable[Hit]) -> None:
    """Take one from the counter of each `(limit, key)`, or from none.

    Keys are tuples of texts; e-mail addresses among them go through `email_part`. Call it before the work that is
    to be limited and outside transactions; the read transaction of a request is no hindrance.
    Raises RateLimited when one of them is used up, Unavailable when nobody can count.
    """
    _demand_no_command()
    demands = demands_of(hits)
    closed = [item for item in demands if item.count < 1]
    wait = max(item.seconds for item in closed) if closed else _take(demands)
    if wait:
        raise RateLimited(retry_after=math.ceil(wait))


def forget(limit: Limit, key: Key) -> None:
    """Have the counter begin anew with its next hit, after a success that ends all suspicion.

    When nobody can do it, the counter runs on to its end. Raises LimitInsideTransaction like `consume`.
    """
    _demand_no_command()
    digests = [item.digest for item in demands_of([(limit, key)])]
    if not digests or _asked(lambda valkey: valkey.forget(digests)) is not None:
        return
    try:
        table.forget(digests)
    except DOWN as error:
        logger.warning("a counter runs on to its end (%s)", type(error).__name__)


def _take(demands: Sequence[Demand]) -> float:
    if not demands:
        return 0.0
    wait = _asked(lambda valkey: valkey.take(demands))
    if wait is not None:
        return wait
    try:
        return table.take(demands)
    except DOWN as error:
        raise Unavailable from error


def _asked(call: Callable[[ValkeyCounters], T]) -> T | None:
    """What Valkey answers; None when there is none, when it fails, and for a while after that."""
    valkey = counters_at(settings.REDIS_URL)
    if valkey is None or not valkey.breaker.admits():
        return None
    try:
        answer = call(valkey)
    except BROKEN as error:
        valkey.breaker.failed()
        logger.warning("Valkey does not count (%s); PostgreSQL does for a while", type(error).__name__)
        return None
    valkey.breaker.succeeded()
    return answer


def _demand_no_command() -> None:
    if running_or_none() is not None:
        raise LimitInsideTransaction
