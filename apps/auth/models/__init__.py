"""Staff users, what they may do, their devices, and keys for programs."""

from __future__ import annotations

from apps.auth.models.grants import RoleGrant, UserGrant
from apps.auth.models.keys import ApiKey, ApiKeyRole, ApiKeySecret
from apps.auth.models.roles import AccessVersion, Grants, Role, RoleAcl, RoleDefault, UserAcl, UserRole
from apps.auth.models.sessions import PasswordReset, Session
from apps.auth.models.users import LoginState, User

__all__ = [
    "AccessVersion",
    "ApiKey",
    "ApiKeyRole",
    "ApiKeySecret",
    "Grants",
    "LoginState",
    "PasswordReset",
    "Role",
    "RoleAcl",
    "RoleDefault",
    "RoleGrant",
    "Session",
    "User",
    "UserAcl",
    "UserGrant",
    "UserRole",
]
