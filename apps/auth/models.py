"""Staff users, what they may do, and their sessions."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.hashers import check_password, is_password_usable
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import SoftDelete, Versioned
from apps.kernel.bases.models import TenantModel
from apps.kernel.crypto.fields import EncryptedEmailField
from apps.kernel.references.fields import OnDeletion, ReferenceField

LIVING = models.Q(deleted_at__isnull=True)


class User(Versioned, SoftDelete, TenantModel):
    """A member of staff of one tenant; the same address may work for several tenants, as several users.

    The password stands in `LoginState`, outside the audited row, so that no hash enters the history.
    """

    entity_id = "auth.user"
    USERNAME_FIELD = "id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    is_anonymous = False
    is_authenticated = True

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


class Role(Versioned, TenantModel):
    """A named set of grants. Nothing is decided by the name; `system_key` never changes."""

    entity_id = "auth.role"

    name = models.CharField(_("name"), max_length=100)
    system_key = models.CharField(  # noqa: DJ001 - null, so that any number of roles may have none
        _("system key"), max_length=20, null=True, editable=False
    )

    class Meta:
        db_table = "staff_role"
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "name"], name="staff_role_name_once"),
            models.UniqueConstraint(fields=["tenant_id", "system_key"], name="staff_role_key_once"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Grants(models.Model):
    """Features and flags that a role or a user holds.

    `organization_ids` None is every organization of the tenant, an empty list is none.
    """

    features = ArrayField(models.TextField(), default=list, blank=True, verbose_name=_("features"))
    is_super_admin = models.BooleanField(_("super admin"), default=False)
    organization_ids = ArrayField(models.UUIDField(), null=True, blank=True, verbose_name=_("organizations"))

    class Meta:
        abstract = True


class RoleAcl(Grants, TenantModel):
    """What a role grants; one for each role."""

    entity_id = "auth.role_acl"

    role = TenantForeignKey(Role, related_name="acls", on_delete=models.CASCADE)

    class Meta:
        db_table = "staff_role_acl"
        verbose_name = _("grants of a role")
        verbose_name_plural = _("grants of roles")
        base_manager_name = "objects"
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant_id", "role"], name="staff_role_acl_once")]

    def __str__(self) -> str:
        """Name the role."""
        return str(self.role)


class RoleDefault(TenantModel):
    """A feature that a module's default gave to a role once; what was taken away since is not given back."""

    referenced = False

    role = TenantForeignKey(Role, related_name="defaults", on_delete=models.CASCADE)
    feature = models.TextField()

    class Meta:
        db_table = "staff_role_default"
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "role", "feature"], name="staff_role_default_once")
        ]


class UserAcl(Grants, TenantModel):
    """What a user holds beside their roles, and what is taken from them; at most one for each user."""

    entity_id = "auth.user_acl"

    user = TenantForeignKey(User, related_name="acls", on_delete=models.CASCADE)
    denied_features = ArrayField(models.TextField(), default=list, blank=True, verbose_name=_("denied features"))

    class Meta:
        db_table = "staff_user_acl"
        verbose_name = _("grants of a user")
        verbose_name_plural = _("grants of users")
        base_manager_name = "objects"
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant_id", "user"], name="staff_user_acl_once")]

    def __str__(self) -> str:
        """Name the user."""
        return str(self.user)


class UserRole(TenantModel):
    """Membership of a user in a role."""

    entity_id = "auth.user_role"

    user = TenantForeignKey(User, related_name="memberships", on_delete=models.CASCADE)
    role = TenantForeignKey(Role, related_name="memberships", on_delete=models.PROTECT)

    class Meta:
        db_table = "staff_user_role"
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant_id", "user", "role"], name="staff_user_role_once")
        ]

    def __str__(self) -> str:
        """Name both."""
        return f"{self.user} · {self.role}"


class Session(TenantModel):
    """A signed-in device. `digest` is the SHA-256 of the key in the cookie; also Django's session store."""

    audited = False
    unaudited_reason = "Written at every log-in and touched while in use; log-ins have events of their own."
    referenced = False

    digest = models.BinaryField()
    user_id = models.UUIDField()
    data = models.TextField(default="")
    device = models.CharField(max_length=300, default="")
    address = models.GenericIPAddressField(null=True)
    last_used_at = models.DateTimeField(default=clock.now)
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


class AccessVersion(models.Model):
    """A counter for each tenant that grows with every change of roles and grants; triggers write it.

    Cached access is good only for the version it was loaded at, so a revoke holds at the next request.
    """

    global_reason: ClassVar[str] = "is read together with the session, and holds nothing but a number"
    app_grants: ClassVar[tuple[str, ...]] = ("SELECT",)

    tenant_id = models.UUIDField(primary_key=True)
    version = models.BigIntegerField(default=1)

    class Meta:
        db_table = "staff_access_version"
