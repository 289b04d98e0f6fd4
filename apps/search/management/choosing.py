"""What the commands of the search ask for alike: which tenants, which kinds of record."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from apps.kernel.tenancy.scope import system_scope
from apps.search.contracts import SEARCHABLES, Searchable
from apps.search.selectors.kinds import family_of, installed_kinds
from apps.search.selectors.tenants import all_tenants, tenant_named


def add_choices(parser: CommandParser) -> None:
    """Declare `--tenant` and `--entity`."""
    parser.add_argument("--tenant", default="", help="id of the tenant, or the handle of one of its organizations")
    parser.add_argument("--entity", default="", help="only this kind of record, such as currencies.currency")


def chosen(tenant: str, entity: str) -> Iterator[tuple[UUID, Searchable]]:
    """Each chosen kind of each chosen tenant, also of those that tenants have made. Raises CommandError."""
    if entity and entity not in SEARCHABLES and family_of(entity) is None:
        raise CommandError(f"Nothing is found of {entity}; there are: {', '.join(sorted(SEARCHABLES))}.")
    named = tenant_named(tenant) if tenant else None
    if tenant and named is None:
        raise CommandError(f"There is no tenant {tenant}.")
    is_known = not entity
    for tenant_id in [named] if named else all_tenants():
        kinds = _kinds_of(tenant_id)
        wanted = [entity] if entity else sorted(kinds)
        for name in filter(kinds.__contains__, wanted):
            is_known = True
            yield tenant_id, kinds[name]
    if not is_known:
        raise CommandError(f"Nothing is found of {entity}.")


def _kinds_of(tenant_id: UUID) -> dict[str, Searchable]:
    with system_scope(tenant_id, "search kinds"):
        return installed_kinds()
