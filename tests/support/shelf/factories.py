"""Books and their readers for tests."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from apps.auth.models import ApiKey, ApiKeyRole, Role, User
from apps.auth.services.key_access import access_of_key
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.auth.factories import make_role, make_user, system
from tests.support.scopes import House, seeding
from tests.support.shelf.models import Book

ENTITY = Book.entity_id
# What a librarian holds: books, grants, and taking back what they did.
LIBRARIAN = ("shelf.*", "auth.acl.manage", "audit_logs.*")


def make_book(house: House, title: str = "Dune", **values: Any) -> Book:
    """A living book in the house's root organization."""
    with seeding(values.pop("scope", None) or house.scope()):
        book = Book(title=title, code=values.pop("code", uuid7().hex[-12:]), **values)
        book.save(force_insert=True)
    return book


def make_reader(house: House, name: str = "Bob", *, features: tuple[str, ...] = LIBRARIAN) -> User:
    """A user who holds the features through a role of their own."""
    return make_user(house, name=name, roles=(make_role(house, *features),))


def acting_as_key(house: House, *roles: Role) -> AbstractContextManager[Scope]:
    """Run commands as a program whose key has the roles."""
    with seeding(system(house)):
        key = ApiKey(name="Import")
        key.save(force_insert=True)
        for role in roles:
            ApiKeyRole(api_key=key, role=role).save(force_insert=True)
    with using_scope(system(house)), scoped_transaction():
        access = access_of_key(key.pk)
    return using_scope(scope_of(house, Actor(ActorKind.API_KEY, key.pk, key.name, access)))


def scope_of(house: House, actor: Actor) -> Scope:
    """The whole house as the actor sees it."""
    seen = frozenset({house.root.pk, house.north.pk, house.south.pk})
    return Scope(house.tenant.pk, house.root.pk, seen, actor)


def titles() -> list[str]:
    """Titles of the books that the scope's actor finds."""
    from apps.kernel.registry.entities import ENTITIES

    with scoped_transaction():
        return sorted(row.title for row in ENTITIES[ENTITY].living())


def given(book: Book, **more: Any) -> dict[str, Any]:
    """Arguments of `access.grant` and `access.revoke` about the book."""
    record_id: UUID = book.pk
    return {"record_id": record_id, "entity": ENTITY, **more}
