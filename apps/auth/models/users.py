"""Staff users and what stays outside their history."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.hashers import check_password, is_password_usable
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.bases.mixins import CustomFields, SoftDelete, Versioned
from apps.kernel.bases.models import TenantModel
from apps.kernel.crypto.fields import EncryptedEmailField
from apps.kernel.references.fields import OnDeletion, ReferenceField

LIVING = models.Q(deleted_at__isnull=True)


class User(CustomFields, Versioned, SoftDelete, TenantModel):
    """A member of staff of one tenant; the same address may work for several tenants, as several users.

    The password stands in `LoginState`, outside the audited row, so that no hash enters the history.
    """

    entity_id = "auth.user"
    USERNAME_FIELD = "id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    is_anonymous = False
    is_authenticated = True
    is_superuser = False  # nobody passes by Django's flag: super admins are so by their grants

    home_organization_id = ReferenceField(
        "directory.organization",
        on_deletion=OnDeletion.CLEAR,
        null=True,
        blank=True,
        verbose_name=_("home organization"),
    )
    email = EncryptedEmailField(_("e-mail"), blind_index=True)
    email_digest = models.BinaryField(editable=False)
    name = models.CharField(_("name"), max_length=120)
    is_confirmed = models.BooleanField(_("confirmed"), default=True)
    is_active = models.BooleanField(_("active"), default=True)
    locale = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")

    class Meta:
        db_table = "staff_user"
        verbose_name = _("user")
        verbose_name_plural = _("users")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "email_index"], condition=LIVING, name="staff_user_email_once")
        ]
        indexes: ClassVar = [models.Index(fields=["tenant_id", "name", "id"], name="staff_user_name")]

    def __str__(self) -> str:
        """The name; the address is private."""
        return self.name

    def get_username(self) -> str:
        """What Django calls the user by."""
        return str(self.pk)

    def check_password(self, raw_password: str) -> bool:
        """Compare with the stored hash."""
        state = LoginState.objects.filter(pk=self.pk).first()
        return state is not None and is_password_usable(state.password) and check_password(raw_password, state.password)

    @property
    def is_staff(self) -> bool:
        """Every living, active user may enter the back office; features decide what they see there."""
        return self.is_active and self.deleted_at is None

    @property
    def is_usable(self) -> bool:
        """Say whether the account lets anybody log in."""
        return self.is_active and self.is_confirmed and self.deleted_at is None

    @property
    def groups(self) -> models.QuerySet[Group]:
        """Hidden groups of the user's roles, for what guardian is asked about single records."""
        return Group.objects.filter(roles__memberships__user_id=self.pk)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django permissions are not used: access is by features."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """Django permissions are not used: access is by features."""
        return False


class LoginState(TenantModel):
    """Password hash and counters of a user (same id); changes at every log-in, so it is not audited."""

    audited = False
    unaudited_reason = "Counters change at every log-in, and no password hash may enter the history."
    referenced = False
    id: UUID

    password = models.CharField(max_length=200, default="")
    failed_attempts = models.PositiveIntegerField(default=0)
    lock_count = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    last_login = models.DateTimeField(null=True)

    class Meta:
        db_table = "staff_login_state"
        base_manager_name = "objects"
