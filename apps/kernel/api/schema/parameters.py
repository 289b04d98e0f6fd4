"""Parameters of lists and headers of requests, as OpenAPI shows them; made from the same shape that reads them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from apps.kernel.api.exporting.formats import FORMATS
from apps.kernel.api.filters import AmountFilter, ClaimFilter, FewFilter, MomentFilter, WholeFilter
from apps.kernel.api.reading.pages import LARGEST_PAGE, LAST_PAGE, PAGE_SIZE, Counting
from apps.kernel.api.reading.reader import ListShape
from apps.kernel.extensions.interceptors import INTERCEPTORS

UUID_TEXT = {"type": "string", "format": "uuid"}
ORGANIZATION = {"anyOf": [UUID_TEXT, {"type": "string", "enum": ["all", ""]}]}
INK = "[!-~\u00a1-\u00ac\u00ae-\u00ff]"  # printable, as far as headers carry letters
PRINTED = "^[!-~]([ -~]{0,198}[!-~])?$"  # servers lose other letters on the way
VERSION = {"anyOf": [{"type": "string", "enum": ["*"]}, {"type": "string", "pattern": '^"[0-9]{1,9}"$'}]}


def _parameter(name: str, schema: dict[str, Any], text: str, *, place: str = "query") -> dict[str, Any]:
    return {"name": name, "in": place, "required": False, "description": text, "schema": schema}


SHOWN = frozenset({"fields", "expand"})


def _names(name: str, known: Iterable[str], text: str) -> dict[str, Any]:
    """A comma-separated list of known names."""
    items = sorted(known)
    return _several(name, {"type": "string", **({"enum": items} if items else {})}, text)


def _several(name: str, item: dict[str, Any], text: str) -> dict[str, Any]:
    """Values parted by commas; what is only to be shown may be named twice."""
    schema: dict[str, Any] = {"type": "array", "items": item, "minItems": 1}
    if name not in SHOWN:
        schema |= {"maxItems": 200, "uniqueItems": True}
    return {**_parameter(name, schema, text), "style": "form", "explode": False}


def list_parameters(shape: ListShape, condition: dict[str, Any], *, has_files: bool) -> list[dict[str, Any]]:
    """Every parameter that the list reads."""
    ways = [way for name in shape.sortable for way in (name, f"-{name}")]
    found = [
        _parameter("page", {"type": "integer", "minimum": 1, "maximum": LAST_PAGE}, "Number of the page, from 1."),
        _parameter(
            "page_size",
            {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE},
            "Records on a page.",
        ),
        _parameter("count", {"type": "string", "enum": list(Counting)}, "How exactly the records are counted."),
        _parameter("cursor", {"type": "string"}, "Empty for the first page; then what `next` says. Not with `page`."),
        _names("ordering", ways, "Sort keys; a minus in front descends. The last key is always the id."),
        _names("fields", (*shape.readable, *shape.extras), "Fields to show."),
        _several("ids", UUID_TEXT, "These records."),
        _condition(condition),
    ]
    if shape.expansions:
        found.append(_names("expand", shape.expansions, "Records to show in full beside the record."))
    found += _locale(shape)
    if has_files:
        text = "All records as a file, without pages."
        found.append(_parameter("format", {"type": "string", "enum": list(FORMATS)}, text))
    if shape.entity.search and "q" not in shape.filters.base_filters:
        found.append(_parameter("q", {"type": "string", "minLength": 1}, "Words to search for."))
    return found + [_filter(name, item) for name, item in shape.filters.base_filters.items()]


def _condition(schema: dict[str, Any]) -> dict[str, Any]:
    text = "A condition as JSON: groups of comparisons, at most three deep."
    found = _parameter("filter", {}, text)
    del found["schema"]
    return {**found, "content": {"application/json": {"schema": schema}}}


def record_parameters(shape: ListShape) -> list[dict[str, Any]]:
    """What a detail reads."""
    found = [_names("fields", (*shape.readable, *shape.extras), "Fields to show.")]
    if shape.expansions:
        found.append(_names("expand", shape.expansions, "Records to show in full beside the record."))
    return found + _locale(shape)


def _locale(shape: ListShape) -> list[dict[str, Any]]:
    """The language of translated texts, where there are some."""
    if not shape.is_translated:
        return []
    schema = {"type": "string", "pattern": "^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?$"}
    return [_parameter("locale", schema, "Language of translated texts; records then say what was translated.")]


def _filter(name: str, item: Any) -> dict[str, Any]:
    text = f"Condition on `{item.field_name}`." if item.field_name else "Condition."
    value = _value(item)
    if isinstance(item, FewFilter):
        return _several(name, value, text)
    return _parameter(name, value, text)


def _value(item: Any) -> dict[str, Any]:
    if isinstance(item, ClaimFilter):
        return {"type": "boolean"}
    if choices := item.extra.get("choices"):
        return {"type": "string", "enum": [value for value, _label in _flat(choices)]}
    kinds: tuple[tuple[Any, dict[str, Any]], ...] = (
        (WholeFilter, {"type": "integer"}),
        (AmountFilter, {"type": "number"}),
        (MomentFilter, {"type": "string", "format": "date-time"}),
    )
    found = next((schema for kind, schema in kinds if isinstance(item, kind)), None)
    by_name = {"UUIDFilter": UUID_TEXT, "FewIds": UUID_TEXT, "DateFilter": {"type": "string", "format": "date"}}
    few = isinstance(item, FewFilter)
    text: dict[str, Any] = {"type": "string", "pattern": r"^[^,\u0000]+$" if few else r"^[^\u0000]+$"}
    return found or by_name.get(type(item).__name__, text)


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    return list(choices() if callable(choices) else choices)


def header_parameters(*, is_write: bool, is_versioned: bool, is_public: bool) -> list[dict[str, Any]]:
    """Headers that steer the request."""
    found = []
    if not is_public:
        text = (
            "The organization to work in, with what lies below it; `all` for everything in sight, empty for one's own."
        )
        found.append(_parameter("X-Organization-Id", ORGANIZATION, text, place="header"))
    if is_write:
        text = "Send the same request again with the same key, and it has one effect."
        key = {"type": "string", "pattern": f"^{INK}([ ]|{INK}){{0,254}}$"}
        found.append(_parameter("Idempotency-Key", key, text, place="header"))
    if is_write and is_versioned:
        text = 'The version that you saw, such as `"3"`, or `*`; without it nothing is compared.'
        found.append(_parameter("If-Match", VERSION, text, place="header"))
    return found


def interceptor_headers(entity: str, method: str, path: str) -> list[dict[str, Any]]:
    """Headers that interceptors of such requests read."""
    found = [item for item in INTERCEPTORS.in_force() if item.concerns(method=method, path=path, entity=entity)]
    named = {name: text for item in found for name, text in item.headers.items()}
    return [
        _parameter(name, {"type": "string", "pattern": PRINTED}, text, place="header") for name, text in named.items()
    ]


def is_versioned(model: type[models.Model]) -> bool:
    """Say whether records of the model carry a version."""
    return any(field.name == "version" for field in model._meta.local_concrete_fields)
