"""Grants on single records, on guardian's abstract models: of users, and of roles by their hidden groups."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.managers import GroupObjectPermissionManager, UserObjectPermissionManager
from guardian.models import GroupObjectPermissionAbstract, UserObjectPermissionAbstract

from apps.auth.models.groups import HiddenGroupField
from apps.auth.models.roles import Role
from apps.auth.models.users import User
from apps.kernel.access.objects import Level
from apps.kernel.bases.keys import TenantForeignKey
from apps.kernel.bases.models import TenantModel
from apps.kernel.tenancy.managers import TenantManager


class UserGrantManager(TenantManager[Any], UserObjectPermissionManager):
    """Guardian's manager inside the scope."""


class RoleGrantManager(TenantManager[Any], GroupObjectPermissionManager):
    """Guardian's manager inside the scope."""


class SavedAsItIs(models.Model):
    """Saving without guardian's second look at the record, which the commands have loaded and locked."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row."""
        models.Model.save(self, *args, **kwargs)


class UserGrant(TenantModel, SavedAsItIs, UserObjectPermissionAbstract):
    """What one user may do with one restricted record; one level for each user and record.

    The columns are guardian's; `object_pk` is a UUID, so that it compares with ids and an index serves it.
    """

    entity_id = "auth.user_grant"

    permission = TenantForeignKey(Permission, related_name="user_grants", db_index=False, on_delete=models.CASCADE)
    content_type = TenantForeignKey(ContentType, related_name="user_grants", db_index=False, on_delete=models.CASCADE)
    object_pk = models.UUIDField(_("record"))  # type: ignore[assignment]
    user = TenantForeignKey(User, related_name="object_grants", db_index=False, on_delete=models.CASCADE)

    objects: ClassVar[Any] = UserGrantManager()

    class Meta:
        db_table = "staff_user_grant"
        verbose_name = _("grant of a user on a record")
        verbose_name_plural = _("grants of users on records")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "content_type", "object_pk", "user"], name="staff_user_grant_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "user", "content_type", "object_pk"], name="staff_user_grant_holder")
        ]

    def __str__(self) -> str:
        """Holder and level."""
        return f"{self.user}: {self.level}"

    @property
    def level(self) -> Level:
        """How far it reaches."""
        return level_of(self.permission)


class RoleGrant(TenantModel, SavedAsItIs, GroupObjectPermissionAbstract):
    """What everybody with a role may do with one restricted record; one level for each role and record.

    `group` is the role's hidden group: guardian knows groups, not roles.
    """

    entity_id = "auth.role_grant"

    permission = TenantForeignKey(Permission, related_name="role_grants", db_index=False, on_delete=models.CASCADE)
    content_type = TenantForeignKey(ContentType, related_name="role_grants", db_index=False, on_delete=models.CASCADE)
    object_pk = models.UUIDField(_("record"))  # type: ignore[assignment]
    role = TenantForeignKey(Role, related_name="object_grants", db_index=False, on_delete=models.CASCADE)
    group = HiddenGroupField(related_name="role_grants")

    objects: ClassVar[Any] = RoleGrantManager()

    class Meta:
        db_table = "staff_role_grant"
        verbose_name = _("grant of a role on a record")
        verbose_name_plural = _("grants of roles on records")
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant_id", "content_type", "object_pk", "role"], name="staff_role_grant_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant_id", "role", "content_type", "object_pk"], name="staff_role_grant_holder")
        ]

    def __str__(self) -> str:
        """Holder and level."""
        return f"{self.role}: {self.level}"

    @property
    def level(self) -> Level:
        """How far it reaches."""
        return level_of(self.permission)


def level_of(permission: Permission) -> Level:
    """The level that one of Django's permissions stands for: `change_book` is `change`."""
    return Level(permission.codename.partition("_")[0])
