"""AppConfig of the auth module: provides identity and `auth.rbac`, and ties sessions to log-ins."""

from __future__ import annotations

from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _

from apps.kernel.ports import Identity, ObjectGrants, ObjectSharing
from apps.kernel.registry.modules import Manifest, ModuleConfig
from apps.kernel.registry.notices import RECIPIENTS, STAFF
from apps.kernel.services import provide


class StaffConfig(ModuleConfig):
    """The module's manifest and services."""

    name = "apps.auth"
    label = "staff_auth"
    manifest = Manifest(id="auth", label=_("Staff"))

    def ready(self) -> None:
        """Provide services; models are loaded by now."""
        from apps.auth.contracts import Rbac, RoleBook  # noqa: PLC0415 - services need the models
        from apps.auth.guardian_tables import leave_out_guardian_tables  # noqa: PLC0415
        from apps.auth.identity import StaffIdentity  # noqa: PLC0415
        from apps.auth.services import object_grants  # noqa: F401, PLC0415 - declares its commands
        from apps.auth.services.announcing import note_log_in  # noqa: PLC0415
        from apps.auth.services.devices import remember_device  # noqa: PLC0415
        from apps.auth.services.object_access import StoredGrants  # noqa: PLC0415
        from apps.auth.services.object_sharing import StoredSharing  # noqa: PLC0415
        from apps.auth.services.rbac import StaffRbac, StoredRoles  # noqa: PLC0415
        from apps.auth.services.recipients import StaffRecipients  # noqa: PLC0415

        provide(Identity, StaffIdentity())
        provide(ObjectGrants, StoredGrants())
        provide(ObjectSharing, StoredSharing())
        provide(Rbac, StaffRbac(), name="auth.rbac", aliases=("rbacService",))
        provide(RoleBook, StoredRoles(), name="auth.roles")
        RECIPIENTS.add(STAFF, StaffRecipients())
        user_logged_in.connect(remember_device, dispatch_uid="auth.remember_device")
        user_logged_in.connect(note_log_in, dispatch_uid="auth.note_log_in")
        leave_out_guardian_tables()
