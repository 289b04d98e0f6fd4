"""What log-ins come to, written down for whoever wants to know: the history, and subscribers of the events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from apps.auth.calculations import is_locked
from apps.auth.events import LOG_IN_FAILED, LOG_IN_SUCCEEDED, USER_LOCKED
from apps.auth.models import LoginState, User
from apps.auth.notifications import ACCOUNT_LOCKED
from apps.auth.services.boundary import demand_system
from apps.auth.services.devices import scope_of
from apps.auth.services.log_in import MAY_LOG_IN, attempts_of
from apps.auth.services.passwords import letter_context
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.errors import RowNotFound
from apps.kernel.ports import Mailer
from apps.kernel.services import service
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import reading_paused, scoped_transaction
from apps.kernel.work.queueing import enqueue

SUCCESS = "auth.log_in_success"
NOTHING_CHANGED = gettext_lazy("it only tells what happened.")


def note_log_in(sender: Any, *, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Have a worker tell that the user signed in: the request itself asked for something else."""
    with reading_paused(), using_scope(scope_of(user)), scoped_transaction():
        enqueue(SUCCESS, user.pk)


@command(
    "auth.user.log_in",
    open_reason="a worker writes down who has proved who they are",
    resource="auth.user",
    undoable=False,
    undo_reason=NOTHING_CHANGED,
)
def record_log_in(user_id: UUID) -> User:
    """Announce that the user signed in. Raises RowNotFound when there is no such user."""
    demand_system()
    LOG_IN_SUCCEEDED.emit(resource_id=user_id)
    return _user(user_id)


@command(
    "auth.user.fail_to_log_in",
    open_reason="a worker writes down what log-in has counted",
    resource="auth.user",
    undoable=False,
    undo_reason=NOTHING_CHANGED,
)
def record_failure(user_id: UUID) -> User:
    """Announce wrong passwords for the user. Raises RowNotFound when there is no such user."""
    demand_system()
    state = LoginState.objects.filter(pk=user_id).first()
    if state is None:
        raise RowNotFound
    locked = is_locked(attempts_of(state), clock.now())
    LOG_IN_FAILED.emit(resource_id=user_id, failed_attempts=state.failed_attempts, is_locked=locked)
    return _user(user_id)


@command(
    "auth.user.lock",
    open_reason="a worker tells of a lock that log-in has set",
    resource="auth.user",
    undoable=False,
    undo_reason=gettext_lazy("a lock ends by itself, or by a right password."),
)
def announce_lock(user_id: UUID) -> User:
    """Tell the user by mail, and everybody who listens, that the account is locked.

    Raises RowNotFound when the right password or time has ended the lock, or the user is gone.
    """
    demand_system()
    user: User | None = User.objects.filter(MAY_LOG_IN, pk=user_id).first()
    state = LoginState.objects.filter(pk=user_id).first()
    if user is None or state is None or state.locked_until is None:
        raise RowNotFound
    if not is_locked(attempts_of(state), clock.now()):
        raise RowNotFound
    USER_LOCKED.emit(resource_id=user_id, until=state.locked_until)
    context = letter_context(user, until=state.locked_until)
    service(Mailer).queue(ACCOUNT_LOCKED, user.email, context, locale=user.locale)
    return user


def _user(user_id: UUID) -> User:
    found: User | None = User.objects.filter(pk=user_id).first()
    if found is None:
        raise RowNotFound
    return found
