"""Global tables that are read before a tenant is known. Triggers write the indexes; the app only reads them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from apps.kernel import clock
from apps.kernel.ids import uuid7


class CredentialIndex(models.Model):
    """Where a credential belongs. `digest` is an HMAC of an e-mail or a hash of a token: nothing readable."""

    global_reason: ClassVar[str] = "finds the tenant of a credential before any tenant is known"
    app_grants: ClassVar[tuple[str, ...]] = ("SELECT",)

    kind = models.TextField()
    digest = models.BinaryField()
    tenant_id = models.UUIDField()
    subject_id = models.UUIDField()

    class Meta:
        db_table = "credential_index"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "digest", "tenant_id", "subject_id"], name="credential_index_once")
        ]
        indexes: ClassVar = [models.Index(fields=["subject_id"], name="credential_index_subject")]


class HandleIndex(models.Model):
    """Whom a public handle names: an organization's slug or a host."""

    global_reason: ClassVar[str] = "finds the tenant of a public handle before any tenant is known"
    app_grants: ClassVar[tuple[str, ...]] = ("SELECT",)

    kind = models.TextField()
    value = models.TextField()
    tenant_id = models.UUIDField()
    organization_id = models.UUIDField()

    class Meta:
        db_table = "handle_index"
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "value"], name="handle_index_once")]
        indexes: ClassVar = [models.Index(fields=["organization_id"], name="handle_index_organization")]


class PlatformAdmin(models.Model):
    """A user who may switch into any tenant; set by the command line only."""

    global_reason: ClassVar[str] = "platform admins belong to the installation"
    app_grants: ClassVar[tuple[str, ...]] = ("SELECT",)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user_id = models.UUIDField(unique=True)
    note = models.TextField(default="")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        db_table = "platform_admin"


class TenantStanding(models.Model):
    """Whether a tenant may be worked in, and counters that grow with every change of what processes remember.

    Triggers write it. What a process remembers of the organizations is good for one `version`, what it remembers of
    custom fields and of types that the tenant made for one `fields_version`.
    """

    global_reason: ClassVar[str] = "is read before the scope opens, and holds nothing but a number and a flag"
    app_grants: ClassVar[tuple[str, ...]] = ("SELECT",)

    tenant_id = models.UUIDField(primary_key=True)
    version = models.BigIntegerField(default=1)
    is_open = models.BooleanField(default=False)
    fields_version = models.BigIntegerField(default=1, db_default=1)

    class Meta:
        db_table = "tenant_standing"
