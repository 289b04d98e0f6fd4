"""The order of what was searched for: the closest first, unless the caller asks for another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import IntegerField, QuerySet

from apps.kernel.api.reading.complaints import Asked
from apps.kernel.api.reading.ordering import Order, Term

RANK: Final = "search_rank"


@dataclass(frozen=True, slots=True)
class Ranking:
    """How close rows are to a text that one of the `parameters` searches for.

    `rank(text)` is an expression: a whole number, never empty, the smallest for what is closest. Rows of one rank stand
    in the list's usual order.
    """

    parameters: tuple[str, ...]
    rank: Callable[[str], Any]

    def text(self, asked: Asked) -> str:
        """What is searched for; "" where nothing is, or where the order was asked for."""
        if "ordering" in asked.parameters:
            return ""
        given = (value for name in self.parameters for value in asked.parameters.getlist(name)[-1:])
        return next((str(value).strip() for value in given), "")


def ranked(rows: QuerySet[Any], usual: Order, asked: Asked, ranking: Ranking | None) -> tuple[QuerySet[Any], Order]:
    """The rows with their rank, and the order that begins with it; both as they are where nothing is searched for."""
    text = "" if ranking is None else ranking.text(asked)
    if ranking is None or not text:
        return rows, usual
    found: QuerySet[Any] = rows.annotate(**{RANK: ranking.rank(text)})
    return found, (Term(RANK, IntegerField(), descending=False), *usual)
