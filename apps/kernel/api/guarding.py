"""Which features the standard actions of a resource ask for."""

from __future__ import annotations


def guarded(*, view: str, manage: str, **more: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Features of the standard actions."""
    reading = dict.fromkeys(("list", "retrieve"), (view,))
    return {**reading, **dict.fromkeys(("create", "update", "partial_update", "destroy"), (manage,)), **more}
