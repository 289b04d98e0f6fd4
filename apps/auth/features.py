"""What staff may be allowed to do with users, roles, grants and sessions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

VIEW_USERS = feature("auth.users.view", _("See users"))
MANAGE_USERS = feature("auth.users.manage", _("Manage users"), implies=(VIEW_USERS, "auth.roles.view"))
VIEW_ROLES = feature("auth.roles.view", _("See roles"))
MANAGE_ROLES = feature("auth.roles.manage", _("Manage roles"), implies=(VIEW_ROLES,))
MANAGE_ACL = feature("auth.acl.manage", _("Grant and take away permissions"), implies=(VIEW_USERS, VIEW_ROLES))
MANAGE_SESSIONS = feature("auth.sessions.manage", _("See and end sessions of others"), implies=(VIEW_USERS,))
VIEW_API_KEYS = feature("auth.api_keys.view", _("See API keys"))
MANAGE_API_KEYS = feature("auth.api_keys.manage", _("Manage API keys"), implies=(VIEW_API_KEYS,))
