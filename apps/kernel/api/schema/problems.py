"""How refusals look in the OpenAPI document, and which of them an operation may give."""

from __future__ import annotations

from typing import Any

PROBLEM = "application/problem+json"
COMPONENT: dict[str, Any] = {
    "type": "object",
    "description": "A refusal (RFC 9457). `code` is stable; `errors` names every field that is wrong.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "examples": ["kernel.invalid"]},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
                "required": ["field", "code", "message"],
            },
        },
    },
    "required": ["type", "title", "status", "code", "detail", "errors"],
    "additionalProperties": True,
}
MEANINGS = {
    400: "Something in the request is not valid; `errors` says what.",
    401: "Nobody is signed in, or the credential is not good.",
    403: "The actor lacks a feature, or may not do this.",
    404: "There is no such record in sight.",
    406: "The answer cannot be given in the form asked for.",
    409: "The state of the data does not allow this now.",
    412: "The record is at another version than `If-Match` says.",
    413: "The body is larger than 10 MB.",
    415: "The body is of a type that nobody reads here.",
    422: "Well-formed, but cannot be used here: the selected organization, for example.",
    429: "Too many requests; `Retry-After` says how long to wait.",
    503: "A part of the platform does not answer; try again later.",
}
DONE = {
    "200": "Done.",
    "201": "Made.",
    "202": "Accepted: a job works on it.",
    "204": "Done; there is nothing to say.",
    "302": "Sign in first.",
    "308": "Another record has taken this one's place.",
}
EVERYWHERE = (400, 406, 422, 429, 503)
WRITES = (409, 413, 415)


def statuses(*, is_public: bool, is_write: bool, is_detail: bool, is_versioned: bool) -> tuple[int, ...]:
    """Refusals that an operation may give."""
    found = [*EVERYWHERE, 401, 403]
    if is_public and not is_write:
        found.remove(401)
    found += WRITES if is_write else ()
    found += (404,) if is_detail else ()
    found += (412,) if is_write and is_versioned else ()
    return tuple(sorted(found))


def responses(codes: tuple[int, ...]) -> dict[str, Any]:
    """The refusals as responses of an operation."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {str(code): {"description": MEANINGS[code], "content": {PROBLEM: {"schema": schema}}} for code in codes}
