"""Shapes of bodies and answers beyond what serializers say: pages, parts of records, closed bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from rest_framework import serializers

from apps.kernel.api.added import body_shapes
from apps.kernel.api.customs import CUSTOM
from apps.kernel.api.exporting.formats import FORMATS
from apps.kernel.api.reading.reader import ListShape
from apps.kernel.api.schema.orders import PLACE, component
from apps.kernel.api.serializers import StrictModelSerializer, StrictSerializer
from apps.kernel.extensions.enrichers import META, shapes
from apps.kernel.registry.entities import Entity
from apps.kernel.translating.overlays import LOCALE, TRANSLATED

LINK = {"type": ["string", "null"], "format": "uri"}
FILE = {"schema": {"type": "string", "format": "binary"}}
FILES = {item.media_type.partition(";")[0]: FILE for item in FORMATS.values() if item.id != "json"}
# A letter that is not cut off from the ends of a text, in words that every reader of patterns takes alike: `\S` is not.
LETTER = r"[^\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
OBJECT: dict[str, Any] = {"type": "object", "description": "Added by an extension, for whoever may see it."}
LEFT_OUT: dict[str, Any] = {
    "type": "object",
    "description": "Only there when extensions failed or took too long: which, and why.",
    "properties": {
        "left_out": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "enricher": {"type": "string"},
                    "reason": {"type": "string", "enum": ["failed", "timed_out"]},
                },
                "required": ["enricher", "reason"],
            },
        }
    },
    "required": ["left_out"],
}
MOVED: dict[str, Any] = {
    "type": "object",
    "description": "Another record has taken this one's place; `Location` is its address.",
    "properties": {"merged_into_id": {"type": "string", "format": "uuid"}},
    "required": ["merged_into_id"],
}
ACCEPTED: dict[str, Any] = {
    "type": "object",
    "description": "The work goes on behind the answer.",
    "properties": {
        "progress_job_id": {"type": "string", "format": "uuid"},
        "progress": {"type": "string", "format": "uri-reference"},
    },
    "required": ["progress_job_id", "progress"],
}
BULK_DONE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "action": {"type": "string"},
        "count": {"type": "integer", "minimum": 0},
        "dry_run": {"type": "boolean"},
    },
    "required": ["action", "count", "dry_run"],
}


def add_extras(registry: ComponentRegistry, answers: dict[str, Any], entity: Entity) -> None:
    """Give records in the answers the fields that enrichers may add, and the one that says what was left out."""
    extras: dict[str, Any] = {name: {**OBJECT, **shape} for name, shape in shapes(entity).items()}
    for answer in answers.values():
        for media in answer.get("content", {}).values() if extras else ():
            name = str(media["schema"].get("$ref", "")).removeprefix(PLACE)
            if name:
                known = registry[name, ResolvedComponent.SCHEMA].schema
                if "id" in known.get("properties", {}):
                    known["properties"] |= extras | {META: LEFT_OUT}


def or_nothing(shape: dict[str, Any]) -> dict[str, Any]:
    """The shape, or null."""
    return {"anyOf": [shape, {"type": "null"}]}


def page(registry: ComponentRegistry, record: dict[str, Any]) -> dict[str, Any]:
    """A page of records."""
    schema = {
        "type": "object",
        "properties": {
            "count": {"type": ["integer", "null"], "minimum": 0},
            "count_capped": {"type": "boolean"},
            "next": LINK,
            "previous": LINK,
            "results": {"type": "array", "items": record},
            META: LEFT_OUT,
        },
        "required": ["count", "next", "previous", "results"],
    }
    return component(registry, f"{_name(record)}Page", schema)


def part(
    registry: ComponentRegistry, record: dict[str, Any], shape: ListShape, beside: Mapping[str, Any]
) -> dict[str, Any]:
    """A record of which only the fields that were asked for are there, with what was expanded and stands beside it."""
    whole = registry[_name(record), ResolvedComponent.SCHEMA].schema
    expanded: dict[str, dict[str, Any]] = {
        name: {"type": "array", "items": {"type": "object"}} if item.is_children else {"type": ["object", "null"]}
        for name, item in shape.expansions.items()
    }
    if shape.is_translated:
        expanded |= {LOCALE: {"type": "string"}, TRANSLATED: {"type": "object"}}
    text = f"{whole.get('description', '')} Without `fields` all are there; `expand` adds records.".strip()
    schema = {"type": "object", "description": text, "properties": {**whole["properties"], **expanded, **beside}}
    return component(registry, f"{_name(record)}Part", schema)


def _name(reference: dict[str, Any]) -> str:
    return str(reference["$ref"]).removeprefix(PLACE)


def closed(serializer: Any, schema: dict[str, Any]) -> dict[str, Any]:
    """A body that takes the named fields and no other; custom fields also under `cf_<key>`."""
    if not isinstance(serializer, StrictSerializer):
        return schema
    if CUSTOM in schema.get("properties", {}):
        schema["patternProperties"] = {"^cf[_:]": {}}
    if isinstance(serializer, StrictModelSerializer):
        added = body_shapes(str(getattr(serializer.Meta.model, "entity_id", "")))
        schema["properties"] = {**schema.get("properties", {}), **added}
    return {**schema, "additionalProperties": False}


def exact(field: Any, schema: Any, *, is_request: bool) -> Any:
    """The field's shape as strict as the field is."""
    if not isinstance(schema, dict):
        return schema
    if isinstance(field, serializers.DecimalField) and schema.get("format") == "decimal":
        return _decimal(field, schema, is_request=is_request)
    if _has_empty_places(field):
        schema = {**schema, "items": or_nothing(schema["items"])}
    if is_request and isinstance(field, serializers.ListField) and field.allow_empty is False:
        return {**schema, "minItems": max(1, schema.get("minItems", 1))}
    return _with_text(field, schema) if is_request and isinstance(field, serializers.CharField) else schema


def _has_empty_places(field: Any) -> bool:
    """Say whether the field is a list of records some of which may be null: the generator leaves that out."""
    child = getattr(field, "child", None)
    return isinstance(child, serializers.Serializer) and bool(child.allow_null)


def _with_text(field: serializers.CharField, schema: dict[str, Any]) -> dict[str, Any]:
    """Blanks are cut off before anything is looked at, so blanks alone are nothing."""
    has_form = "pattern" in schema or any(isinstance(item, RegexValidator) for item in field.validators)
    if field.allow_blank or not field.trim_whitespace or has_form:
        return schema
    least = field.min_length or 1
    return {**schema, "pattern": LETTER if least == 1 else rf"{LETTER}[\s\S]{{{least - 2},}}{LETTER}"}


def _decimal(field: Any, schema: dict[str, Any], *, is_request: bool) -> dict[str, Any]:
    """Text with so many digits; bodies may hold a number as well."""
    whole, least = field.max_whole_digits or 0, field.min_value
    sign = "-?" if least is None or least < 0 else "" if least == 0 else "(?=.*[1-9])"
    digits = rf"(0|[1-9]\d{{0,{whole - 1}}})" if whole else "0"
    places = rf"(\.\d{{1,{field.decimal_places}}})?" if field.decimal_places else ""
    text = {**schema, "pattern": f"^{sign}{digits}{places}$"} if field.max_whole_digits is not None else schema
    if not is_request:
        return text
    kinds = text["type"] if isinstance(text["type"], list) else [text["type"]]
    return {**text, "type": [*kinds, "number"], **({} if least is None else {"minimum": float(least)})}
