"""What must happen and when: the global work table, its workers' signs of life, and the tenants' schedules."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.mixins import Versioned
from apps.kernel.bases.models import TenantModel

WAITING = models.Q(parked_at__isnull=True)


class Work(models.Model):
    """One thing that must happen: `kind` names the handler, `ref_id` what it is about. It has no payload.

    `due_at` is when a worker may claim the row next; while it is leased that is the end of the lease.
    `again_at` is the time of a wish that came during a lease: the row stays when its worker is done.
    `fence` grows with each claim, so that a worker which lost its lease is told apart from its successor.
    A parked row waits for an operator; `parked_reason` says why and holds no tenant's data.
    """

    global_reason: ClassVar[str] = "sweepers look for what is due across all tenants; it holds ids and no payload"
    app_grants: ClassVar[tuple[str, ...]] = ("SELECT", "INSERT", "UPDATE", "DELETE")

    kind = models.TextField()
    queue = models.TextField()
    tenant_id = models.UUIDField()
    ref_id = models.UUIDField()
    due_at = models.DateTimeField()
    again_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(db_default=0)
    locked_until = models.DateTimeField(null=True)
    owner = models.TextField(db_default="")
    fence = models.BigIntegerField(db_default=0)
    parked_reason = models.TextField(db_default="")
    parked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "work"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "tenant_id", "ref_id"], name="work_once"),
            models.CheckConstraint(
                condition=models.Q(parked_at__isnull=True) | models.Q(locked_until__isnull=True),
                name="work_parked_not_leased",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["queue", "due_at"], name="work_due", condition=WAITING),
            models.Index(fields=["queue", "tenant_id", "due_at"], name="work_share", condition=WAITING),
            models.Index(fields=["parked_at"], name="work_parked", condition=~WAITING),
        ]


class WorkerHeartbeat(models.Model):
    """The last sign of life of a queue's workers; `worker` is the process that gave it."""

    global_reason: ClassVar[str] = "workers serve all tenants; it holds names of queues and processes"
    app_grants: ClassVar[tuple[str, ...]] = ("SELECT", "INSERT", "UPDATE")

    queue = models.TextField(primary_key=True)
    worker = models.TextField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "worker_heartbeat"


class Schedule(Versioned, TenantModel):
    """When work of `kind` about `ref_id` comes due by itself: by `cron` or every `interval_seconds`.

    Exactly one of the two rules: the other is empty or 0. `time_zone` is where the cron expression's clock hangs.
    An occurrence is skipped while the run before it is not done. Of several missed ones the last runs,
    once; with `catch_up` each of them runs, one after the other.
    """

    entity_id = "kernel.schedule"

    kind = models.TextField(_("kind of work"))
    ref_id = models.UUIDField(_("record"))
    cron = models.TextField(_("cron expression"), default="", blank=True)
    interval_seconds = models.PositiveIntegerField(_("interval in seconds"))
    time_zone = models.TextField(_("time zone"), default="UTC")
    enabled = models.BooleanField(_("on"), default=True)
    catch_up = models.BooleanField(_("makes up for missed runs"), default=False)

    class Meta:
        db_table = "schedule"
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "kind", "ref_id"], name="schedule_once"),
            models.CheckConstraint(
                condition=(models.Q(cron="") & models.Q(interval_seconds__gt=0))
                | (~models.Q(cron="") & models.Q(interval_seconds=0)),
                name="schedule_one_rule",
            ),
        ]

    def __str__(self) -> str:
        """What runs, and when."""
        return f"{self.kind} ({self.cron or f'{self.interval_seconds} s'})"


class ScheduleState(TenantModel):
    """Where a schedule stands; its `id` is the schedule's. `version` is that of the rule `next_at` was made from."""

    audited = False
    unaudited_reason = "It moves with every run and says nothing that somebody decided."

    version = models.PositiveIntegerField()
    next_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    skipped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "schedule_state"
        base_manager_name = "objects"
