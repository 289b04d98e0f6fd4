"""Ids and log lines of requests: one story from the caller's header to the history, and nothing private on the way."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from apps.kernel.commands.models import Action
from apps.kernel.ids import uuid7
from apps.kernel.logs import MaskingFilter, line_formatter
from apps.kernel.web.requests import RequestFilter, RequestMiddleware
from tests.auth.factories import make_role, make_user, reading_in
from tests.support.scopes import House
from tests.support.sign_in import signed_in

LIST = "/api/currencies/currencies/"
HERE = {"host": "localhost"}
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What the house's handler writes, read back."""
    root, stream = logging.getLogger(), StringIO()
    handler, level = logging.StreamHandler(stream), root.level
    handler.addFilter(MaskingFilter())
    handler.addFilter(RequestFilter())
    handler.setFormatter(line_formatter(as_json=True))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def access(lines: Lines) -> list[dict[str, Any]]:
    return [line for line in lines() if line["logger"] == "agora.access"]


def manager(house: House) -> Client:
    user = make_user(house, name="Alice Secretname", roles=(make_role(house, "*"),), home_organization_id=house.root.pk)
    return signed_in(user)


def test_a_request_without_an_id_gets_one_of_its_own(database: None) -> None:
    first, second = (Client(headers=HERE).get(LIST)["X-Request-Id"] for _ in range(2))
    assert UUID(first) != UUID(second)


@pytest.mark.parametrize("given", ["trace-1f.2_B", "a" * 64, "01a20514-7ef4-7685-b433-c95b5d9f7c15"])
def test_a_sane_id_is_kept(database: None, given: str) -> None:
    assert Client(headers={**HERE, "x-request-id": given}).get(LIST)["X-Request-Id"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "a" * 65, "with space 1", "<script>alert(1)", "line\nbreak1", "-dash-first", "zażółćzażółć"]
)
def test_an_odd_id_is_replaced(database: None, given: str) -> None:
    answer = Client(headers={**HERE, "x-request-id": given}).get(LIST)
    assert UUID(answer["X-Request-Id"])


def test_the_history_knows_the_request(house: House) -> None:
    request_id = str(uuid7())
    body = {"code": "EUR", "name": "Euro"}
    answer = manager(house).post(LIST, body, content_type="application/json", headers={"x-request-id": request_id})
    assert answer.status_code == 201, answer.content
    with reading_in(house):
        assert str(Action.objects.get(pk=answer["X-Action-Id"]).correlation_id) == request_id


def test_a_correlation_of_the_callers_own_goes_before(house: House, lines: Lines) -> None:
    correlation = str(uuid7())
    manager(house).get(LIST, headers={"x-request-id": str(uuid7()), "x-correlation-id": correlation})
    assert access(lines)[-1]["correlation_id"] == correlation


def test_a_line_says_who_did_what_where_and_how_long(house: House, lines: Lines) -> None:
    client = manager(house)
    answer = client.get(LIST, {"q": "hidden-query"}, headers={"x-request-id": "request-1"})
    line = access(lines)[-1]
    assert (answer.status_code, line.pop("ms") > 0) == (200, True)
    assert UUID(line.pop("correlation_id"))
    assert UUID(line.pop("actor_id"))
    del line["timestamp"]
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "agora.access",
        "request_id": "request-1",
        "method": "GET",
        "route": LIST,
        "status": 200,
        "actor_kind": "staff",
        "tenant_id": str(house.tenant.pk),
    }


def test_no_line_shows_a_query_a_body_an_address_or_a_name(house: House, lines: Lines) -> None:
    client, key = manager(house), uuid7()
    for path in (f"{LIST}{key}/?q=hidden-query", "/nowhere/?q=hidden-query"):
        client.get(path)
    client.post(LIST, {"code": "hidden-body"}, content_type="application/json", REMOTE_ADDR="203.0.113.9")
    text = json.dumps(lines())
    assert len(access(lines)) == 3
    assert [
        word for word in ("hidden-query", "hidden-body", str(key), "203.0.113.9", "Secretname") if word in text
    ] == []


def test_everything_that_is_logged_meanwhile_carries_the_id(lines: Lines) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        logging.getLogger("somebody").warning("in the midst", extra={"request": request})
        return HttpResponse()

    RequestMiddleware(view)(RequestFactory().get("/", {"q": "hidden-query"}, headers={"x-request-id": "request-2"}))
    logging.getLogger("somebody").warning("afterwards")
    midst, line, after = lines()
    assert (midst["event"], midst["request_id"], line["request_id"]) == ("in the midst", "request-2", "request-2")
    assert "request_id" not in after
    assert "hidden-query" not in json.dumps([midst, line])


def test_a_fault_is_a_warning_and_a_refusal_is_none(lines: Lines) -> None:
    for status in (403, 500):
        RequestMiddleware(lambda request, status=status: HttpResponse(status=status))(RequestFactory().get("/"))  # type: ignore[misc]
    assert [(line["status"], line["level"]) for line in access(lines)] == [(403, "info"), (500, "warning")]


def test_static_files_have_no_line(lines: Lines, settings: LazySettings) -> None:
    answer = Client(headers=HERE).get(f"{settings.STATIC_URL}web/page.css")
    assert (answer.status_code, access(lines)) == (200, [])
