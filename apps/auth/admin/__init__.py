"""Back office pages of users, roles and sessions."""

from apps.auth.admin.roles import RolePage
from apps.auth.admin.sessions import SessionPage
from apps.auth.admin.users import UserPage

__all__ = ["RolePage", "SessionPage", "UserPage"]
