"""Users: create, change, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.auth.features import MANAGE_ACL, MANAGE_SESSIONS, MANAGE_USERS
from apps.auth.models import User
from apps.auth.selectors import access_of
from apps.auth.services.boundary import (
    demand_changeable,
    demand_grantable,
    demand_mastery,
    demand_visible_home,
    guarding_user,
    in_turn,
)
from apps.auth.services.checks import all_of, email_complaints, password_complaints, refuse, user_complaints
from apps.auth.services.devices import end_sessions_of
from apps.auth.services.grants import demand_roles, wanted_list, write_roles, write_user_acl
from apps.auth.services.passwords import end_resets_of, write_password
from apps.auth.services.roles import create_role
from apps.kernel import clock
from apps.kernel.access.grants import NOTHING
from apps.kernel.bases.customs import demand_judged
from apps.kernel.commands.declarations import command
from apps.kernel.commands.errors import Duplicate
from apps.kernel.commands.loading import keep_pointers_out, load_living
from apps.kernel.commands.running import note_bump
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged
from apps.kernel.commands.widening import across_organizations
from apps.kernel.crypto.tokens import installation_digest
from apps.kernel.errors import FieldError
from apps.kernel.ids import uuid7
from apps.kernel.references.usages import release
from apps.kernel.references.validation import validate_references
from apps.kernel.tenancy.scope import Scope, current_scope


def _new_user(scope: Scope) -> dict[str, Any]:
    return {"email": f"{uuid7().hex}@example.org", "name": "Ada Example"}


def _renamed_user(scope: Scope) -> dict[str, Any]:
    return {"user_id": create_user(**_new_user(scope)).pk, "name": "Ada Renamed", "locale": "de"}


def _some_user(scope: Scope) -> dict[str, Any]:
    return {"user_id": create_user(**_new_user(scope)).pk}


def _user_with_role(scope: Scope) -> dict[str, Any]:
    return {**_some_user(scope), "roles": [create_role(name=uuid7().hex).pk]}


def _user_with_grants(scope: Scope) -> dict[str, Any]:
    return {**_some_user(scope), "features": ["auth.roles.view"], "denied_features": ["auth.users.view"]}


@command("auth.user.create", feature=MANAGE_USERS, secret=("email", "password"), example=_new_user)
def create_user(
    *,
    email: str,
    name: str,
    password: str = "",
    roles: Sequence[UUID] = (),
    home_organization_id: UUID | None = None,
    is_active: bool = True,
    is_confirmed: bool = True,
    locale: str = "en",
    time_zone: str = "UTC",
    custom_fields: Mapping[str, Any] | None = None,
) -> User:
    """Create a user with roles; without a password nobody can log in as them until one is set.

    Raises Duplicate for an address that a living user of the tenant has, GrantBeyondOwn for roles that hold
    more than the actor, WeakPassword, InvalidInput.
    """
    in_turn()
    user = User(name=name, is_active=is_active, is_confirmed=is_confirmed, locale=locale, time_zone=time_zone)
    user.take(custom_fields)
    weak = password_complaints(password) if password else ()
    all_of(
        lambda: _set_home(user, home_organization_id),
        lambda: refuse([*user_complaints(user), *email_complaints(email), *weak]),
        lambda: demand_roles(roles),
        lambda: demand_judged([user]),
    )
    _set_email(user, email)
    user.save(force_insert=True)
    note_bump(user)  # its first version holds everything that comes with it
    write_password(user.pk, password)
    if roles:
        write_roles(user, roles)
    demand_grantable(current_scope().actor, before=NOTHING, after=access_of(user.pk, even_inactive=True))
    return user


@command("auth.user.update", feature=MANAGE_USERS, secret=("email",), example=_renamed_user)
def update_user(
    user_id: UUID,
    *,
    email: str | None = None,
    name: str | None = None,
    roles: Sequence[UUID] | None = None,
    home_organization_id: UUID | Unchanged | None = UNCHANGED,
    is_active: bool | None = None,
    is_confirmed: bool | None = None,
    locale: str | None = None,
    time_zone: str | None = None,
    custom_fields: Mapping[str, Any] | None = None,
) -> User:
    """Change what is given; None leaves a value as it is.

    A user who is made inactive loses all sessions at once. Raises what `create_user` raises, and
    SuperAdminProtected and UserOutOfReach for users whom the actor may not change.
    """
    in_turn()
    user = load_living(User, user_id)
    given = {"name": name, "locale": locale, "time_zone": time_zone}
    with guarding_user(user):
        user.take(custom_fields)
        _apply(user, {**given, "is_active": is_active, "is_confirmed": is_confirmed})
        all_of(
            lambda: refuse([*user_complaints(user), *(email_complaints(email) if email is not None else ())]),
            lambda: _change_home(user, home_organization_id),
            lambda: demand_roles(roles or ()),
            lambda: demand_judged([user]),
        )
        _change_email(user, email)
        user.save()
        if roles is not None:
            write_roles(user, roles)
    if not user.is_active:
        end_sessions_of(user.pk)
    return user


@command("auth.user.delete", feature=MANAGE_USERS, example=_some_user)
def delete_user(user_id: UUID) -> User:
    """Hide the user, free the address, end all sessions, and let go what points to them; roles stay for an undo.

    Raises SuperAdminProtected, UserOutOfReach, InUse with counts, and LastSuperAdmin for the only one who may do
    everything.
    """
    in_turn()
    user = load_living(User, user_id)
    keep_pointers_out(user)
    with guarding_user(user):
        with across_organizations():  # what they look after stands anywhere in the tenant
            release(User.entity_id, [user.pk])
        user.deleted_at = clock.now()
        user.save()
    end_sessions_of(user.pk)
    return user


@command("auth.user.set_roles", feature=MANAGE_USERS, example=_user_with_role)
def set_user_roles(user_id: UUID, *, roles: Sequence[UUID]) -> User:
    """Make these the user's roles, no others. Raises GrantBeyondOwn, SuperAdminProtected, UserOutOfReach."""
    in_turn()
    user = load_living(User, user_id)
    with guarding_user(user):
        write_roles(user, roles)
    return user


