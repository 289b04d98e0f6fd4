"""Rates that were asked for in vain."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

from django.db import Error

from apps.currencies.contracts import MissingRates, RateQuestion
from apps.currencies.services.fetching.regular import ask_for_missing
from apps.kernel.commands.running import running_or_none
from apps.kernel.services import service
from apps.kernel.tenancy.transactions import scoped_transaction

logger = logging.getLogger(__name__)
_asked: ContextVar[tuple[RateQuestion, ...]] = ContextVar("agora_rates_asked_for", default=())


class FetchedLater:
    """`MissingRates` by a fetch behind the answer: whoever asks again later may find them."""

    def note(self, questions: Sequence[RateQuestion]) -> None:
        """Queue the fetch, once for each pair and day."""
        ask_for_missing((question.from_code, question.to_code, question.on) for question in questions)


def note_missing(questions: Sequence[RateQuestion]) -> None:
    """Tell who may fetch them; what a command misses is told after it, because the refusal rolls it back."""
    wanted = tuple(dict.fromkeys(questions))
    if not wanted:
        return
    if running_or_none() is None:
        service(MissingRates).note(wanted)
    else:
        _asked.set((*_asked.get(), *wanted))


def note_after_command(sender: Any, **kwargs: Any) -> None:
    """Tell what the command that has ended missed; receives `command_ended`."""
    asked = tuple(dict.fromkeys(_asked.get()))
    if not asked:
        return
    _asked.set(())
    try:
        with scoped_transaction():
            service(MissingRates).note(asked)
    except Error:  # the command's own refusal is what the caller has to hear
        logger.warning("rates that a command missed could not be asked for", exc_info=True)
