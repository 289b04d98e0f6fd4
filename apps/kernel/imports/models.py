"""Imports of files: what was asked, how far it is, and what stands in the way of single rows."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.models import TenantModel
from apps.kernel.crypto.fields import EncryptedJSONField
from apps.kernel.imports.planning.orders import Counts


class RunState(models.TextChoices):
    """Where an import stands."""

    DRAFT = "draft", _("not checked yet")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("checked")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    STOPPED = "stopped", _("stopped")
    TAKEN_BACK = "taken_back", _("stopped and taken back")
    FAILED = "failed", _("failed")


WORKING = (RunState.CHECKING, RunState.RUNNING)
OPEN = (RunState.DRAFT, RunState.CHECKED)


class ImportRun(TenantModel):
    """One file on its way into records of a kind. It belongs to whoever gave the file.

    `layout`, `mapping` and `options` are what `reading`, `planning` make of them. `position` is the last row that has
    been dealt with, `counts` what became of the rows so far: both move with the rows in one
    transaction. `total` is known once a check has counted. `action_id` is
    the change that all of it is. `stop` is `keep` or `undo` once somebody asked for that.
    """

    audited = False
    unaudited_reason = "It changes with every batch; the change that it makes has a history of its own."

    entity = models.TextField(_("kind of record"))
    state = models.CharField(_("state"), max_length=20, choices=RunState.choices, default=RunState.DRAFT)
    file = models.TextField(_("file"))
    file_name = models.TextField(_("name of the file"))
    layout = models.JSONField(_("form of the file"), default=dict)
    names = models.JSONField(_("columns"), default=list)
    mapping = models.JSONField(_("assignment"), default=list)
    options = models.JSONField(_("options"), default=dict)
    position = models.IntegerField(_("last row"), default=0)
    total = models.IntegerField(_("rows"), null=True)
    counts = models.JSONField(_("counts"), default=dict)
    previews = EncryptedJSONField(default=list, encoder=DjangoJSONEncoder)
    action_id = models.UUIDField(null=True)
    job_id = models.UUIDField(null=True)
    stop = models.CharField(max_length=10, default="")
    reason = models.TextField(_("what went wrong"), default="")
    ended_at = models.DateTimeField(_("ended"), null=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    owner_kind = models.CharField(_("kind of owner"), max_length=20)
    owner_id = models.UUIDField(null=True)
    owner_label = models.CharField(_("who"), max_length=255)
    on_behalf_of = models.UUIDField(null=True)
    owner_organization_id = models.UUIDField(null=True)
    owner_organization_ids = ArrayField(models.UUIDField(), default=list)

    class Meta:
        db_table = "import_run"
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        base_manager_name = "objects"
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "owner_id", "entity", "created_at", "id"], name="import_run_own"),
        ]

    def __str__(self) -> str:
        """The file."""
        return self.file_name

    @property
    def is_working(self) -> bool:
        """Say whether a worker has it, or will."""
        return self.state in WORKING

    @property
    def is_open(self) -> bool:
        """Say whether it may still be changed and started."""
        return self.state in OPEN

    @property
    def counted(self) -> Counts:
        """What became of the rows so far."""
        return Counts(**self.counts)


class ImportProblem(TenantModel):
    """What is wrong with one row of a file, as `planning` words it; encrypted, because it quotes cells."""

    audited = False
    unaudited_reason = "It belongs to an import and goes with it."
    referenced = False

    run = TenantForeignKey(ImportRun, models.CASCADE, related_name="row_problems", db_index=False)
    run_id: UUID
    row = models.IntegerField(_("row"))
    problems = EncryptedJSONField(default=list)

    class Meta:
        db_table = "import_problem"
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "run", "row"], name="import_problem_once"),
        ]
