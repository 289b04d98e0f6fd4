"""Shapes of conditions and of orders for many records, as one resource takes them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

from apps.kernel.api.bulk import MOST_IDS
from apps.kernel.api.reading.conditions import TREE, tree_columns
from apps.kernel.api.reading.reader import ListShape
from apps.kernel.expressions.operators import OPERATORS

PLACE = "#/components/schemas/"
Schema = dict[str, Any]
IDS: Schema = {"type": "array", "items": {"type": "string", "format": "uuid"}, "minItems": 1, "maxItems": MOST_IDS}
CLAIM: Schema = {"type": "boolean", "default": False}
UPDATE = "update"
SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
# What stands on the right of operators; patterns are for rules, the database does not match them.
VALUES: dict[str, Schema] = {
    "one": SCALAR,
    "ordered": {"type": ["string", "number"]},
    "text": {"type": "string"},
    "list": {"type": "array", "items": SCALAR},
    "pair": {"type": "array", "items": SCALAR, "minItems": 2, "maxItems": 2},
}


def condition(registry: ComponentRegistry, shape: ListShape) -> Schema:
    """A condition on the resource's columns: one comparison, or a group of them; groups nest up to three deep."""
    names = sorted(tree_columns(shape.entity.model, shape.filterable))
    if not names:
        return {"type": "object", "maxProperties": 0}
    one = {"anyOf": [_comparison(names, takes) for takes in ("nothing", *VALUES)]}
    many = {"type": "array", "items": one, "minItems": 1, "maxItems": TREE.group}
    groups = [_object({"and": many}, "and"), _object({"or": many}, "or"), _object({"not": one}, "not")]
    return component(registry, f"{_title(shape)}Condition", {"anyOf": [*one["anyOf"], *groups]})


def order(registry: ComponentRegistry, shape: ListShape, actions: tuple[str, ...], changes: Schema | None) -> Schema:
    """An order for many records, named by ids, a condition or a list's parameters; a change says what to change."""
    ways = ({"ids": IDS}, {"filter": condition(registry, shape)}, *_wheres(shape))
    others = sorted(set(actions) - {UPDATE})
    found = [_object({"action": _among(others), "dry_run": CLAIM, **way}, "action", *way) for way in ways if others]
    if changes is not None and UPDATE in actions:
        change = {"action": _among([UPDATE]), "changes": changes, "dry_run": CLAIM}
        found = [*(_object({**change, **way}, "action changes", *way) for way in ways), *found]
    return component(registry, f"{_title(shape)}Bulk", {"anyOf": found})


def _wheres(shape: ListShape) -> list[Schema]:
    """The way that names records as a list is filtered; none where a list has no filters."""
    names = sorted(shape.filters.base_filters)
    texts = {"type": "object", "minProperties": 1, "properties": {name: {"type": "string"} for name in names}}
    return [{"where": {**texts, "additionalProperties": False}}] if names else []


def component(registry: ComponentRegistry, name: str, schema: Schema) -> Schema:
    """Put the shape among the document's components; the reference to it."""
    found = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name)  # type: ignore[no-untyped-call]
    registry.register_on_missing(found)
    return {"$ref": f"{PLACE}{name}"}


def _object(properties: Schema, *required: str) -> Schema:
    names = [name for words in required for name in words.split()]
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


def _comparison(names: list[str], takes: str) -> Schema:
    operators = sorted(name for name, operator in OPERATORS.items() if operator.takes == takes)
    shape = {"field": _among(names), "operator": _among(operators)}
    if takes == "nothing":
        return _object(shape, "field operator")
    return _object({**shape, "value": VALUES[takes]}, "field operator value")


def _among(names: list[str]) -> Schema:
    return {"type": "string", "enum": names}


def _title(shape: ListShape) -> str:
    return shape.entity.model.__name__
