"""Sessions open when somebody has proved who they are, and are renewed until they end.

What lies between the proof and `open_session` may ask for more: nothing here looks at passwords.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth import login, logout
from django.db.models import Q
from django.http import HttpRequest

from apps.auth.errors import SessionEnded, WrongPassword
from apps.auth.models import PasswordReset, Session, User
from apps.auth.services.checks import password_complaints, refuse
from apps.auth.services.devices import own_work, scope_of, sign_in_of
from apps.auth.services.log_in import proves_password
from apps.auth.services.passwords import change_own_password
from apps.auth.sessions import EXPIRY, TIDIED_AFTER, SessionStore, session_of
from apps.auth.tokens import Claims, new_access_token, new_refresh_token, read_refresh_token
from apps.kernel import clock
from apps.kernel.commands.idempotency import IdempotencyKey, claim, settle
from apps.kernel.commands.invocation import invoked
from apps.kernel.crypto.tokens import matches, token_digest
from apps.kernel.errors import FieldError
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.errors import ScopeRefused
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, current_scope, using_scope
from apps.kernel.tenancy.transactions import reading_paused, scoped_transaction
from apps.kernel.work.queueing import enqueue

BACKEND: Final = "apps.auth.backends.StaffBackend"
WORKING: Final = Q(deleted_at__isnull=True, is_active=True)


@dataclass(frozen=True, slots=True)
class Opened:
    """An open session and its tokens, which are shown this once."""

    user: User
    session: Session
    access: str
    refresh: str


def open_session(
    request: HttpRequest, user: User, *, is_remembered: bool = False, key: IdempotencyKey | None = None
) -> Opened:
    """Sign the user in on this device: one row serves the cookie, which the middleware sets, and the tokens.

    The session that the device's cookie led to ends. Raises AnswerWithheld for an idempotency key that opened
    one before.
    """
    store = request.session
    if not isinstance(store, SessionStore):
        raise TypeError("sessions open in the platform's own store only")
    with own_work(user, key):
        store.flush()
        login(request, user, backend=BACKEND)
        store.bind(sign_in_of(request, user, is_remembered=is_remembered))
        store.set_expiry(clock.now() + lifetime(is_remembered=is_remembered))
        store.save()
        opened = _pair(user, store.row, former=None)
    if opened is None:
        raise SessionEnded
    return opened


def close_session(request: HttpRequest, user: User, session: Session) -> None:
    """End the session; its cookie goes with it if the request carries it."""
    with own_work(user):
        Session.objects.filter(pk=session.pk).delete()
    key = request.session.session_key
    if key is not None and matches(key, bytes(session.digest)):
        logout(request)


def change_password(
    request: HttpRequest,
    user: User,
    *,
    current: str,
    new: str,
    is_remembered: bool = False,
    key: IdempotencyKey | None = None,
) -> Opened:
    """Set the user's own password: every session ends, and this device gets a new one.

    Raises WeakPassword, WrongPassword for another present password (which counts like a failed log-in),
    AnswerWithheld.
    """
    refuse(password_complaints(new))
    if key is not None:  # before the proof: once the password is changed, the former one would count as a failure
        with reading_paused(), using_scope(scope_of(user)), scoped_transaction():
            claim(key)
    if not proves_password(user, current):
        raise WrongPassword(errors=(FieldError("current_password", WrongPassword.code, str(WrongPassword.message)),))
    with using_scope(scope_of(user)), invoked(idempotency=key):
        change_own_password(user.pk, password=new)
    return open_session(request, user, is_remembered=is_remembered)


def lifetime(*, is_remembered: bool) -> timedelta:
    """How long a session lasts, however often it is used."""
    if is_remembered:
        return timedelta(days=settings.AGORA_REMEMBER_DAYS)
    return timedelta(seconds=settings.SESSION_COOKIE_AGE)


def renew_session(token: str, *, key: IdempotencyKey | None = None) -> Opened:
    """A new pair of tokens for the one refresh token that is good now.

    A token that was used before is in two hands, so its session ends. Raises SessionEnded for that and for
    whatever leads to no open session, ScopeRefused where the tenant is closed, AnswerWithheld.
    """
    claims = read_refresh_token(token)
    if claims is None:
        raise SessionEnded
    scope = Scope(claims.tenant_id, None, frozenset(), Actor(ActorKind.STAFF, claims.user_id, ""))
    with reading_paused(), using_scope(scope), scoped_transaction():
        if key is not None:
            claim(key)
        opened = _rotated(claims, token)
        if key is not None and opened is not None:
            settle(key, opened)
    if opened is None:  # refused after the commit, which ended a session whose token was used before
        raise SessionEnded
    return opened


def _rotated(claims: Claims, token: str) -> Opened | None:
    if not service(OrganizationTree).tenant_is_open(claims.tenant_id):
        raise ScopeRefused
    user: User | None = User.objects.filter(WORKING, pk=claims.user_id).first()
    session = session_of(claims.session_id, user_id=claims.user_id)
    if user is None or session is None:
        return None
    opened = _pair(user, session, former=token_digest(token))
    if opened is None:
        Session.objects.filter(pk=session.pk).delete()
    return opened


def _pair(user: User, session: Session | None, *, former: bytes | None) -> Opened | None:
    """Both tokens in place of the former refresh token, None unless that one was good until now.

    One statement asks and replaces, so of many at once one gets the pair.
    """
    if session is None:
        return None
    access, refresh = new_access_token(session), new_refresh_token(session)
    rows = Session.objects.filter(pk=session.pk, refresh_digest=former)
    changed = rows.update(refresh_digest=token_digest(refresh), last_used_at=clock.now())
    return Opened(user, session, access, refresh) if changed else None


def tidy_up() -> None:
    """Delete the tenant's ended sessions and tokens, and look again while there are any; in a scoped transaction."""
    now = clock.now()
    for model in (Session, PasswordReset):
        model.objects.filter(expires_at__lte=now).delete()
    if Session.objects.exists() or PasswordReset.objects.exists():
        enqueue(EXPIRY, current_scope().tenant_id, now + TIDIED_AFTER)
