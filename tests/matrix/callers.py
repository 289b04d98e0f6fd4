"""Callers of the matrix by what they hold: users and keys, each made once, however many addresses want it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.test import Client

from apps.auth.models import LoginState, Role, RoleAcl, User, UserAcl, UserRole
from apps.kernel.crypto.tokens import installation_digest
from apps.kernel.ids import uuid7
from tests.auth.factories import HASH, system
from tests.auth.programs import make_key, program
from tests.directory.callers import client_of
from tests.support.scopes import House, seeding

Features = tuple[str, ...]


@dataclass(frozen=True)
class Held:
    """What somebody holds by a role, and what a list of their own denies them."""

    features: Features = ()
    denied: Features = ()


def staff(house: House, wanted: Iterable[Held]) -> dict[Held, Client]:
    """A signed-in user for each, with North selected. Their rows are written together: there are hundreds."""
    users = {held: _user() for held in dict.fromkeys(wanted)}
    roles = {held: Role(name=f"Role {uuid7().hex}") for held in users}
    with seeding(system(house)):
        Role.objects.bulk_create(roles.values())
        RoleAcl.objects.bulk_create(RoleAcl(role=role, features=list(held.features)) for held, role in roles.items())
        User.objects.bulk_create(users.values())
        LoginState.objects.bulk_create(LoginState(id=user.pk, password=HASH) for user in users.values())
        UserRole.objects.bulk_create(UserRole(user=user, role=roles[held]) for held, user in users.items())
        UserAcl.objects.bulk_create(
            UserAcl(user=user, denied_features=list(held.denied)) for held, user in users.items() if held.denied
        )
    return {held: client_of(user, organization=house.north) for held, user in users.items()}


def _user() -> User:
    address = f"{uuid7().hex}@example.org"
    return User(email=address, email_digest=installation_digest(address), name="Bob")


def machines(house: House, wanted: Iterable[Features]) -> dict[Features, Client]:
    """A program with a key for each, with North selected."""
    return {held: _machine(house, held) for held in dict.fromkeys(wanted)}


def _machine(house: House, held: Features) -> Client:
    return program(make_key(house, *held).secret, **{"X-Organization-Id": str(house.north.pk)})
