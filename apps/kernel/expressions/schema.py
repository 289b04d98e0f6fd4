"""The JSON Schema of a condition, built from the same tables that the parser reads."""

from __future__ import annotations

from typing import Any, Final

from apps.kernel.expressions.functions import FUNCTIONS, Function
from apps.kernel.expressions.operators import OPERATORS, Takes
from apps.kernel.expressions.parser import LIMITS, Limits
from apps.kernel.expressions.paths import MAX_PATH, PATH_PATTERN
from apps.kernel.expressions.patterns import MAX_PATTERN

JsonSchema = dict[str, Any]

_CONDITION: Final[JsonSchema] = {"$ref": "#/$defs/condition"}
_OPERAND: Final[JsonSchema] = {"$ref": "#/$defs/operand"}
_PATH: Final[JsonSchema] = {"$ref": "#/$defs/path"}
_VALUES: Final[dict[Takes, JsonSchema]] = {
    "one": _OPERAND,
    "ordered": {"anyOf": [{"type": ["string", "number"]}, {"$ref": "#/$defs/function"}]},
    "text": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/function"}]},
    "list": {"type": "array", "items": _OPERAND},
    "pair": {"type": "array", "items": _OPERAND, "minItems": 2, "maxItems": 2},
    "pattern": {"type": "string", "maxLength": MAX_PATTERN},
}


def json_schema(limits: Limits = LIMITS) -> JsonSchema:
    """Return the schema (draft 2020-12). It knows shapes; nesting, size and kinds are left to `parse`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Condition",
        "anyOf": [{"type": "null"}, {"type": "object", "maxProperties": 0}, _CONDITION],
        "$defs": {
            "path": {"type": "string", "pattern": f"^{PATH_PATTERN}$", "maxLength": MAX_PATH},
            "condition": {"oneOf": [*_groups(limits), *_comparisons()]},
            "function": {"oneOf": [_field_operand(), _count(), *_functions()]},
            "operand": _operand(),
        },
    }


def _object(properties: JsonSchema, required: list[str], **more: Any) -> JsonSchema:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        **more,
    }


def _groups(limits: Limits) -> list[JsonSchema]:
    conditions = {"type": "array", "items": _CONDITION, "maxItems": limits.group}
    return [
        _object({"and": conditions}, ["and"]),
        _object({"or": {**conditions, "minItems": 1}}, ["or"]),
        _object({"not": _CONDITION}, ["not"]),
        _object({"any": _elements(required=["list", "where"])}, ["any"]),
        _object({"all": _elements(required=["list", "where"])}, ["all"]),
    ]


def _comparisons() -> list[JsonSchema]:
    return [_comparison(takes) for takes in ("nothing", *_VALUES)]


def _comparison(takes: Takes) -> JsonSchema:
    names = [name for name, operator in OPERATORS.items() if operator.takes == takes]
    properties: JsonSchema = {
        "field": {"anyOf": [_PATH, {"$ref": "#/$defs/function"}]},
        "operator": {"enum": names},
    }
    if takes == "nothing":
        return _object(properties, ["field", "operator"])
    properties["value"] = _VALUES[takes]
    if takes == "pattern":
        return _object(properties, ["field", "operator", "value"])
    properties["value_field"] = _PATH
    either = [{"required": ["value"]}, {"required": ["value_field"]}]
    return _object(properties, ["field", "operator"], oneOf=either)


def _elements(*, required: list[str]) -> JsonSchema:
    name = {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_-]{0,49}$", "default": "item"}
    return _object({"list": _PATH, "as": name, "where": _CONDITION}, required)


def _operand() -> JsonSchema:
    scalar = {"type": ["string", "number", "boolean", "null"]}
    return {"anyOf": [scalar, {"type": "array", "items": _OPERAND}, {"$ref": "#/$defs/function"}]}


def _field_operand() -> JsonSchema:
    return _object({"field": _PATH}, ["field"])


def _count() -> JsonSchema:
    return _object({"count": _elements(required=["list"])}, ["count"])


def _functions() -> list[JsonSchema]:
    return [_function(name, function) for name, function in FUNCTIONS.items()]


def _function(name: str, function: Function) -> JsonSchema:
    arguments = {
        "type": "array",
        "items": _OPERAND,
        "minItems": function.fewest,
        "maxItems": function.most,
    }
    return _object({name: arguments}, [name], description=function.summary)
