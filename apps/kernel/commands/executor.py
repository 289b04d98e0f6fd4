"""The executor: every write of the house passes through here."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

from django.db import Error, connection, models

from apps.kernel.commands.acting import acting
from apps.kernel.commands.declarations import CommandSpec
from apps.kernel.commands.errors import CommandInsideTransaction
from apps.kernel.commands.forbidding import demand_writable
from apps.kernel.commands.guards import run_guards
from apps.kernel.commands.hosting import is_hosted
from apps.kernel.commands.idempotency import claim, settle
from apps.kernel.commands.invocation import current_invocation
from apps.kernel.commands.outcome import command_ended, remember_action
from apps.kernel.commands.running import about, running_or_none
from apps.kernel.commands.together import NotTogether, together_or_none
from apps.kernel.commands.translation import is_transient, translated
from apps.kernel.errors import FeatureRequired, NotAuthenticated, PlatformError
from apps.kernel.registry.features import demand_declared
from apps.kernel.tenancy.scope import ActorKind, Scope, current_scope
from apps.kernel.tenancy.transactions import reading_paused, scoped_transaction

TRIES = 3
LONGEST_PAUSE = 0.05
DONE, FAULT = "done", "fault"

R = TypeVar("R")


def execute(spec: CommandSpec, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run a command: feature, guards, transaction, action, body, versions. Database refusals are translated."""
    demand_writable()
    if together_or_none() is not None:
        raise NotTogether
    scope = current_scope()
    demand_feature(scope, spec.feature)
    bound = spec.signature.bind(*args, **kwargs)
    bound.apply_defaults()
    arguments = dict(bound.arguments)
    with translated():
        if running_or_none() is not None:
            with scoped_transaction():
                return _run(spec, arguments)[0]
        with _announced(spec):
            return _outermost(spec, arguments)


@contextmanager
def _announced(spec: CommandSpec) -> Iterator[None]:
    outcome = FAULT
    try:
        yield
        outcome = DONE
    except PlatformError as refusal:
        outcome = refusal.code
        raise
    finally:
        command_ended.send(CommandSpec, command=spec.id, outcome=outcome)


def demand_feature(scope: Scope, feature: str) -> None:
    """Refuse an actor without the feature: 401 for nobody, 403 for somebody.

    Raises NotRegistered for a feature that nobody declared: a misspelled one must not look like a missing right.
    """
    if not feature:
        return
    demand_declared(feature)
    if scope.actor.access.allows(feature):
        return
    if scope.actor.kind is ActorKind.ANONYMOUS:
        raise NotAuthenticated
    raise FeatureRequired(feature=feature)


def _outermost(spec: CommandSpec, arguments: dict[str, Any]) -> Any:
    with reading_paused():
        if _inside_foreign_transaction():
            raise CommandInsideTransaction(command=spec.id)

        key = current_invocation().idempotency

        def run() -> tuple[Any, UUID]:
            with scoped_transaction():
                if key is not None:
                    claim(key)
                result, action_id = _run(spec, arguments)
                if key is not None:
                    settle(key, result, action_id)
                return result, action_id

        result, action_id = _retrying(run) if spec.retryable and not is_hosted() else run()
    remember_action(action_id)
    return result


def _inside_foreign_transaction() -> bool:
    blocks = connection.atomic_blocks
    return bool(blocks) and not is_hosted() and not getattr(blocks[-1], "_from_testcase", False)


def _retrying(run: Callable[[], R]) -> R:
    for attempt in range(TRIES):
        try:
            return run()
        except Error as error:
            if attempt == TRIES - 1 or not is_transient(error):
                raise
            time.sleep(random.uniform(0, LONGEST_PAUSE * 2**attempt))  # noqa: S311 - jitter, not a secret
    raise AssertionError("unreachable")


def _run(spec: CommandSpec, arguments: dict[str, Any]) -> tuple[Any, UUID]:
    arguments = run_guards(spec, arguments, is_undo=current_invocation().is_undo)
    with acting(spec, arguments) as command:
        result = spec.function(**arguments)
        if isinstance(result, models.Model):
            about(result)
        if command.parent is None:
            for companion in current_invocation().companions:
                companion(result)
    return result, command.action_id
