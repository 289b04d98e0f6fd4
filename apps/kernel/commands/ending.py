"""The end of a command: what its action was about, and of an outermost one the events that leave with its commit."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from apps.kernel import clock
from apps.kernel.commands.declarations import UNDO
from apps.kernel.commands.outcome import events_committed
from apps.kernel.commands.running import Emitted, RunningCommand
from apps.kernel.eventbus.causes import DEEPEST, current_cause
from apps.kernel.eventbus.closing import END_OUTERMOST
from apps.kernel.eventbus.routing import Routes, heard_names, routes
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.kernel.tenancy.transactions import Applied, applied_to, tell
from apps.kernel.work.storage import RELAY, RELAY_QUEUE
from apps.kernel.work.waking import wake

MANY = 100  # records of one kind in one action, above which one event tells of all of them
TOO_DEEP = f"more than {DEEPEST} events follow from one another"
# One statement: what the action was about and which organizations' rows it touched (its own and its
# children's), known only now, and the variable back to its former value, because a local setting outlives
# a savepoint.
END_INNER = """
WITH named AS (
    UPDATE action SET resource_entity = %(entity)s, resource_id = %(resource)s, resource_label = %(label)s,
        organizations = ARRAY(
            SELECT DISTINCT organization_id FROM row_image WHERE action_id = %(action)s AND organization_id IS NOT NULL
            UNION SELECT unnest(%(touched)s::uuid[]))
    WHERE id = %(action)s RETURNING organizations)
SELECT organizations, set_config('app.action_id', %(former)s, true) FROM named
"""


def end(command: RunningCommand, former_action: str, using: str) -> None:
    """Complete the command's action; an outermost one writes its events in the same statement."""
    if command.parent is None:
        _end_outermost(command, former_action, using)
        return
    with connections[using].cursor() as cursor:
        cursor.execute(END_INNER, _naming(command, former_action))
        [organizations, _] = cursor.fetchone()
    command.organizations |= set(organizations)
    command.parent.take_over(command)


def _end_outermost(command: RunningCommand, former_action: str, using: str) -> None:
    connection, scope, known = connections[using], current_scope(), routes()
    heard = heard_names()
    values = {
        **_naming(command, former_action),
        **_origin(scope, command.action_id),
        "actions": [command.action_id, *command.finished],
        "emitted": [_said(item, place, known) for place, item in enumerate(command.emitted)],
        "cause": "undo" if command.spec.id == UNDO else "",
        "heard": heard,
        "many": MANY,
        "relay": RELAY,
        "queue": RELAY_QUEUE,
    }
    kinds = "{}" if command.spec.is_silent else known.kinds
    narrow = _widened(command, scope, using)
    with connection.cursor() as cursor:
        cursor.execute(END_OUTERMOST, [json.dumps(values, default=str), kinds])
        [organizations, _, is_pending, said] = cursor.fetchone()
    command.organizations |= set(organizations)
    if narrow is not None:
        tell(connection, replace(narrow, action_id=former_action))
    if is_pending:
        wake(RELAY_QUEUE)
    if said:
        told = {"said": json.loads(said), "scope": scope, "depth": current_cause().depth + 1}
        transaction.on_commit(partial(events_committed.send_robust, RunningCommand, **told), using=using, robust=True)


def _naming(command: RunningCommand, former_action: str) -> dict[str, Any]:
    return {
        "entity": command.resource.entity,
        "resource": command.resource.id,
        "label": command.resource.label,
        "action": command.action_id,
        "touched": list(command.organizations),
        "former": former_action,
    }


def _origin(scope: Scope, action_id: UUID) -> dict[str, Any]:
    actor, cause = scope.actor, current_cause()
    return {
        "tenant": scope.tenant_id,
        "actor_kind": actor.kind.value,
        "actor_id": actor.id,
        "on_behalf_of": actor.on_behalf_of,
        "correlation": scope.correlation_id,
        "causation": cause.event_id,
        "depth": cause.depth + 1,
        "parked": TOO_DEEP if cause.depth >= DEEPEST else "",
        "now": clock.now(),
    }


def _said(item: Emitted, place: int, known: Routes) -> dict[str, Any]:
    """An announced event as `jsonb_to_recordset` takes it."""
    return {
        "place": place,
        "name": item.name,
        "organization_id": _text(item.organization_id),
        "entity": item.entity,
        "record_id": _text(item.entity_id),
        "payload": item.payload,
        "action_id": str(item.action_id),
        "recipients": None if item.recipients is None else [str(user) for user in item.recipients],
        "at": item.occurred_at.isoformat(),
        "is_wanted": item.name in known.wanted,
    }


def _widened(command: RunningCommand, scope: Scope, using: str) -> Applied | None:
    """Let the closing statement see organizations that inner commands worked in, such as one that was just created.

    Answers with what the transaction had been told, or None when it sees all of them already.
    """
    named = {item.organization_id for item in command.emitted if item.organization_id is not None}
    further = (command.organizations | named) - scope.organization_ids
    if not further:
        return None
    connection = connections[using]
    before = applied_to(connection)
    tell(connection, replace(before, organization_ids=before.organization_ids | further))
    return before


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
