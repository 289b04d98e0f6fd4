"""Long jobs: who asked for what, how far it is, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.models import TenantModel
from apps.kernel.crypto.fields import EncryptedJSONField
from apps.kernel.registry.entities import ENTITIES
from apps.progress.calculations import Step, eta_seconds, percent_of
from apps.progress.contracts import ACTIVE, JobStatus

GOING_ON = models.Q(status__in=[str(state) for state in ACTIVE])
LONGEST_NAME, LONGEST_ERROR = 255, 2000


def told(message: str, words: Mapping[str, str]) -> str:
    """A message in the reader's language, with its words; `kind` is the id of a kind of record, told by its name."""
    if not words:
        return gettext(message)
    kind = ENTITIES.get(words.get("kind", ""))
    named = {"kind": str(kind.label_plural)} if kind is not None else {}
    return gettext(message).format(**{**words, **named})


class Job(TenantModel):
    """One long job. `kind` is dotted (`customers.person.export`), `title` says it to people.

    `name` is how whoever asked read it, which is what a search finds; others read `message` and its `words` in their
    language. Rows from before there were messages have a name alone.

    `heartbeat_at` is the last sign of life, whether or not anything was counted. `values` is for the worker alone: it
    is shown to nobody and emptied at the end. `result` holds counts and perhaps `file` (a name in the default
    storage) and `file_name`. The owner is who asked; `owner_organization_id` is where they wrote,
    `owner_organization_ids` what they saw. A part has a `parent` and says in `partition` which part it is.
    """

    entity_id = "progress.job"
    audited = False
    unaudited_reason = "It changes all the time, and what a job writes elsewhere has a history of its own."

    kind = models.CharField(_("kind"), max_length=100)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    message = models.CharField(max_length=LONGEST_NAME, default="", db_default="", editable=False)
    words = models.JSONField(default=dict, db_default={}, editable=False)
    status = models.CharField(_("state"), max_length=20, choices=JobStatus.choices, default=JobStatus.PENDING)
    processed = models.BigIntegerField(_("processed"), default=0)
    total = models.BigIntegerField(_("total"), null=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True)
    started_at = models.DateTimeField(_("started"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    is_cancellable = models.BooleanField(_("can be cancelled"), default=False)
    cancel_requested_at = models.DateTimeField(_("asked to stop"), null=True)
    owner_kind = models.CharField(_("kind of owner"), max_length=20)
    owner_id = models.UUIDField(null=True)
    owner_label = models.CharField(_("who"), max_length=255)
    on_behalf_of = models.UUIDField(null=True)
    owner_organization_id = models.UUIDField(null=True)
    owner_organization_ids = ArrayField(models.UUIDField(), default=list)
    values = EncryptedJSONField(default=dict, encoder=DjangoJSONEncoder)
    result = models.JSONField(_("result"), default=dict, encoder=DjangoJSONEncoder)
    error = models.TextField(_("what went wrong"), default="", blank=True)
    parent = TenantForeignKey(
        "self", models.CASCADE, null=True, related_name="children", db_index=False, verbose_name=_("part of")
    )
    parent_id: UUID | None
    partition = models.CharField(_("part"), max_length=200, default="", blank=True)

    class Meta:
        db_table = "progress_job"
        verbose_name = _("long job")
        verbose_name_plural = _("long jobs")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(processed__gte=0) & (models.Q(total__isnull=True) | models.Q(total__gte=0)),
                name="progress_job_counts",
            ),
            models.CheckConstraint(
                condition=(GOING_ON & models.Q(ended_at__isnull=True)) | (~GOING_ON & models.Q(ended_at__isnull=False)),
                name="progress_job_end",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "created_at", "id"], name="progress_job_recent"),
            models.Index(fields=["tenant_id", "owner_id", "created_at", "id"], name="progress_job_own"),
            # What every open page of the back office asks for: a handful of rows among a week's.
            models.Index(fields=["tenant_id", "owner_id"], name="progress_job_going_on", condition=GOING_ON),
            models.Index(fields=["tenant_id", "parent"], name="progress_job_parts"),
        ]

    def __str__(self) -> str:
        """The name, with the part where it is one."""
        return f"{self.title} ({self.partition})" if self.partition else self.title

    @property
    def title(self) -> str:
        """What the job is called, in the reader's language."""
        return told(self.message, self.words) if self.message else self.name

    @property
    def is_active(self) -> bool:
        """Say whether it waits or runs."""
        return self.status in ACTIVE

    @property
    def is_cancel_requested(self) -> bool:
        """Say whether somebody asked to stop."""
        return self.cancel_requested_at is not None

    @property
    def percent(self) -> int | None:
        """Whole percent; None while the total is unknown."""
        return percent_of(self.processed, self.total, status=self.status)

    @property
    def eta_seconds(self) -> int | None:
        """Seconds left at the average rate; None when nobody can know, and after the end."""
        if self.status != JobStatus.RUNNING:
            return None
        return eta_seconds(Step(clock.now(), self.processed, self.total), started_at=self.started_at)

    @property
    def explanation(self) -> str:
        """What went wrong, in the reader's language where the house said it; "" when nothing did."""
        return gettext(self.error) if self.error else ""

    @property
    def counts(self) -> dict[str, Any]:
        """The numbers of the result."""
        return {key: value for key, value in self.result.items() if type(value) in {int, float}}

    @property
    def file(self) -> str:
        """Name of the result's file in the default storage, "" when there is none."""
        return str(self.result.get("file") or "") if self.status == JobStatus.COMPLETED else ""
