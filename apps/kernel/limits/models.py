"""The counters of the limiter while Valkey does not answer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class RateCounter(models.Model):
    """How often something happened in the window that ends at `expires_at`; `digest` says what, readable to nobody.

    The table is unlogged: counting writes nothing to the disk's log, and a crash of the server starts it empty.
    """

    global_reason: ClassVar[str] = "counts requests before any tenant is known; it holds digests and numbers"
    app_grants: ClassVar[tuple[str, ...]] = ("SELECT", "INSERT", "UPDATE", "DELETE")

    digest = models.BinaryField(primary_key=True)
    hits = models.PositiveIntegerField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "rate_counter"
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="rate_counter_expiry")]
