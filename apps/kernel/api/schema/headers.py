"""Headers of answers, as OpenAPI shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TEXT = {"type": "string"}
SECONDS = {"type": "integer", "minimum": 0}
ADDRESS = {"type": "string", "format": "uri-reference"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides about the headers of an operation's answers."""

    is_write: bool
    is_versioned: bool
    is_creation: bool


def _header(text: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"description": text, "schema": schema, "required": required}


TAG = _header('The version of the record, such as `"3"`.', {"type": "string", "pattern": '^"[0-9]+"$'})
ACTION = _header("The action that this was, for its undo.", {"type": "string", "format": "uuid"})
REPLAYED = _header("`true` on an answer that was given before to the same key.", {"type": "string", "enum": ["true"]})
MADE = _header("Where the new record is.", ADDRESS, required=True)
JOB = _header("Where the job is.", ADDRESS, required=True)
REFUSED = {
    "401": {"WWW-Authenticate": _header("How to sign in.", TEXT)},
    "429": {"Retry-After": _header("Seconds to wait.", SECONDS, required=True)},
    "503": {"Retry-After": _header("Seconds to wait.", SECONDS)},
}


def add_headers(responses: dict[str, Any], facts: Facts) -> None:
    """Name the headers of each answer."""
    for code, response in responses.items():
        found = _of_success(code, facts) if code.startswith("2") else REFUSED.get(code, {})
        if found:
            response["headers"] = {**response.get("headers", {}), **found}


def _of_success(code: str, facts: Facts) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if facts.is_versioned and code in {"200", "201"}:
        found["ETag"] = TAG
    if facts.is_write:
        found |= {"X-Action-Id": ACTION, "Idempotency-Replayed": REPLAYED}
    if code == "201" and facts.is_creation:
        found["Location"] = MADE
    if code == "202":
        found["Location"] = JOB
    return found
