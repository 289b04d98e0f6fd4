"""Roles, lists of grants, and memberships."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.auth.models.groups import HiddenGroupField
from apps.auth.models.users import User
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.mixins import Versioned
from apps.kernel.bases.models import TenantModel


class Role(Versioned, TenantModel):
    """A named set of grants. Nothing is decided by the name; `system_key` never changes.

    `group` stands for the role in grants on single records; the database makes it, keeps it and takes it away.
    """

    entity_id = "auth.role"

    name = models.CharField(_("name"), max_length=100)
    system_key = models.CharField(  # noqa: DJ001 - null, so that any number of roles may have none
        _("system key"), max_length=20, null=True, editable=False
    )
    group = HiddenGroupField(related_name="roles")

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
