from apps.directory.services.organizations import (
    activate_organization,
    create_organization,
    deactivate_organization,
    update_organization,
)
from apps.directory.services.tenants import (
    create_tenant,
    reactivate_tenant,
    set_up_tenant,
    suspend_tenant,
    update_tenant,
)
from apps.directory.services.tree import delete_organization, move_organization

__all__ = [
    "activate_organization",
    "create_organization",
    "create_tenant",
    "deactivate_organization",
    "delete_organization",
    "move_organization",
    "reactivate_tenant",
    "set_up_tenant",
    "suspend_tenant",
    "update_organization",
    "update_tenant",
]
