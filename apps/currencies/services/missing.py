"""Rates that were asked for in vain."""

from __future__ import annotations

from collections.abc import Sequence

from apps.currencies.contracts import RateQuestion


class NobodyFetches:
    """`MissingRates` where no provider is there to be asked."""

    def note(self, questions: Sequence[RateQuestion]) -> None:
        """Do nothing."""
