"""What is asked of figures, and what is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

Number = int | Decimal


@dataclass(frozen=True, slots=True)
class Question:
    """One question about records of a kind.

    `aggregate` is `count`, `sum`, `avg`, `min` or `max`; all but the first need `measure`. `group_by` is one of the
    kind's groups or dates, "" for one number; a date is cut by `granularity` ("" chooses one that fits). `condition`
    is one of the kernel's, as JSON. `limit` counts groups, the largest first. `date` is the day or moment that the
    period cuts, "" the kind's usual one. `comparison` is "", `previous_period` or `previous_year`.
    """

    entity: str
    aggregate: str = "count"
    measure: str = ""
    group_by: str = ""
    granularity: str = ""
    condition: Mapping[str, Any] | None = None
    limit: int = 10
    date: str = ""
    comparison: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """The number of one group. `key` is what the rows have in common (None for the rows without it), `label` the
    same for people; both are None and "" where nothing is grouped. `currency` is that of an amount of money.

    `value` is None where there is nothing to average or compare; `previous` where nothing is compared, or nothing
    was there. `link` leads to the list of the rows, "" where the list cannot show exactly them.
    """

    key: Any
    label: str
    value: Number | None
    currency: str = ""
    previous: Number | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The figures: by time in its order, else the largest first. `start` and `end` are the days that were counted,
    `compared` those that `previous` is about. `link` leads to the list of all rows.
    """

    figures: Sequence[Figure]
    granularity: str
    start: date
    end: date
    compared: tuple[date, date] | None = None
    link: str = ""
