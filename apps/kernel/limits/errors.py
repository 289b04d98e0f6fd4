"""Faults of the limiting room; the refusal itself is RateLimited of the web interface."""

from __future__ import annotations

from apps.kernel.errors import PlatformError


class LimitInsideTransaction(PlatformError):
    """Something was counted inside a transaction, which might take the count back: a fault of the program."""

    status = 500
    code = "kernel.limits.inside_transaction"
    message = "What is limited is counted before a transaction begins, never inside one."
