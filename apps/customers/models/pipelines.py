"""Pipelines that deals go through, and their stages."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.customers.features import VIEW_PIPELINES
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import Aggregate, SoftDelete, Versioned
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.bases.patterns import COLOR, ICON

MOST_PERCENT = 100
LONGEST_STAY = 3650


class DealField(models.TextChoices):
    """What a stage may demand of the deals that enter it."""

    DESCRIPTION = "description", _("description")
    VALUE = "value_amount", _("value")
    EXPECTED_CLOSE = "expected_close_on", _("expected close")
    OWNER = "owner_id", _("looked after by")
    SOURCE = "source_id", _("source")
    PEOPLE = "people", _("people")
    COMPANIES = "companies", _("companies")


class Pipeline(Aggregate, SoftDelete, OrganizationModel):
    """A way that deals go, stage by stage; new deals go the default one unless another is named.

    Its version grows with its stages too: who saves them as a whole has seen them as they are.
    """

    entity_id = "customers.pipeline"
    view_feature: ClassVar[str] = VIEW_PIPELINES

    name = models.CharField(_("name"), max_length=100)
    is_default = models.BooleanField(_("default"), default=False)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        db_table = "pipeline"
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id", "name"], condition=SoftDelete.ALIVE, name="pipeline_once"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "organization_id"],
                condition=SoftDelete.ALIVE & models.Q(is_default=True),
                name="pipeline_one_default",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "position", "id"], name="pipeline_position"),
            models.Index(fields=["tenant_id", "name", "id"], name="pipeline_name"),
            models.Index(fields=["tenant_id", "organization_id"], name="pipeline_organization"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Stage(Versioned, SoftDelete, OrganizationModel):
    """A step of a pipeline.

    `position` counts from 0. `probability` is that of deals which have none of their own, `required_fields` names
    what a deal must have to enter, and a deal that stays longer than `stale_after_days` is stale.
    """

    entity_id = "customers.stage"
    needs: ClassVar = ("pipeline",)
    view_feature: ClassVar[str] = VIEW_PIPELINES
    pipeline_id: UUID

    pipeline = TenantForeignKey(Pipeline, models.PROTECT, related_name="stages", verbose_name=_("pipeline"))
    label = models.CharField(_("label"), max_length=100)
    position = models.PositiveIntegerField(_("position"), default=0)
    probability = models.PositiveSmallIntegerField(
        _("probability (%)"), default=0, validators=[MinValueValidator(0), MaxValueValidator(MOST_PERCENT)]
    )
    required_fields = ArrayField(
        models.CharField(max_length=30, choices=DealField),
        default=list,
        blank=True,
        verbose_name=_("demanded of deals"),
    )
    stale_after_days = models.PositiveIntegerField(
        _("stale after days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_STAY)],
    )
    icon = models.CharField(_("icon"), max_length=60, blank=True, default="", validators=[ICON])
    color = models.CharField(_("colour"), max_length=7, blank=True, default="", validators=[COLOR])

    class Meta:
        db_table = "pipeline_stage"
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "pipeline", "label"], condition=SoftDelete.ALIVE, name="pipeline_stage_once"
            ),
            models.CheckConstraint(
                condition=models.Q(probability__lte=MOST_PERCENT), name="pipeline_stage_probability_range"
            ),
            models.CheckConstraint(
                condition=models.Q(required_fields__contained_by=DealField.values), name="pipeline_stage_known_fields"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "pipeline", "position"], name="pipeline_stage_order"),
            models.Index(fields=["tenant_id", "position", "id"], name="pipeline_stage_position"),
            models.Index(fields=["tenant_id", "organization_id"], name="pipeline_stage_organization"),
        ]

    def __str__(self) -> str:
        """Its label."""
        return self.label
