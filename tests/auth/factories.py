"""Users, roles and lists for tests; the password of every user is PASSWORD."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import login
from django.http import HttpRequest
from django.test import RequestFactory

from apps.auth.models import LoginState, Role, RoleAcl, User, UserAcl, UserRole
from apps.auth.selectors import access_of
from apps.auth.sessions import SessionStore
from apps.kernel.access.grants import EVERYTHING
from apps.kernel.crypto.tokens import installation_digest
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.support.scopes import House, seeding

BACKEND = "apps.auth.backends.StaffBackend"
# What somebody needs to manage users and roles; one feature that such a manager holds beside it, and one that not.
MANAGING = ("auth.users.*", "auth.roles.*", "auth.acl.manage", "auth.sessions.manage")
HELD, FOREIGN = "directory.organizations.view", "directory.tenants.view"
GRANT_TABLES = ("staff_user", "staff_role", "staff_role_acl", "staff_user_acl", "staff_user_role")
PASSWORD = "correct horse battery staple"
# Of PASSWORD at the test run's cost, 4.
HASH = "bcrypt_sha256$$2b$04$EeYwcDScX1oWOYR1fVtKoevYOObp5JkrOH9xGHDpaLz7QjOn87wjm"


def make_user(house: House, *, email: str = "", name: str = "Bob", roles: tuple[Role, ...] = (), **values: Any) -> User:
    """A user who can log in, with roles."""
    with seeding(system(house)):
        return _user(email, name, roles, **values)


def make_role(house: House, *features: str, name: str = "", system_key: str | None = None, **acl: Any) -> Role:
    """A role that grants the features, everywhere unless `organization_ids` says where."""
    with seeding(system(house)):
        return _role(features, name, system_key, **acl)


def make_member(house: House, *features: str, name: str = "Bob", **acl: Any) -> User:
    """A user with a role that grants the features."""
    with seeding(system(house)):
        return _user("", name, (_role(features, **acl),))


def _user(email: str, name: str, roles: Iterable[Role], **values: Any) -> User:
    address = email or f"{uuid7().hex}@example.org"
    user = User(email=address, email_digest=installation_digest(address), name=name, **values)
    user.save(force_insert=True)
    LoginState(id=user.pk, password=HASH).save(force_insert=True)
    for role in roles:
        UserRole(user=user, role=role).save(force_insert=True)
    return user


def _role(features: Iterable[str], name: str = "", system_key: str | None = None, **acl: Any) -> Role:
    role = Role(name=name or f"Role {uuid7().hex}", system_key=system_key)
    role.save(force_insert=True)
    RoleAcl(role=role, features=list(features), **acl).save(force_insert=True)
    return role


def give(house: House, user: User, *features: str, **acl: Any) -> UserAcl:
    """A list of the user's own."""
    with seeding(system(house)):
        own = UserAcl(user=user, features=list(features), **acl)
        own.save(force_insert=True)
    return own


def signed_in(user: User, **meta: str) -> HttpRequest:
    """A request whose session the user has just opened; `meta` is what the server says of the browser."""
    request: HttpRequest = RequestFactory().get("/")
    request.META.update(meta)
    request.session = SessionStore()
    login(request, user, backend=BACKEND)
    request.session.save()
    return request


def system(house: House) -> Scope:
    """The scope of the system in the house."""
    actor = Actor(ActorKind.SYSTEM, None, "tests", EVERYTHING)
    organizations = frozenset({house.root.pk, house.north.pk, house.south.pk})
    return Scope(house.tenant.pk, house.root.pk, organizations, actor)


def scope_as(house: House, user: User) -> Scope:
    """The scope in which the user acts, with the access that they have now."""
    with using_scope(system(house)), scoped_transaction():
        access = access_of(user.pk)
    return house.scope(access=access, actor_id=user.pk)


@contextmanager
def acting_as(house: House, user: User) -> Iterator[None]:
    """Run commands as the user."""
    with using_scope(scope_as(house, user)):
        yield


@contextmanager
def reading_in(house: House) -> Iterator[None]:
    """Read as the system."""
    with using_scope(system(house)), scoped_transaction():
        yield
