"""Keys with which other programs call the REST interface."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.auth.models.roles import Role
from apps.auth.models.users import User
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import Versioned
from apps.kernel.bases.models import TenantModel


class ApiKey(Versioned, TenantModel):
    """A named way in for a program: its roles or own features, where they hold, and until when.

    `organization_ids` caps what the roles open: None is every organization that they reach, [] is none.
    `addresses` lists IP networks that may use the key (CIDR); none given means any. `per_minute` None is the
    installation's limit. A revoked key never comes back.
    """

    entity_id = "auth.api_key"

    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=1000, blank=True, default="")
    features = ArrayField(models.TextField(), default=list, blank=True, verbose_name=_("features"))
    organization_ids = ArrayField(models.UUIDField(), null=True, blank=True, verbose_name=_("organizations"))
    addresses = ArrayField(models.TextField(), default=list, blank=True, verbose_name=_("addresses"))
    per_minute = models.PositiveIntegerField(_("requests per minute"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    created_by = TenantForeignKey(
        User, related_name="api_keys", on_delete=models.SET_NULL, null=True, editable=False, verbose_name=_("made by")
    )

    class Meta:
        db_table = "staff_api_key"
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        base_manager_name = "objects"
        indexes: ClassVar = [models.Index(fields=["tenant_id", "name", "id"], name="staff_api_key_name")]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class ApiKeyRole(TenantModel):
    """A role whose grants a key has."""

    entity_id = "auth.api_key_role"

    api_key = TenantForeignKey(ApiKey, related_name="memberships", on_delete=models.CASCADE)
    role = TenantForeignKey(Role, related_name="key_memberships", on_delete=models.PROTECT)

    class Meta:
        db_table = "staff_api_key_role"
        verbose_name = _("role of an API key")
        verbose_name_plural = _("roles of API keys")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "api_key", "role"], name="staff_api_key_role_once")
        ]

    def __str__(self) -> str:
        """Name both."""
        return f"{self.api_key} · {self.role}"


class ApiKeySecret(TenantModel):
    """A secret that opens a key; `digest` is its SHA-256, `prefix` the part that may be shown.

    After a rotation the former one is good until its own `expires_at`.
    """

    audited = False
    unaudited_reason = "Secrets may not enter the history, and the time of the last use changes all the time."
    referenced = False

    api_key = TenantForeignKey(ApiKey, related_name="secrets", on_delete=models.CASCADE)
    prefix = models.CharField(max_length=20)
    digest = models.BinaryField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "staff_api_key_secret"
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "digest"], name="staff_api_key_secret_once")
        ]
