"""Rates that were asked for in vain."""

from __future__ import annotations

from collections.abc import Sequence

from apps.currencies.contracts import RateQuestion
from apps.currencies.services.fetching.regular import ask_for_missing


class FetchedLater:
    """`MissingRates` by a fetch behind the answer: whoever asks again later may find them."""

    def note(self, questions: Sequence[RateQuestion]) -> None:
        """Queue the fetch, once for each pair and day."""
        ask_for_missing((question.from_code, question.to_code, question.on) for question in questions)
