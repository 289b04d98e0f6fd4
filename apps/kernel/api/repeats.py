"""`Idempotency-Key`: a caller who did not hear the answer may send the same request again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_202_ACCEPTED

from apps.kernel.commands.idempotency import Answer, IdempotencyKey, request_digest

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
ACTION = "X-Action-Id"
RAW_BODY = "agora_body"


def idempotency_of(request: Request, answer_of: Callable[[Any], Answer]) -> IdempotencyKey | None:
    """The request's key for the executor; None without the header. The body has been parsed by now."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    raw = request._request
    body: bytes = getattr(raw, RAW_BODY, b"")
    return IdempotencyKey(key, request_digest(str(raw.method), raw.get_full_path(), body), answer_of)


def replay(answer: Answer) -> Response:
    """The stored answer with the headers that it had, marked as one that was given before."""
    response = response_of(answer)
    response[REPLAYED] = "true"
    if answer.action_id is not None:
        response[ACTION] = str(answer.action_id)
    return response


def response_of(answer: Answer) -> Response:
    """The answer with the headers that follow from it: the version of a record, the address of a long job."""
    response = Response(answer.record, status=answer.status)
    if isinstance(answer.record, dict) and "version" in answer.record:
        response["ETag"] = f'"{answer.record["version"]}"'
    if answer.status == HTTP_202_ACCEPTED:
        response["Location"] = answer.record["progress"]
    return response
