"""Who sent a request: the kernel's port Identity, answered from the credential that the request carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest

from apps.auth.callers import Caller
from apps.auth.key_identity import KeyCaller, Secrets, caller_with_key, key_again, key_still, secret_rows
from apps.auth.models import User
from apps.auth.selectors import access_at, access_of, access_version
from apps.auth.session_rows import SignedIn, signed_in_by_id, signed_in_by_key, still_signed_in, tenant_of_key
from apps.auth.sessions import SessionStore, touch_session
from apps.auth.tokens import read_access_token
from apps.kernel import clock
from apps.kernel.access.grants import NOTHING, Access
from apps.kernel.commands.running import running_or_none
from apps.kernel.limits.actors import OWN_LIMIT
from apps.kernel.ports import OrganizationTree, ResolvedActor
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Actor, ActorKind, current_scope, system_scope
from apps.kernel.tenancy.switching import PLATFORM_ACCESS, is_platform_admin
from apps.kernel.tenancy.transactions import scoped_transaction

AUTHORIZATION = "Authorization"
API_KEY = "X-Api-Key"
NOWHERE = UUID(int=0)


class StaffIdentity:
    """Identity of staff by session: one query in the tenant's scope, two more where access is not remembered.

    A cookie does not name its tenant, which costs another query.
    """

    def resolve(self, request: HttpRequest) -> Caller | None:
        """Who holds the request's credential; None for nobody, an ended session, a deleted or inactive user.

        A credential in a header decides alone: a bad one makes the request nobody's, whatever its cookie says.
        Whether the tenant is open is the scope middleware's question: an open session there gets 403, not 401.
        """
        caller = _caller_of_credential(request)
        if caller is not None:
            request.staff_caller = caller  # type: ignore[attr-defined]
        if isinstance(caller, KeyCaller):
            setattr(request, OWN_LIMIT, caller.per_minute)
        return caller

    def access_again(self, tenant_id: UUID, actor: Actor) -> Actor:
        """The same actor with the access of now, inside the tenant's scope and transaction.

        Nothing is left to a deleted or inactive user or a revoked key, nor to anybody in a closed tenant. Other
        kinds of actor are not staff's to judge and stay as they are.
        """
        if actor.kind is ActorKind.API_KEY:
            return key_again(actor)
        if actor.kind is not ActorKind.STAFF or actor.id is None:
            return actor
        if not service(OrganizationTree).tenant_is_open(tenant_id):
            return replace(actor, access=NOTHING)
        if User.objects.filter(pk=actor.id).exists():
            return replace(actor, access=_current_access(actor.id))
        return replace(actor, access=PLATFORM_ACCESS if is_platform_admin(actor.id) else NOTHING)

    def still(self, callers: Sequence[ResolvedActor]) -> list[Actor | None]:
        """Each caller's actor with the access of now; None after the end of session, token or key, or of the user.

        One query for all sessions and one for all keys; two more for each access that is not remembered.
        """
        sessions = still_signed_in(current_scope().tenant_id, filter(None, map(_session_of, callers)))
        rows = secret_rows(pk__in=list(filter(None, map(_secret_of, callers))))
        secrets = {row["pk"]: row for row in rows}
        return [_still(item, sessions, secrets) for item in callers]


def _still(caller: ResolvedActor, sessions: Mapping[UUID, tuple[UUID, int]], secrets: Secrets) -> Actor | None:
    if isinstance(caller, KeyCaller):
        return key_still(caller, secrets)
    ends = caller.until if isinstance(caller, Caller) else None
    found = sessions.get(_session_of(caller) or NOWHERE)
    if found is None or (ends is not None and ends <= clock.now()):
        return None
    return replace(caller.actor, access=access_at(*found))


def _session_of(caller: ResolvedActor) -> UUID | None:
    return caller.session.pk if isinstance(caller, Caller) and caller.session is not None else None


def _secret_of(caller: ResolvedActor) -> UUID | None:
    return caller.secret_id if isinstance(caller, KeyCaller) else None


def _caller_of_credential(request: HttpRequest) -> Caller | None:
    """`Authorization: Bearer <JWT>`, `Authorization: ApiKey <key>`, `X-Api-Key: <key>`, else the session cookie."""
    if AUTHORIZATION in request.headers:
        scheme, _space, credential = request.headers[AUTHORIZATION].strip().partition(" ")
        return _by_authorization(request, scheme.lower(), credential.strip())
    if API_KEY in request.headers:
        return caller_with_key(request, request.headers[API_KEY].strip())
    return _by_cookie(request)


def _by_authorization(request: HttpRequest, scheme: str, credential: str) -> Caller | None:
    if scheme == "bearer":
        return _by_token(credential)
    return caller_with_key(request, credential) if scheme == "apikey" else None


def _by_token(token: str) -> Caller | None:
    claims = read_access_token(token)
    if claims is None:
        return None
    with system_scope(claims.tenant_id, "identity"), scoped_transaction():
        return _caller(signed_in_by_id(claims.tenant_id, claims.session_id, claims.user_id), until=claims.until)


def _by_cookie(request: HttpRequest) -> Caller | None:
    store = getattr(request, "session", None)
    if not isinstance(store, SessionStore) or store.session_key is None:
        return None
    tenant_id = tenant_of_key(store.session_key)
    if tenant_id is None:
        return None
    with system_scope(tenant_id, "identity"), scoped_transaction():
        caller = _caller(signed_in_by_key(tenant_id, store.session_key))
    if caller is not None and caller.session is not None:
        store.adopt(caller.session)
    return caller


def _caller(found: SignedIn | None, *, until: datetime | None = None) -> Caller | None:
    if found is None:
        return None
    touch_session(found.session)
    user = found.user
    running = running_or_none() is not None
    access = access_of(user.pk) if running else access_at(user.pk, found.access_version)
    actor = Actor(ActorKind.STAFF, user.pk, user.name, access)
    return Caller(actor, user.tenant_id, user.home_organization_id, user, found.session, found.standing, until)


def _current_access(user_id: UUID) -> Access:
    """From the cache, except inside a command, whose changes are not committed yet."""
    if running_or_none() is not None:
        return access_of(user_id)
    return access_at(user_id, access_version(current_scope().tenant_id))
