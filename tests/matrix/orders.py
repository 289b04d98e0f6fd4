"""A valid request for every operation: which record, and which body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.kernel.ids import uuid7
from tests.matrix.calls import get
from tests.matrix.records import FURTHER, creation, subject, writable
from tests.matrix.routes import Route, resources
from tests.matrix.world import World


@dataclass(frozen=True)
class Order:
    """An address and a body that fit together; `record_id` is the record that they are about."""

    address: str
    body: dict[str, Any]
    record_id: UUID | None = None


def prepared(world: World, route: Route) -> Order:
    """A request that succeeds for whoever may make it."""
    if not route.is_resource:
        method = "" if route.method == "post" else f"{route.method} "
        further = FURTHER.get(f"{method}{route.path}")
        return Order(route.at(uuid7()), further() if further else {})
    if route.action == "create":
        return Order(route.at(), creation(route, world.scope))
    record_id, given = subject(route, world.scope, world.made[route.view.entity].north)
    if route.bulk:
        return Order(route.at(), bulk_body(route, given, record_id), record_id)
    if route.action in {"update", "partial_update"}:
        given = {**_whole(world, route, record_id), **writable(route, given)}
    return Order(route.at(record_id), given, record_id)


def bulk_body(route: Route, given: dict[str, Any], *ids: UUID) -> dict[str, Any]:
    """An order of `bulk/` for the records."""
    body: dict[str, Any] = {"action": route.bulk, "ids": [str(item) for item in ids]}
    return {**body, "changes": writable(route, given)} if route.bulk == "update" else body


def _whole(world: World, route: Route, record_id: UUID) -> dict[str, Any]:
    """What PUT wants: every field that can be written, as it is."""
    if route.action != "update":
        return {}
    detail = next(item for item in resources("retrieve") if item.view is route.view)
    answer = get(world.admin, detail.at(record_id))
    assert answer.status == 200, answer.body
    return writable(route, answer.json)
