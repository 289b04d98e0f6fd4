"""What the commands of the search ask for alike: which tenants, which kinds of record."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from apps.search.contracts import Searchable
from apps.search.selectors.kinds import installed_kinds
from apps.search.selectors.tenants import all_tenants, tenant_named


def add_choices(parser: CommandParser) -> None:
    """Declare `--tenant` and `--entity`."""
    parser.add_argument("--tenant", default="", help="id of the tenant, or the handle of one of its organizations")
    parser.add_argument("--entity", default="", help="only this kind of record, such as currencies.currency")


def chosen(tenant: str, entity: str) -> Iterator[tuple[UUID, Searchable]]:
    """Each chosen kind of each chosen tenant. Raises CommandError."""
    kinds = installed_kinds()
    if entity and entity not in kinds:
        raise CommandError(f"Nothing is found of {entity}; there are: {', '.join(sorted(kinds))}.")
    named = tenant_named(tenant) if tenant else None
    if tenant and named is None:
        raise CommandError(f"There is no tenant {tenant}.")
    for tenant_id in [named] if named else all_tenants():
        for name in [entity] if entity else sorted(kinds):
            yield tenant_id, kinds[name]
