"""Refusals of the progress module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict


class JobEnded(Conflict):
    """The job has ended, or is about to; `state` says how, `allowed` is empty: nothing follows an end."""

    code = "progress.job.ended"
    message = _("This job is {state} already.")


class NotCancellable(Conflict):
    """The job cannot be stopped halfway; `allowed` lists the states that may follow."""

    code = "progress.job.not_cancellable"
    message = _("This job cannot be cancelled. It is {state}.")


class PartRefused(Conflict):
    """A part cannot have parts of its own."""

    code = "progress.job.part_refused"
    message = _("A part of a job cannot be parted again.")
