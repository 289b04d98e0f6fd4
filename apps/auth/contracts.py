"""What other modules may ask of auth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


class Rbac(Protocol):
    """Service `auth.rbac`: what a member of staff may do. Answers inside the open scope and its transaction."""

    def user_has_all_features(
        self, user_id: UUID, features: Iterable[str], *, tenant_id: UUID, organization_id: UUID | None = None
    ) -> bool:
        """Say whether the user holds every feature; nothing wanted is always held.

        False for a tenant other than the scope's, and for an organization outside the user's list unless they
        are a super admin. Raises NotRegistered for a feature that nobody declared.
        """
        ...

    def granted_features(
        self, user_id: UUID, *, tenant_id: UUID, organization_id: UUID | None = None
    ) -> frozenset[str]:
        """The user's grants, good for the kernel's matcher; `*` for a super admin.

        A wildcard that a denial cuts into is spelled out as the declared features that are left of it.
        Empty where `user_has_all_features` would refuse the tenant or the organization.
        """
        ...


class RoleBook(Protocol):
    """Service `auth.roles`: which roles there are. Answers inside the open scope."""

    def system_roles(self) -> Mapping[str, UUID]:
        """Ids of the roles that every tenant has, by their system keys (`admin`, `employee`)."""
        ...


@dataclass(frozen=True, slots=True)
class AccountLocked:
    """Too many wrong passwords locked the user's account until `until`."""

    resource_id: UUID
    until: datetime


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    """The user has another password; all their sessions have ended."""

    resource_id: UUID


@dataclass(frozen=True, slots=True)
class LogInSucceeded:
    """The user proved who they are and a session began. Log-ins that follow within moments are one event."""

    resource_id: UUID


@dataclass(frozen=True, slots=True)
class LogInFailed:
    """Somebody gave a wrong password for the user; `failed_attempts` in a row by now, since the last success or lock.

    Attempts that follow one another within moments are one event.
    """

    resource_id: UUID
    failed_attempts: int
    is_locked: bool
