"""Signed-in devices, and one-time tokens for a new password."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.auth.models.users import User
from apps.kernel import clock
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.models import TenantModel


class Session(TenantModel):
    """A signed-in device. `digest` is the SHA-256 of the key in the cookie; also Django's session store.

    `refresh_digest` is the SHA-256 of the one refresh token that is good now; None where none was given out.
    """

    audited = False
    unaudited_reason = "Written at every log-in and touched while in use; log-ins have events of their own."
    referenced = False

    digest = models.BinaryField()
    user_id = models.UUIDField()
    data = models.TextField(default="")
    device = models.CharField(max_length=300, default="")
    address = models.GenericIPAddressField(null=True)
    last_used_at = models.DateTimeField(default=clock.now)
    refresh_digest = models.BinaryField(null=True)
    is_remembered = models.BooleanField(default=False)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "staff_session"
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        base_manager_name = "objects"
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant_id", "digest"], name="staff_session_once")]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "user_id"], name="staff_session_user"),
            models.Index(fields=["expires_at"], name="staff_session_expiry"),
        ]

    def __str__(self) -> str:
        return self.device or str(self.address or self.pk)


class PasswordReset(TenantModel):
    """A one-time token that sets a new password; `digest` is its SHA-256. A newer one for the user voids it."""

    audited = False
    unaudited_reason = "One-time tokens: what they did, the command that used one says."
    referenced = False

    user = TenantForeignKey(User, related_name="password_resets", on_delete=models.CASCADE)
    digest = models.BinaryField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "staff_password_reset"
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "digest"], name="staff_password_reset_once")
        ]
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="staff_password_reset_expiry")]
