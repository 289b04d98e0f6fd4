"""Records of other modules that examples of commands stand on."""

from __future__ import annotations

from uuid import UUID

from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.transactions import scoped_transaction


def example_currency() -> UUID:
    """Some currency of the scope, by the kind's public name: its model belongs to another module.

    Raises LookupError where there is none.
    """
    with scoped_transaction():
        found = ENTITIES["currencies.currency"].find("", limit=1)
    if not found:
        raise LookupError("no currency to stand on")
    return found[0][0]
