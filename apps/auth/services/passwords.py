"""Passwords: the policy, and the writes of their hashes, which stand outside the audited rows."""

from __future__ import annotations

import secrets
import zoneinfo
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from apps.auth.events import PASSWORD_REPLACED
from apps.auth.features import MANAGE_USERS
from apps.auth.models import LoginState, PasswordReset, User
from apps.auth.notifications import PASSWORD_CHANGED
from apps.auth.services.boundary import demand_changeable, demand_mastery, demand_system
from apps.auth.services.checks import password_complaints, refuse
from apps.auth.services.devices import end_sessions_of
from apps.directory.contracts import TenantBook
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_for_update
from apps.kernel.errors import RowNotFound
from apps.kernel.ports import Mailer
from apps.kernel.services import service
from apps.kernel.tenancy.scope import ActorKind, current_scope

GENERATED_BYTES = 15


def generated_password() -> str:
    """A random password of 20 characters, to be shown once."""
    return secrets.token_urlsafe(GENERATED_BYTES)


def write_password(user_id: UUID, password: str) -> None:
    """Store the hash and forget failed attempts; an empty password means that nobody can log in with one."""
    LoginState.objects.update_or_create(
        pk=user_id,
        defaults={
            "password": make_password(password) if password else "",
            "failed_attempts": 0,
            "lock_count": 0,
            "locked_until": None,
        },
    )


def replace_password(user: User, password: str) -> None:
    """Store a new password, end every session and pending reset of the user, and tell them; inside a command."""
    write_password(user.pk, password)
    end_sessions_of(user.pk)
    end_resets_of(user.pk)
    PASSWORD_REPLACED.emit(resource_id=user.pk)
    service(Mailer).queue(PASSWORD_CHANGED, user.email, letter_context(user, at=clock.now()), locale=user.locale)


def end_resets_of(user_id: UUID) -> None:
    """Void tokens for a new password that nobody has used; inside a scoped transaction."""
    PasswordReset.objects.filter(user_id=user_id, used_at__isnull=True).delete()


def letter_context(user: User, **moments: datetime | None) -> dict[str, Any]:
    """Variables of a mail to the user: their name, the tenant's, and moments as the user writes them."""
    zone = zoneinfo.ZoneInfo(user.time_zone)
    with translation.override(user.locale):
        texts = {
            name: f"{date_format(at.astimezone(zone), 'DATETIME_FORMAT')} ({user.time_zone})"
            for name, at in moments.items()
            if at is not None
        }
    return {"name": user.name, "tenant": service(TenantBook).profile().name, **texts}


@command(
    "auth.user.set_password",
    feature=MANAGE_USERS,
    undoable=False,
    undo_reason=gettext_lazy("the former password is not kept."),
    secret=("password",),
)
def set_password(user_id: UUID, *, password: str) -> User:
    """Give the user a new password, lift a lock, and end all their sessions.

    Raises WeakPassword, and GrantBeyondOwn for the account of somebody who holds more than the actor.
    """
    user = load_for_update(User, user_id)
    demand_changeable(user)
    demand_mastery(user)
    refuse(password_complaints(password))
    replace_password(user, password)
    return user


@command(
    "auth.user.change_password",
    open_reason="everybody changes their own password, which they have just proved; nobody else's is taken",
    undoable=False,
    undo_reason=gettext_lazy("the former password is not kept."),
    secret=("password",),
)
def change_own_password(user_id: UUID, *, password: str) -> User:
    """Give oneself a new password and end all one's sessions. Raises WeakPassword, RowNotFound for anybody else."""
    actor = current_scope().actor
    if actor.kind is not ActorKind.STAFF or actor.id != user_id:
        raise RowNotFound
    user = load_for_update(User, user_id)
    refuse(password_complaints(password))
    replace_password(user, password)
    return user


@command(
    "auth.user.rehash_password",
    open_reason="log-in renews a hash of another cost, and only for the password that was just proved",
    undoable=False,
    undo_reason=gettext_lazy("the password stays the same."),
    secret=("password",),
)
def rehash_password(user_id: UUID, *, password: str) -> User:
    """Store the same password under the installation's present cost."""
    demand_system()
    user = load_for_update(User, user_id)
    LoginState.objects.filter(pk=user.pk).update(password=make_password(password))
    return user
