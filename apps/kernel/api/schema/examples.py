"""An example for each operation: bodies made from their shapes, and the call as one line for a shell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

JSON = "application/json"
PLACE = "#/components/schemas/"
DEEPEST = 8
ID = "0198c2f4-7a10-7c3e-9d55-2f6d1f0c9a11"
FORMATS: dict[str, Any] = {
    "uuid": ID,
    "date-time": "2026-03-29T10:15:00Z",
    "date": "2026-03-29",
    "decimal": "19.90",
    "email": "ada@example.org",
    "uri": "https://example.org/",
    "uri-reference": f"/api/progress/jobs/{ID}/",
}
KINDS: dict[str, Any] = {"boolean": True, "integer": 2, "number": 19.9, "null": None}
# What fields of these names usually hold, tried before any other text.
NAMED = {
    "name": "Example",
    "code": "EUR",
    "from_code": "EUR",
    "to_code": "PLN",
    "rate": "4.25",
    "sources": "ECB,NBP",
    "symbol": "€",
    "slug": "example",
    "email": "ada@example.org",
    "locale": "en",
    "time_zone": "Europe/Warsaw",
    "fetch_at": "17:00",
    "base_currency": "EUR",
    "action": "update",
    "addresses": "192.0.2.0/24",
    "features": "currencies.view",
    "entity": "currencies.currency",
    "feature": "currencies.view",
    "color": "#0A7F5A",
    "country": "GB",
    "country_of_origin": "GB",
    "un_number": "UN1950",
    "gtu_codes": "GTU_01",
    "domain": "example.org",
    "icon": "star",
    "password": "correct horse battery staple",
}
PARAMETER = re.compile(r"\{\w+\}")
TEXTS = ("Example", "example", "EUR", "2", '"3"', "all", "2026")
METHODS = ("get", "post", "put", "patch", "delete")
BEARER = ' -H "Authorization: Bearer $TOKEN"'


def add_examples(document: dict[str, Any]) -> None:
    """Give every operation its call, and every JSON body of a request or a success an example."""
    schemas = document["components"]["schemas"]
    for path, method, operation in operations(document):
        sent = operation.get("requestBody", {}).get("content", {})
        answers = [item for code, item in operation["responses"].items() if code.startswith("2")]
        for content in (sent, *(item.get("content", {}) for item in answers)):
            for media in content.values():
                if media["schema"].get("format") != "binary":
                    media["examples"] = {"ordinary": {"value": example_of(media["schema"], schemas)}}
        operation["x-codeSamples"] = [{"lang": "Shell", "source": _call(path, method, operation)}]


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation with its path and method."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def example_of(schema: Any, schemas: dict[str, Any], *, name: str = "", depth: int = 0) -> Any:
    """A value of the shape; of choices the first."""
    if not isinstance(schema, dict):
        return {}
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].removeprefix(PLACE)], schemas, name=name, depth=depth)
    for key in ("examples", "enum"):
        if key in schema:
            return schema[key][0]
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            return example_of(schema[key][0], schemas, name=name, depth=depth)
    return _of_kind(schema, schemas, name, depth)


def _of_kind(schema: dict[str, Any], schemas: dict[str, Any], name: str, depth: int) -> Any:
    kinds = schema.get("type", "object")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if kind == "object":
        fields = schema.get("properties", {})
        return {key: example_of(item, schemas, name=key, depth=depth + 1) for key, item in fields.items()}
    if kind == "array":
        return [] if depth > DEEPEST else [example_of(schema.get("items"), schemas, name=name, depth=depth + 1)]
    return _text(schema, name) if kind == "string" else _number(schema, KINDS[kind])


def _number(schema: dict[str, Any], value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    return max(schema.get("minimum", value), min(value, schema.get("maximum", value)))


def _text(schema: dict[str, Any], name: str) -> str:
    if schema.get("format") in FORMATS:
        return str(FORMATS[schema["format"]])
    texts = [text for text in (NAMED.get(name, ""), *TEXTS) if text]
    return next((text for text in texts if _fits(text, schema)), texts[0])


def _fits(text: str, schema: dict[str, Any]) -> bool:
    long_enough = schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text))
    return long_enough and re.search(schema.get("pattern", ""), text) is not None


def _call(path: str, method: str, operation: dict[str, Any]) -> str:
    options = "" if method == "get" else f"-X {method.upper()} "
    call = f'curl {options}"$AGORA{re.sub(PARAMETER, ID, path)}"{"" if {} in operation["security"] else BEARER}'
    body = operation.get("requestBody", {}).get("content", {}).get(JSON)
    if body is None:
        return call
    text = json.dumps(body["examples"]["ordinary"]["value"]).replace("'", "'\\''")
    return f"{call} -H 'Content-Type: {JSON}' -d '{text}'"
