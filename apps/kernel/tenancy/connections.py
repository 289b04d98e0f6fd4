"""Each new connection proves that its role cannot ignore row-level security."""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.base import BaseDatabaseWrapper

from apps.kernel.tenancy.errors import UnsafeRole
from apps.kernel.tenancy.wall import OWNER_ROLE

ROLE = "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"


def demand_safe_role(sender: Any, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Refuse the app's connection when it runs as a superuser, past row-level security, or as the owner."""
    if connection.alias != DEFAULT_DB_ALIAS:
        return
    with connection.cursor() as cursor:
        cursor.execute(ROLE)
        role, is_super, bypasses = cursor.fetchone()
    why = "superuser" if is_super else "BYPASSRLS" if bypasses else "owner" if role == OWNER_ROLE else ""
    if why:
        connection.close()
        raise UnsafeRole(role=role, why=why)
