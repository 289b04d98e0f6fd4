"""What examples of commands point to."""

from __future__ import annotations

from uuid import UUID

from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.commands.executor import execute
from apps.kernel.tenancy.scope import current_scope


def example_record(entity: str) -> UUID:
    """Make a record of the kind, by the example of its own command of creation. Raises LookupError without one."""
    spec = COMMANDS[f"{entity}.create"]
    if spec.example is None:
        raise LookupError(f"{spec.id} has no example")
    return UUID(str(execute(spec, (), dict(spec.example(current_scope()))).pk))
