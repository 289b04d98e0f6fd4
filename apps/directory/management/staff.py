"""Users of the auth module, as the directory's command line reaches them: by registry and port, not by import."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model

from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.commands.executor import execute
from apps.kernel.ports import Identity, OrganizationTree
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, current_scope, system_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction

PASSWORD_BYTES = 15


@dataclass(frozen=True, slots=True)
class LogIn:
    """A new log-in, to be shown once."""

    tenant: str
    role: str
    email: str
    password: str


def run(command_id: str, **arguments: Any) -> Any:
    """Run another module's command by its public name."""
    return execute(COMMANDS[command_id], (), arguments)


@contextmanager
def whole_tenant(tenant_id: UUID, reason: str) -> Iterator[Scope]:
    """The system's scope over every organization of a tenant."""
    with system_scope(tenant_id, reason), scoped_transaction():
        organizations = service(OrganizationTree).all_living()
    with system_scope(tenant_id, reason, organization_ids=organizations) as scope:
        yield scope


@contextmanager
def as_person(user: Model, *, organization_id: UUID) -> Iterator[Scope]:
    """The scope of a user who has selected an organization, with the access that they really hold."""
    scope = current_scope()
    with scoped_transaction():
        actor = service(Identity).access_again(scope.tenant_id, Actor(ActorKind.STAFF, user.pk, str(user)))
        seen = service(OrganizationTree).subtree(organization_id)
    with using_scope(Scope(scope.tenant_id, organization_id, seen, actor)) as inner:
        yield inner


def roles() -> Mapping[str, UUID]:
    """Ids of the tenant's system roles by key."""
    with scoped_transaction():
        found = ENTITIES["auth.role"].living().filter(system_key__isnull=False)
        return dict(found.values_list("system_key", "pk"))


def user_named(name: str) -> Model | None:
    """The living user of a name."""
    with scoped_transaction():
        found: Model | None = ENTITIES["auth.user"].living().filter(name=name).first()
        return found


def sees_everything(user: Model) -> bool:
    """Say whether the user is limited to no list of organizations."""
    with scoped_transaction():
        actor = Actor(ActorKind.STAFF, user.pk, str(user))
        return service(Identity).access_again(current_scope().tenant_id, actor).access.organization_ids is None


def create_user(*, name: str, email: str, role: str, home: UUID | None, **settings: str) -> tuple[Model, str]:
    """A new user with a system role, and their random password."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    user: Model = run(
        "auth.user.create",
        email=email,
        name=name,
        password=password,
        roles=[roles()[role]],
        home_organization_id=home,
        **settings,
    )
    return user, password
