"""What the REST interface lets the reader see and filter of the records of a page: the same rules for both doors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest

from apps.kernel.admin.customs import entity_on, takes_customs
from apps.kernel.api.reading.expansions import RESOURCES
from apps.kernel.api.reading.reader import ListShape
from apps.kernel.extensions.spots import entity_of
from apps.kernel.registry.entities import ENTITIES


def list_id(page: Any, request: HttpRequest) -> str:
    """Name of the list that the address opens: the kind of record, of a tenant's own type that type's."""
    own = entity_on(page, request) if takes_customs(page) else ""
    return own if own in ENTITIES else entity_of(page.opts)


def shape_of(page: Any, request: HttpRequest) -> ListShape | None:
    """What the page's records may be asked for by the reader; None where they are no resource."""
    return shape_of_list(list_id(page, request))


def shape_of_list(name: str) -> ListShape | None:
    """The same by the name of the list."""
    kind = ENTITIES.get(name)
    resource: Any = RESOURCES.get(str(getattr(kind.model, "entity_id", ""))) if kind is not None else None
    if resource is None:
        return None
    shape: ListShape = resource.shape()
    return replace(shape, definitions=name) if name != shape.entity.id else shape
