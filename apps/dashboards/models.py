"""Dashboards, and which one stands on whose start page."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import Versioned
from apps.kernel.bases.models import TenantModel

LONGEST_NAME = 120


class Preset(models.TextChoices):
    """The days that a dashboard shows, unless its reader chooses others."""

    TODAY = "today", _("Today")
    YESTERDAY = "yesterday", _("Yesterday")
    LAST_7_DAYS = "last_7_days", _("Last 7 days")
    LAST_30_DAYS = "last_30_days", _("Last 30 days")
    LAST_90_DAYS = "last_90_days", _("Last 90 days")
    THIS_WEEK = "this_week", _("This week")
    LAST_WEEK = "last_week", _("Last week")
    THIS_MONTH = "this_month", _("This month")
    LAST_MONTH = "last_month", _("Last month")
    THIS_QUARTER = "this_quarter", _("This quarter")
    LAST_QUARTER = "last_quarter", _("Last quarter")
    THIS_YEAR = "this_year", _("This year")
    LAST_YEAR = "last_year", _("Last year")


class Dashboard(Versioned, TenantModel):
    """Widgets in an order. `items` are `calculations.layouts.Item`s, read and written as a whole.

    `owner_id` is whose it is, None for the house's own. It is seen by its owner, by everybody where `is_shared`, and
    by those who have one of `shared_roles`.
    """

    entity_id = "dashboards.dashboard"

    # Not a reference: a platform admin, who is no user of the tenant, has dashboards there too.
    owner_id = models.UUIDField(_("owner"), null=True, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    description = models.CharField(_("description"), max_length=500, blank=True, default="")
    period = models.CharField(_("period"), max_length=20, choices=Preset, default=Preset.LAST_30_DAYS)
    items: models.JSONField[Any, Any] = models.JSONField(_("widgets"), default=list, editable=False)
    is_shared = models.BooleanField(_("shared with everybody"), default=False, editable=False)
    shared_roles = ArrayField(
        models.UUIDField(), default=list, blank=True, editable=False, verbose_name=_("shared with roles")
    )

    class Meta:
        db_table = "dashboard"
        verbose_name = _("dashboard")
        verbose_name_plural = _("dashboards")
        base_manager_name = "objects"
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "name", "id"], name="dashboard_name"),
            models.Index(fields=["tenant_id", "owner_id", "id"], name="dashboard_owner"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Holder(models.TextChoices):
    """Whose start page it is."""

    USER = "user", _("a person's")
    ROLE = "role", _("a role's")


class StartPage(TenantModel):
    """The dashboard on the start page of a user, or of those who have a role and have chosen none themselves."""

    dashboard_id: UUID

    holder = models.CharField(max_length=4, choices=Holder)
    holder_id = models.UUIDField()
    dashboard = TenantForeignKey(Dashboard, models.CASCADE, related_name="start_pages")

    class Meta:
        db_table = "dashboard_start_page"
        verbose_name = _("start page")
        verbose_name_plural = _("start pages")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "holder", "holder_id"], name="dashboard_start_page_once")
        ]

    def __str__(self) -> str:
        """Whose it is."""
        return self.get_holder_display()
