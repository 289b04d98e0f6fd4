"""An action in the database: written before the body of a command, completed after it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models

from apps.kernel import clock
from apps.kernel.commands.declarations import ANY_KIND, CommandSpec
from apps.kernel.commands.ending import end
from apps.kernel.commands.inputs import stored_input
from apps.kernel.commands.invocation import current_invocation
from apps.kernel.commands.running import Resource, RunningCommand, _running, running_or_none
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import applied_to, note

# One statement: the action, and the session variable that lets the image triggers find it.
BEGIN_ACTION = """
WITH written AS (
    INSERT INTO action (id, tenant_id, created_at, updated_at, organization_id, command, actor_kind, actor_id,
        actor_label, on_behalf_of, input, source, reason, correlation_id, parent_id, loads, resource_entity,
        resource_id, resource_label, organizations)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s::text[], %s, %s, %s, '{}')
    RETURNING id)
SELECT set_config('app.action_id', id::text, true) FROM written
"""


@contextmanager
def acting(
    spec: CommandSpec, arguments: Mapping[str, Any], *, using: str = DEFAULT_DB_ALIAS
) -> Iterator[RunningCommand]:
    """Let the block's writes belong to one action of the command; the caller has opened the transaction."""
    connection = connections[using]
    command = RunningCommand(uuid7(), spec, running_or_none(), _resource_of(spec, arguments))
    before = applied_to(connection)
    _begin(command, arguments, using)
    token = _running.set(command)
    try:
        yield command
        if command.parent is None:
            bump_roots(command, using)
    finally:
        _running.reset(token)
    end(command, before.action_id, using)
    note(connection, before)


def _resource_of(spec: CommandSpec, arguments: Mapping[str, Any]) -> Resource:
    first = next(iter(arguments.values()), None)
    kind = "" if spec.resource == ANY_KIND else spec.resource
    return Resource(kind, first if isinstance(first, UUID) else None)


def _begin(command: RunningCommand, arguments: Mapping[str, Any], using: str) -> None:
    scope, now, invocation = current_scope(), clock.now(), current_invocation()
    actor, connection = scope.actor, connections[using]
    values: list[Any] = [
        command.action_id,
        scope.tenant_id,
        now,
        now,
        scope.organization_id,
        command.spec.id,
        actor.kind.value,
        actor.id,
        actor.label,
        actor.on_behalf_of,
        json.dumps(stored_input(command.spec, arguments)),
        invocation.source.value,
        invocation.reason,
        scope.correlation_id,
        command.parent.action_id if command.parent else invocation.part_of,
        list(command.spec.loads),
        command.resource.entity,
        command.resource.id,
        command.resource.label,
    ]
    with connection.cursor() as cursor:
        cursor.execute(BEGIN_ACTION, values)
    note(connection, replace(applied_to(connection), action_id=str(command.action_id)))


def bump_roots(command: RunningCommand, using: str) -> None:
    """Bump the version of each touched aggregate root that no save of its own has bumped."""
    for model, pk in command.touched:
        if (model, pk) not in command.bumped:
            rows = model._default_manager.using(using).filter(pk=pk)
            rows.update(version=models.F("version") + 1, updated_at=clock.now())
