"""Whoever takes a record away keeps those out first who are about to point to it: a table of all commands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from apps.currencies.models import Currency
from apps.entities.admin.forms import target_choices
from apps.kernel.access.grants import EVERYTHING
from apps.kernel.commands.declarations import COMMANDS, CommandSpec
from apps.kernel.commands.executor import execute
from apps.kernel.commands.models import Action, RowImage
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.errors import PlatformError
from apps.kernel.references.usages import pointing_fields
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.entities.factories import make_field
from tests.support.scopes import House, seeding

# Whatever a command is called: these hide or delete rows, if only some of those that belong to their record.
TAKING = frozenset({"delete", "merge", "purge", "update", "edit_components", "unassign", "unfollow", "remove"})
SPECS = [
    pytest.param(spec, id=spec.id)
    for spec in COMMANDS.values()
    if spec.example is not None and spec.id.rpartition(".")[2] in TAKING and not spec.id.startswith("tests.")
]
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"


def pointable() -> dict[str, str]:
    """Tables of kinds that references may lead to, and the kinds: columns name them, or a field can be made to."""
    chosen = {key for key, _label in target_choices()}
    return {kind.model._meta.db_table: key for key, kind in ENTITIES.items() if key in chosen or pointing_fields(key)}


class Locks:
    """Ids that the statements of a block lock FOR UPDATE."""

    def __init__(self) -> None:
        self.ids: set[str] = set()

    def __call__(self, run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Let the statement pass, and note what it locks."""
        answer = run(sql, params, many, context)
        if "FOR UPDATE" in sql:
            for item in params or ():
                self.ids |= set(map(str, item)) if isinstance(item, list | tuple) else {str(item)}
        return answer


def gone(action_ids: Collection[UUID]) -> dict[str, set[str]]:
    """Rows that the actions, and those inside them, took from those that are living, by table."""
    found: dict[str, set[str]] = defaultdict(set)
    actions, inner = set(action_ids), set(action_ids)
    while inner:
        inner = set(Action.objects.filter(parent_id__in=inner).values_list("pk", flat=True)) - actions
        actions |= inner
    for image in RowImage.objects.filter(action_id__in=actions, before__isnull=False):
        if is_living(image.before) and not is_living(image.after):
            found[image.table_name].add(str(image.row_id))
    return found


def is_living(image: Mapping[str, Any] | None) -> bool:
    """Say whether an image shows a row that is there and not hidden."""
    return image is not None and image.get("deleted_at") is None


@pytest.mark.parametrize("spec", SPECS)
def test_what_may_be_pointed_to_is_locked_before_it_goes(house: House, spec: CommandSpec) -> None:
    assert spec.example is not None
    with using_scope(house.scope(access=replace(EVERYTHING, is_super_admin=False))):
        arguments, locks = dict(spec.example(house.scope())), Locks()
        with collecting_actions() as actions, connection.execute_wrapper(locks):
            execute(spec, (), arguments)
        with scoped_transaction():
            taken = gone(actions)
    open_to_pointers = {
        kind: taken[table] - locks.ids for table, kind in pointable().items() if taken.get(table, set()) - locks.ids
    }
    assert open_to_pointers == {}


def choosable(spec: CommandSpec) -> bool:
    """Say whether a field can be made to lead to the kind that the command deletes."""
    return spec.id == f"{spec.resource}.delete" and spec.resource in {key for key, _label in target_choices()}


@pytest.mark.parametrize("spec", [case for case in SPECS if choosable(case.values[0])])  # type: ignore[arg-type]
def test_what_a_field_leads_to_is_not_deleted(house: House, spec: CommandSpec) -> None:
    assert spec.example is not None
    make_field(house, "partner", "relation", target=spec.resource)
    with using_scope(house.scope()):
        arguments = dict(spec.example(house.scope()))
        [row_id] = arguments.values()
        with seeding():
            franc = Currency(code="CHF", name="Franc", symbol="Fr", custom={"partner": str(row_id)})
            franc.save(force_insert=True)
        with pytest.raises(PlatformError) as refusal:
            execute(spec, (), arguments)
    assert refusal.value.context["usages"] == {"currencies.currency.custom.partner": 1}
