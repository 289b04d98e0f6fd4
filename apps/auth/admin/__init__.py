"""Back office pages of users, roles, sessions and API keys."""

from apps.auth.admin.keys import ApiKeyPage
from apps.auth.admin.roles import RolePage
from apps.auth.admin.sessions import SessionPage
from apps.auth.admin.users import UserPage

__all__ = ["ApiKeyPage", "RolePage", "SessionPage", "UserPage"]
