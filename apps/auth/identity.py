"""Who sent a request: the kernel's port Identity, answered from the session cookie."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast
from uuid import UUID

from django.http import HttpRequest

from apps.auth.models import Session, User
from apps.auth.selectors import access_at, access_of, access_version
from apps.auth.sessions import SessionStore, living_session, tenant_of_session, touch_session
from apps.kernel.access.grants import NOTHING, Access
from apps.kernel.commands.running import running_or_none
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Actor, ActorKind, current_scope, system_scope
from apps.kernel.tenancy.switching import PLATFORM_ACCESS, is_platform_admin
from apps.kernel.tenancy.transactions import scoped_transaction


@dataclass(frozen=True, slots=True)
class Caller:
    """A member of staff, where they belong, and what the request may be told about them."""

    actor: Actor
    tenant_id: UUID
    home_organization_id: UUID | None
    user: User
    session: Session


class StaffIdentity:
    """Identity of staff by session; four queries in two round trips of transactions, two more for cold access."""

    def resolve(self, request: HttpRequest) -> Caller | None:
        """Who holds the session of the cookie; None for nobody, an ended session, a deleted or inactive user.

        Whether the tenant is open is the scope middleware's question: an open session there gets 403, not 401.
        """
        store = getattr(request, "session", None)
        if not isinstance(store, SessionStore) or store.session_key is None:
            return None
        tenant_id = tenant_of_session(store.session_key)
        if tenant_id is None:
            return None
        with system_scope(tenant_id, "identity"), scoped_transaction():
            caller = _caller(store.session_key)
        if caller is not None:
            store.adopt(caller.session)
            request.staff_caller = caller  # type: ignore[attr-defined]
        return caller

    def access_again(self, tenant_id: UUID, actor: Actor) -> Actor:
        """The same actor with the access of now, inside the tenant's scope and transaction.

        Nothing is left to a deleted or inactive user, nor to anybody in a closed tenant. Other kinds of actor
        are not staff's to judge and stay as they are.
        """
        if actor.kind is not ActorKind.STAFF or actor.id is None:
            return actor
        if not service(OrganizationTree).tenant_is_open(tenant_id):
            return replace(actor, access=NOTHING)
        if User.objects.filter(pk=actor.id).exists():
            return replace(actor, access=_current_access(actor.id))
        return replace(actor, access=PLATFORM_ACCESS if is_platform_admin(actor.id) else NOTHING)


def caller_of(request: HttpRequest) -> Caller | None:
    """Whom the request was resolved to; None for nobody and before the scope middleware."""
    return cast("Caller | None", getattr(request, "staff_caller", None))


def _caller(key: str) -> Caller | None:
    session = living_session(key)
    user = _working_user(session.user_id) if session else None
    if session is None or user is None:
        return None
    touch_session(session)
    access = _current_access(user.pk)
    actor = Actor(ActorKind.STAFF, user.pk, user.name, access)
    return Caller(actor, user.tenant_id, user.home_organization_id, user, session)


def _working_user(user_id: UUID) -> User | None:
    user: User | None = User.objects.filter(pk=user_id, deleted_at__isnull=True, is_active=True).first()
    return user


def _current_access(user_id: UUID) -> Access:
    """From the cache, except inside a command, whose changes are not committed yet."""
    if running_or_none() is not None:
        return access_of(user_id)
    return access_at(user_id, access_version(current_scope().tenant_id))
