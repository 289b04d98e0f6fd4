"""Reactions to what happens in other modules, and this module's say in a calculation."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.example.contracts import Attitude, Stance
from apps.example.features import MANAGE_REMINDERS
from apps.example.services import remind_of_currency
from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.hooks import hook_handler
from apps.kernel.eventbus.payloads import RecordChanged
from apps.kernel.eventbus.subscribing import subscribe


@subscribe("currencies.currency.restored", id="example.look_again", persistent=True, features=(MANAGE_REMINDERS,))
def look_again(payload: RecordChanged, ctx: EventContext) -> None:
    """Remind of a currency that came back: whoever took it away had a reason.

    Runs in a worker, in a transaction of its own, and again after a crash without its first effect.
    """
    remind_of_currency(payload.resource_id, title=_("This currency came back: is it meant to be used?"))


@hook_handler("example.stance.judge.after", id="example.no_ceiling_is_none")
def without_ceiling(given: Stance, answer: Stance) -> Stance | None:
    """Call a currency closed whose ceiling is nought: nothing may be dealt in it."""
    return replace(answer, attitude=Attitude.CLOSED) if answer.ceiling == Decimal(0) else None
