"""Every operation of the REST interface, as the router knows it: address, method, action, guard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

from apps.kernel.api.permissions import features_of, guard_of
from apps.kernel.api.reading.viewset import ReadingViewSet
from apps.kernel.commands.declarations import COMMANDS, CommandSpec
from apps.kernel.ids import uuid7
from apps.kernel.registry.entities import ENTITIES, Entity

METHODS = ("get", "post", "put", "patch", "delete")
SAFE = frozenset({"get"})
COMMAND_OF = {
    "create": "create_command",
    "update": "update_command",
    "partial_update": "update_command",
    "destroy": "delete_command",
}
PLACE = re.compile(r"<\w+:(?P<name>\w+)>")
# What stands at further places of an address; an id of nothing where it is not said.
# Resources of kinds that a tenant has made: there are none in a new house. tests/entities/test_records.py has them.
MADE_BY_TENANTS = "<slug:type_key>"
FILLING = {"feature": "auth.users.view", "key": "unit"}
# What one user keeps for themselves, and nobody else sees at all: tests/customers/test_talking.py has them.
PERSONAL = frozenset({"customers.label", "customers.follower"})


@dataclass(frozen=True, slots=True)
class Route:
    """One method at one address; `bulk` names the action inside the body where the address is `…/bulk/`."""

    path: str
    view: Any
    method: str
    action: str
    bulk: str = ""

    def __str__(self) -> str:
        """Names the test."""
        shown = PLACE.sub(r"\g<name>", self.path.removeprefix("api/"))
        return f"{self.method.upper()} {shown}{self.bulk}"

    @property
    def features(self) -> tuple[str, ...]:
        """What its guard demands; for an action of `bulk/` what that demands as well."""
        own = features_of(self.view, self.action)
        more = self.view.features_of_bulk(self.bulk) if self.bulk else ()
        return tuple(dict.fromkeys((*own, *more)))

    @property
    def is_public(self) -> bool:
        """Whether nobody need be known."""
        return bool(guard_of(self.view, "public", self.action))

    @property
    def is_detail(self) -> bool:
        """Whether the address names a record."""
        return "<uuid:pk>" in self.path

    @property
    def is_resource(self) -> bool:
        """Whether it belongs to a view set of an entity."""
        return issubclass(self.view, ReadingViewSet)

    @property
    def entity(self) -> Entity:
        """The kind of its records."""
        return ENTITIES[self.view.entity]

    @property
    def is_walled(self) -> bool:
        """Whether its rows belong to organizations and nothing but the scope says who sees them."""
        columns = {field.name for field in self.entity.model._meta.concrete_fields if not field.null}
        narrows = self.entity.narrows
        return "organization_id" in columns and not narrows and self.view.get_queryset is ReadingViewSet.get_queryset

    @property
    def command(self) -> CommandSpec | None:
        """The command behind it, where the view or the command's name says which."""
        single = getattr(self.view, COMMAND_OF.get(self.action, ""), None)
        if self.bulk:
            single = self.view.offered_bulk()[self.bulk]
        found: CommandSpec | None = getattr(single, "spec", None)
        return found or COMMANDS.get(f"{self.view.entity}.{self.action}")

    def at(self, record_id: UUID | str = "") -> str:
        """The address of one record, or of all."""
        given = {"pk": str(record_id), "kind": getattr(self.view, "entity", ""), **FILLING}
        return "/" + PLACE.sub(lambda found: given.get(found["name"]) or str(uuid7()), self.path)


@cache
def all_routes() -> tuple[Route, ...]:
    """Every operation under `/api/`, those of `bulk/` once for each action that is offered there."""
    return tuple(route for path, callback in _patterns(get_resolver()) for route in _operations(path, callback))


@cache
def routes() -> tuple[Route, ...]:
    """The operations without those on what one user keeps for themselves."""
    return tuple(route for route in all_routes() if getattr(route.view, "entity", "") not in PERSONAL)


def resources(*actions: str) -> list[Route]:
    """Operations of view sets with one of the actions."""
    return [route for route in routes() if route.is_resource and route.action in actions]


def details(*, writing: bool) -> list[Route]:
    """Operations of view sets on one record: those that write, or those that read."""
    return [
        route for route in routes() if route.is_resource and route.is_detail and (route.method not in SAFE) == writing
    ]


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, path)
        elif isinstance(entry, URLPattern) and _is_operation(path) and hasattr(entry.callback, "cls"):
            yield path, entry.callback


def _is_operation(path: str) -> bool:
    return path.startswith("api/") and MADE_BY_TENANTS not in path


def _operations(path: str, callback: Any) -> Iterator[Route]:
    bound = getattr(callback, "actions", None) or {
        method: method for method in METHODS if hasattr(callback.cls, method)
    }
    for method, action in bound.items():
        if method not in METHODS:  # HEAD, which Django REST framework adds at the first call
            continue
        route = Route(path, callback.cls, method, action)
        if action == "bulk":
            yield from (replace(route, bulk=name) for name in sorted(callback.cls.offered_bulk()))
        else:
            yield route
