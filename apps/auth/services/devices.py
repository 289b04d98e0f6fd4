"""Signed-in devices: remembering and ending them."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from apps.auth.features import MANAGE_SESSIONS
from apps.auth.models import Session, User
from apps.auth.services.boundary import demand_changeable
from apps.auth.sessions import SessionStore, SignIn
from apps.kernel.commands.declarations import command
from apps.kernel.commands.running import about
from apps.kernel.errors import RowNotFound

LONGEST_DEVICE = Session._meta.get_field("device").max_length


def remember_device(sender: Any, *, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Bind the request's session to the user who just signed in."""
    store = request.session
    if isinstance(store, SessionStore):
        store.bind(SignIn(user.tenant_id, user.pk, device_of(request), address_of(request)))


def device_of(request: HttpRequest) -> str:
    """The browser's name for itself, cut to what the column holds."""
    name = request.META.get("HTTP_USER_AGENT", "")
    return "".join(character for character in name if character.isprintable())[:LONGEST_DEVICE]


def address_of(request: HttpRequest) -> str | None:
    """The peer's address without its zone (`%eth0`); None where there is none, as on a socket file."""
    address, _zone, _name = request.META.get("REMOTE_ADDR", "").partition("%")
    try:
        return str(ip_address(address))
    except ValueError:
        return None


def end_sessions_of(user_id: UUID) -> int:
    """End every session of the user and say how many there were; inside a scoped transaction."""
    ended: int = Session.objects.filter(user_id=user_id).delete()[0]
    return ended


@command(
    "auth.session.end",
    feature=MANAGE_SESSIONS,
    resource="auth.user",
    undoable=False,
    undo_reason="an ended session cannot come back.",
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
