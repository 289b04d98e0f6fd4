"""Passwords: the policy, and the writes of their hashes, which stand outside the audited rows."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.contrib.auth.hashers import make_password

from apps.auth.features import MANAGE_USERS
from apps.auth.models import LoginState, User
from apps.auth.services.boundary import demand_changeable, demand_mastery, demand_system
from apps.auth.services.checks import password_complaints, refuse
from apps.auth.services.devices import end_sessions_of
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_for_update

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


@command(
    "auth.user.set_password",
    feature=MANAGE_USERS,
    undoable=False,
    undo_reason="the former password is not kept.",
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
    write_password(user.pk, password)
    end_sessions_of(user.pk)
    return user


@command(
    "auth.user.rehash_password",
    open_reason="log-in renews a hash of another cost, and only for the password that was just proved",
    undoable=False,
    undo_reason="the password stays the same.",
    secret=("password",),
)
def rehash_password(user_id: UUID, *, password: str) -> User:
    """Store the same password under the installation's present cost."""
    demand_system()
    user = load_for_update(User, user_id)
    LoginState.objects.filter(pk=user.pk).update(password=make_password(password))
    return user
