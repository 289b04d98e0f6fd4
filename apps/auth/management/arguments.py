"""Arguments that the commands of this module share: a tenant, a user in it, a password."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from getpass import getpass
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from apps.auth.models import Role, User
from apps.auth.selectors import tenant_named, users_named
from apps.auth.services.passwords import generated_password
from apps.kernel.errors import PlatformError
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import scoped_transaction

TENANT_HELP = "id of the tenant, or the handle of one of its organizations"
ASK_HELP = "ask for the password instead of making one up and printing it once"


def add_tenant(parser: CommandParser) -> None:
    """Declare `--tenant`."""
    parser.add_argument("--tenant", required=True, help=TENANT_HELP)


def tenant_id_of(name: str) -> UUID:
    """The tenant of an id or handle. Raises CommandError."""
    tenant_id = tenant_named(name)
    if tenant_id is None or not _exists(tenant_id):
        raise CommandError(f"There is no tenant {name}.")
    return tenant_id


def _exists(tenant_id: UUID) -> bool:
    with system_scope(tenant_id, "command line"), scoped_transaction():
        return service(OrganizationTree).tenant_exists(tenant_id)


def user_of(name: str) -> User:
    """The living user of an id or address in the open scope. Raises CommandError."""
    with scoped_transaction():
        found = users_named(name)
    if not found:
        raise CommandError(f"There is no user {name} in this tenant.")
    return found[0]


def role_ids_of(names: Iterable[str]) -> list[UUID]:
    """Ids of the roles of these system keys or names in the open scope. Raises CommandError."""
    with scoped_transaction():
        known = {
            name: pk for pk, *both in Role.objects.values_list("pk", "name", "system_key") for name in both if name
        }
    missing = sorted(set(names) - set(known))
    if missing:
        raise CommandError(f"There is no role {', '.join(missing)}; there are: {', '.join(sorted(known)) or 'none'}.")
    return [known[name] for name in names]


def chosen_password(*, asked: bool) -> str:
    """A made-up password, or the one that is typed in twice. Raises CommandError."""
    if not asked:
        return generated_password()
    password = getpass("Password: ")
    if password != getpass("Again: "):
        raise CommandError("The two are not the same.")
    return password


@contextmanager
def refusals_told() -> Iterator[None]:
    """Turn refusals of the platform into a sentence on the terminal."""
    try:
        yield
    except PlatformError as error:
        details = "; ".join(f"{item.field}: {item.message}" for item in error.errors)
        raise CommandError(f"{error.detail} {details}".strip()) from error
