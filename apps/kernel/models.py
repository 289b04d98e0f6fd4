"""Models of the kernel's rooms, gathered for Django."""

from apps.kernel.commands.models import Action, ActionUndo, RowImage, TableShape
from apps.kernel.crypto.models import TenantKey
from apps.kernel.tenancy.models import CredentialIndex, HandleIndex, PlatformAdmin

__all__ = [
    "Action",
    "ActionUndo",
    "CredentialIndex",
    "HandleIndex",
    "PlatformAdmin",
    "RowImage",
    "TableShape",
    "TenantKey",
]
