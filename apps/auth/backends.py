"""Django's authentication backend for staff."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from apps.auth.models import User
from apps.auth.services.log_in import log_in
from apps.kernel.tenancy.scope import scope_or_none


class StaffBackend(BaseBackend):
    """E-mail address and password, and the tenant where one address works for several."""

    def authenticate(
        self,
        request: HttpRequest | None,
        email: str | None = None,
        password: str | None = None,
        tenant: str | UUID | None = None,
        **kwargs: Any,
    ) -> User | None:
        """The user, or None for every kind of refusal alike."""
        if email is None or password is None:
            return None
        return log_in(email, password, tenant=tenant or None)

    def get_user(self, user_id: UUID) -> User | None:
        """The working user of the open scope's tenant; nobody outside a scope."""
        if scope_or_none() is None:
            return None
        user: User | None = User.objects.filter(pk=user_id, deleted_at__isnull=True, is_active=True).first()
        return user
