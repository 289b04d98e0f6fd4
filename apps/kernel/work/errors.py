"""Refusals of the work room, and the three ways in which a handler fails."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import InvalidInput, PlatformError


class WorkFailed(PlatformError):
    """A handler's failure. `reason` is shown to operators of the installation: it holds no tenant's data."""

    status = 500
    code = "kernel.work.failed"
    message: ClassVar[object] = _("{reason}")

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class Retry(WorkFailed):
    """It may succeed later; `after` overrides the kind's own delay (a vendor's Retry-After, for example)."""

    code = "kernel.work.retry"

    def __init__(self, reason: str, *, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Permanent(WorkFailed):
    """It will never succeed: the row is parked at once."""

    code = "kernel.work.permanent"


class NeedsConfiguration(WorkFailed):
    """It fails until somebody changes a setting: the row is parked at once and says so."""

    code = "kernel.work.needs_configuration"


class LeaseLost(PlatformError):
    """The lease ran out or another worker holds it: this one stops and writes nothing more."""

    status = 409
    code = "kernel.work.lease_lost"
    message: ClassVar[object] = "The lease on {kind} is lost."


class OutsideTransaction(PlatformError):
    """Work was queued, fenced or completed outside a transaction: a fault of the program."""

    status = 500
    code = "kernel.work.outside_transaction"
    message: ClassVar[object] = "{what} belongs inside the transaction whose effect it goes with."


class MessageRefused(PlatformError):
    """A task message carries no scope, or an argument that is not an id: a fault of the program."""

    status = 500
    code = "kernel.work.message_refused"
    message: ClassVar[object] = "The message of task {task} is refused: {why}."


class ScheduleInvalid(InvalidInput):
    """A schedule's rule cannot be read; `errors` names the fields."""

    code = "kernel.schedule.invalid"
    message: ClassVar[object] = _("The schedule is not valid.")