@command("auth.user.set_acl", feature=MANAGE_ACL, example=_user_with_grants)
def set_user_acl(
    user_id: UUID,
    *,
    features: Sequence[str] = (),
    denied_features: Sequence[str] = (),
    is_super_admin: bool = False,
    organization_ids: Sequence[UUID] | None = None,
) -> User:
    """Make this the user's own list, beside their roles; nothing at all takes the list away.

    `organization_ids` None leaves the organizations to the roles, an empty list shows none. Raises
    GrantBeyondOwn for more than the actor holds (a lifted denial counts), InvalidGrant, SuperAdminProtected.
    """
    in_turn()
    user = load_living(User, user_id)
    wanted = wanted_list(
        features, denied=denied_features, is_super_admin=is_super_admin, organization_ids=organization_ids
    )
    with guarding_user(user):
        write_user_acl(user, wanted)
    return user


@command(
    "auth.user.end_sessions",
    feature=MANAGE_SESSIONS,
    undoable=False,
    undo_reason=gettext_lazy("an ended session cannot come back."),
)
def end_user_sessions(user_id: UUID) -> User:
    """Sign the user out on every device. Raises SuperAdminProtected and UserOutOfReach."""
    user = load_living(User, user_id)
    demand_changeable(user)
    end_sessions_of(user.pk)
    return user


def _apply(user: User, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if value is not None:
            setattr(user, name, value)


def _set_home(user: User, home: UUID | None) -> None:
    demand_visible_home(current_scope().actor, home)
    user.home_organization_id = home
    validate_references([user])


def _change_home(user: User, home: UUID | Unchanged | None) -> None:
    if not isinstance(home, Unchanged) and home != user.home_organization_id:
        _set_home(user, home)


def _change_email(user: User, email: str | None) -> None:
    """A new address receives password resets, so it hands over the account."""
    if email is None or email == user.email:
        return
    demand_mastery(user)
    _set_email(user, email)
    end_resets_of(user.pk)  # their mails went to the former address


def _set_email(user: User, email: str) -> None:
    if User.objects.filter(email=email, deleted_at__isnull=True).exclude(pk=user.pk).exists():
        text = _("A user with this e-mail address exists already.")
        raise Duplicate(errors=(FieldError("email", Duplicate.code, text),), fields="email")
    user.email, user.email_digest = email, installation_digest(email)
