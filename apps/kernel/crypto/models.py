"""Key material of the tenants, wrapped by the installation's key."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from apps.kernel.bases.models import TenantModel


class KeyKind(models.TextChoices):
    """What a key is for."""

    DATA = "data", "data key"
    PEPPER = "pepper", "pepper"


class TenantKey(TenantModel):
    """One wrapped key of a tenant: data keys in versions, and one pepper that never changes."""

    audited = False
    unaudited_reason = "Keys must not enter the history; undo of a key would make data unreadable."
    referenced = False

    kind = models.CharField(max_length=10, choices=KeyKind.choices)
    version = models.PositiveSmallIntegerField(default=1)
    wrapped = models.BinaryField()
    kek_id = models.CharField(max_length=16)

    class Meta:
        app_label = "kernel"
        db_table = "tenant_key"
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "kind", "version"], name="tenant_key_once"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="tenant_key_version_from_one"),
        ]

    def __str__(self) -> str:
        """Kind and version, never the key."""
        return f"{self.kind} {self.version}"

    @property
    def bound_to(self) -> bytes:
        """What the wrapping binds the key to: it opens as no other tenant's, kind's or version's key."""
        return f"{self.tenant_id}|{self.kind}|{self.version}".encode()
