"""Signed-in devices: remembering and ending them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from apps.auth.features import MANAGE_SESSIONS
from apps.auth.models import Session, User
from apps.auth.services.boundary import demand_changeable
from apps.auth.sessions import SessionStore, SignIn
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hosting import hosting_commands
from apps.kernel.commands.idempotency import IdempotencyKey, claim, settle
from apps.kernel.commands.running import about
from apps.kernel.errors import RowNotFound
from apps.kernel.limits.addresses import client_address
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, using_scope
from apps.kernel.tenancy.transactions import reading_paused, scoped_transaction

LONGEST_DEVICE = Session._meta.get_field("device").max_length


def remember_device(sender: Any, *, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Bind the request's session to the user who just signed in."""
    store = request.session
    if isinstance(store, SessionStore):
        store.bind(sign_in_of(request, user))


def sign_in_of(request: HttpRequest, user: User, *, is_remembered: bool = False) -> SignIn:
    """Who signs in with the request, and on which device."""
    return SignIn(user.tenant_id, user.pk, device_of(request), address_of(request), is_remembered)


def device_of(request: HttpRequest) -> str:
    """The browser's name for itself, cut to what the column holds."""
    name = request.META.get("HTTP_USER_AGENT", "")
    return "".join(character for character in name if character.isprintable())[:LONGEST_DEVICE]


def address_of(request: HttpRequest) -> str | None:
    """Where the request comes from, as the limiter sees it; None where there is no address, as on a socket file."""
    address = client_address(request)
    return None if address is None else str(address)


def living_sessions(user_id: UUID) -> QuerySet[Session]:
    """The user's devices that are signed in now."""
    return Session.objects.filter(user_id=user_id, expires_at__gt=clock.now())


def end_own_session(user: User, session_id: UUID, *, key: IdempotencyKey | None = None) -> None:
    """Sign one of the user's own devices out, once for the key. Raises RowNotFound for anybody else's, Replayed."""
    with own_work(user, key):
        if not living_sessions(user.pk).filter(pk=session_id).delete()[0]:
            raise RowNotFound


def end_other_sessions(user: User, this: UUID, *, key: IdempotencyKey | None = None) -> None:
    """Sign all the user's devices out but this one, once for the key. Raises Replayed."""
    with own_work(user, key):
        Session.objects.filter(user_id=user.pk).exclude(pk=this).delete()


@contextmanager
def own_work(user: User, key: IdempotencyKey | None = None) -> Iterator[None]:
    """A transaction of its own in the user's tenant, for what is theirs and no command; once for the key.

    Raises Replayed and AnswerWithheld for a key that did it before.
    """
    with reading_paused(), using_scope(scope_of(user)), scoped_transaction(), hosting_commands():
        if key is not None:
            claim(key)
        yield
        if key is not None:
            settle(key, None)


def scope_of(user: User) -> Scope:
    """The user's own tenant, with nothing to see but what is the user's own; for sessions and passwords."""
    return Scope(user.tenant_id, None, frozenset(), Actor(ActorKind.STAFF, user.pk, user.name))


def end_sessions_of(user_id: UUID) -> int:
    """End every session of the user and say how many there were; inside a scoped transaction."""
    ended: int = Session.objects.filter(user_id=user_id).delete()[0]
    return ended


@command(
    "auth.session.end",
    feature=MANAGE_SESSIONS,
    resource="auth.user",
    undoable=False,
    undo_reason=gettext_lazy("an ended session cannot come back."),
)
def end_session(session_id: UUID) -> None:
    """End one session; the device's next request fails. The history shows it with the user."""
    session = Session.objects.select_for_update().filter(pk=session_id).first()
    user = User.objects.filter(pk=session.user_id).first() if session else None
    if session is None:
        raise RowNotFound
    if user is not None:
        demand_changeable(user)
        about(user)
    session.delete()
