"""Tenants and their trees of organizations."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import CustomFields, SoftDelete, Versioned
from apps.kernel.bases.models import TenantModel
from apps.kernel.ids import uuid7

slug_validator = RegexValidator(r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$", _("Use a–z, 0–9 and hyphens only."))


class TenantStatus(models.TextChoices):
    """Where a tenant stands; only trial and active ones can be worked in."""

    TRIAL = "trial", _("trial")
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    DELETED = "deleted", _("deleted")


class Tenant(Versioned):
    """A customer of the installation: everything else belongs to one.

    Not behind row-level security, because it is read before a tenant is known; its images are, so a write
    to another tenant's row is refused.
    """

    entity_id: ClassVar[str] = "directory.tenant"
    audited: ClassVar[bool] = True
    global_reason: ClassVar[str] = "is looked up before a tenant is known"
    app_grants: ClassVar[tuple[str, ...]] = ("SELECT", "INSERT", "UPDATE", "DELETE")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=200)
    slug = models.CharField(_("handle"), max_length=60, validators=[slug_validator])
    status = models.CharField(_("status"), max_length=10, choices=TenantStatus.choices, default=TenantStatus.TRIAL)
    locale = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    base_currency = models.CharField(_("base currency"), max_length=3, default="EUR")
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=clock.now, editable=False)

    class Meta:
        db_table = "tenant"
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["slug"], name="tenant_slug_once"),
            models.CheckConstraint(condition=models.Q(status__in=TenantStatus.values), name="tenant_status_known"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Stamp the time of the change and save."""
        self.updated_at = clock.now()
        super().save(*args, **kwargs)

    @property
    def is_open(self) -> bool:
        """Say whether the tenant may be worked in."""
        return self.status in {TenantStatus.TRIAL, TenantStatus.ACTIVE}


class Organization(CustomFields, Versioned, SoftDelete, TenantModel):
    """A node of the tenant's tree. `path` holds the ids from the root to the node, each followed by `/`."""

    entity_id = "directory.organization"

    name = models.CharField(_("name"), max_length=200)
    slug = models.CharField(_("handle"), max_length=150, validators=[slug_validator])
    logo_url = models.URLField(_("logo"), max_length=2048, blank=True, default="")
    parent = TenantForeignKey("self", null=True, blank=True, related_name="children", verbose_name=_("parent"))
    path = models.TextField(editable=False)
    depth = models.PositiveIntegerField(default=0, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        db_table = "organization"
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "slug"],
                condition=models.Q(deleted_at__isnull=True),
                name="organization_slug_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["tenant_id", "path"],
                name="organization_path",
                opclasses=["uuid_ops", "text_pattern_ops"],
            ),
            models.Index(fields=["tenant_id", "name", "id"], name="organization_name"),
            models.Index(fields=["tenant_id", "parent"], name="organization_parent"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name
