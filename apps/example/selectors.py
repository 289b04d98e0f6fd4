"""Reads of stances and of reminders about currencies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import models

from apps.example.contracts import Attitude, Stance, StanceBook
from apps.example.events import STANCE_JUDGE
from apps.example.models import CurrencyStance, Reminder


class StoredStanceBook:
    """Stances as they are stored, and as the handlers of the hook judge them."""

    def stances(self, ids: Sequence[UUID]) -> Mapping[UUID, Stance]:
        """In one query, whatever the number of ids."""
        rows = CurrencyStance.objects.filter(currency_id__in=ids).values_list("currency_id", "attitude", "ceiling")
        return {key: judged(Stance(Attitude(attitude), ceiling)) for key, attitude, ceiling in rows}


class CarefulStanceBook:
    """A book that stands in the place of another: `SERVICE_OVERRIDES=example.stances=<path of this class>`.

    It asks the declared one, and is careful with every currency that nobody has spoken of.
    """

    def __init__(self, declared: StanceBook) -> None:
        self.declared = declared

    def stances(self, ids: Sequence[UUID]) -> Mapping[UUID, Stance]:
        """What the declared book says, and something about every other id."""
        return {**dict.fromkeys(ids, Stance(Attitude.CAREFUL)), **self.declared.stances(ids)}


def judged(stance: Stance) -> Stance:
    """The stance as other modules would have it."""
    return STANCE_JUDGE.run(stance, lambda given: given)


def open_reminders() -> models.QuerySet[Reminder]:
    """Living reminders that are not done."""
    return Reminder.objects.filter(deleted_at__isnull=True, is_done=False)


def reminders_by_currency(ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """How many open reminders there are about each currency, in one query."""
    found = open_reminders().filter(currency_id__in=ids).values_list("currency_id", flat=True)
    return Counter(key for key in found if key is not None)
