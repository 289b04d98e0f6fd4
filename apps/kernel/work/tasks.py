"""The base of the house's Celery tasks: they carry a scope, take ids, and are sent after the commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from celery import Task, shared_task
from django.db import connections, transaction

from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.kernel.work.envelope import packed, reopened, unpacked
from apps.kernel.work.errors import MessageRefused
from apps.kernel.work.kinds import queues
from apps.kernel.work.posting import POST
from apps.kernel.work.storage import DEFAULT_QUEUE

HEADER = "agora"
LONGEST_ID = 100


def drop_broken_connections() -> None:
    """Close database connections that are old or broken: Celery keeps them from one task to the next."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


class ScopedTask(Task):  # type: ignore[misc]  # Celery is untyped
    """A task that runs in the scope of its message; called directly it runs in the scope that is open."""

    abstract = True
    lane = DEFAULT_QUEUE

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Open the scope and run. Raises MessageRefused for a message without one."""
        if self.request.called_directly:
            return super().__call__(*args, **kwargs)
        drop_broken_connections()
        with reopened(self._scope()), invoked(source=Source.TASK):
            return self.run(*args, **kwargs)

    def _scope(self) -> Scope:
        try:
            return unpacked((self.request.headers or {})[HEADER])
        except (KeyError, TypeError, ValueError) as error:
            raise MessageRefused(task=self.name, why="its scope cannot be read") from error


def task(name: str, *, queue: str = DEFAULT_QUEUE) -> Callable[[Callable[..., Any]], Any]:
    """Declare a Celery task, in a module's `tasks.py`. It takes ids, runs in the sender's scope, and may run twice.

    Losing its message must not matter: what has to happen is a row of work.
    """
    if queue not in queues():
        raise ValueError(f"task {name} asks for the queue {queue!r}, which WORK_QUEUES does not name")
    declare: Callable[[Callable[..., Any]], Any] = shared_task(base=ScopedTask, name=name, lane=queue)
    return declare


def send_after_commit(task: Any, *ids: UUID | str | int) -> None:
    """Send a task once the running transaction has committed (now outside one); a dead broker drops it silently.

    Raises MessageRefused for an argument that is not an id or a short name.
    """
    for item in ids:
        if not isinstance(item, UUID | str | int) or len(str(item)) > LONGEST_ID:
            raise MessageRefused(task=task.name, why="its arguments are ids")
    headers = {HEADER: packed(current_scope())}

    def send() -> None:
        POST.send(task.name, ids, queue=task.lane, headers=headers)

    transaction.on_commit(send, robust=True)
