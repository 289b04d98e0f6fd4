"""Every write operation of the document refuses what it must, with the right status, and never breaks."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest
from django.test import Client

from apps.entities.services import create_type
from apps.kernel.api.parsers import DEEPEST, LIMIT
from apps.kernel.api.schema.document import document
from apps.kernel.api.schema.examples import ID, operations
from apps.kernel.tenancy.scope import using_scope
from tests.directory.callers import PROBLEM, client_of, member
from tests.support.scopes import House

pytestmark = pytest.mark.generated

JSON = "application/json"
TYPE = "car"  # of the records that the tenant has made a type for
METHODS = ("get", "post", "put", "patch", "delete")
UNREADABLE = {
    "broken": b'{"name": ',
    "empty key": b"{,}",
    "deep": b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1),
    "very deep": b"[" * 10_000,
    "huge number": b'{"name": 1e999999}',
    "tiny number": b'{"name": 1e-999999}',
    "long number": b'{"name": ' + b"9" * 5000 + b"}",
    "nan": b'{"name": NaN}',
    "infinity": b'{"name": -Infinity}',
    "nul": b'{"name": "a\\u0000b"}',
    "nul key": b'{"a\\u0000b": 1}',
    "half a character": b'{"name": "\\ud800"}',
    "key twice": b'{"name": "a", "name": "b"}',
    "no utf-8": b'{"name": "\xff"}',
    "utf-16": '{"name": "a"}'.encode("utf-16"),
    "two values": b"{} {}",
}
NO_OBJECT = ("[]", '"text"', "3", "null", "true")
NO_OBJECT_DETAIL = "The body cannot be read: it is no JSON object."
WRONG: dict[str, Any] = {
    "string": {"a": 1},
    "integer": "2",
    "number": [],
    "boolean": 1,
    "array": "x",
    "object": 3,
}


@cache
def drawn() -> dict[str, Any]:
    return document("en")


def address(path: str) -> str:
    path = path.replace("{type_key}", TYPE)
    return re.sub(r"\{\w+\}", ID, path)


def writes(*, with_body: bool = True) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation of every write; with a body, of those that take one."""
    found = [(method, path, item) for path, method, item in operations(drawn()) if method != "get"]
    return [item for item in found if JSON in item[2].get("requestBody", {}).get("content", {})] if with_body else found


def media(operation: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = operation["requestBody"]["content"][JSON]
    return found


def fields(schema: dict[str, Any]) -> dict[str, Any]:
    """Properties of a body's shape, of choices the first's."""
    if "$ref" in schema:
        return fields(drawn()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for word in ("anyOf", "allOf"):
        if word in schema:
            return fields(schema[word][0])
    found: dict[str, Any] = schema.get("properties", {})
    return found


def only_kind(shape: dict[str, Any]) -> str:
    """The one type of a field beside null; empty for several."""
    kinds = shape.get("type", [])
    named = [kinds] if isinstance(kinds, str) else [kind for kind in kinds if kind != "null"]
    return named[0] if len(named) == 1 else ""


@pytest.fixture
def alice(house: House) -> Client:
    with using_scope(house.scope()):
        create_type(key=TYPE, label="Car")
    client = client_of(member(house, name="Alice", is_super_admin=True), organization=house.north)
    client.raise_request_exception = False
    return client


def answers(alice: Client, method: str, path: str, body: bytes | str, **more: Any) -> tuple[int, str]:
    answer = alice.generic(method.upper(), address(path), body, **{"content_type": JSON, **more})
    return answer.status_code, answer.headers.get("Content-Type", "")


@pytest.mark.parametrize("name", sorted(UNREADABLE))
def test_a_body_that_cannot_be_read_is_refused(alice: Client, name: str) -> None:
    found = {(method, path): answers(alice, method, path, UNREADABLE[name]) for method, path, _item in writes()}
    assert {call: said for call, said in found.items() if said != (400, PROBLEM)} == {}
    assert len(found) >= 40


@pytest.mark.parametrize("body", NO_OBJECT)
def test_a_body_that_is_no_object_is_refused(alice: Client, body: str) -> None:
    for method, path, _item in writes():
        answer = alice.generic(method.upper(), address(path), body, content_type=JSON)
        assert (answer.status_code, answer.json()["detail"]) == (400, NO_OBJECT_DETAIL), (method, path, answer.content)


def test_an_unknown_field_is_refused_and_named(alice: Client) -> None:
    for method, path, item in writes():
        example = media(item)["examples"]["ordinary"]["value"]
        body = json.dumps({**example, "surprise": 1})
        answer = alice.generic(method.upper(), address(path), body, content_type=JSON)
        named = {error["field"] for error in answer.json()["errors"]}
        assert (answer.status_code, "surprise" in named) == (400, True), (method, path, answer.content)


def test_a_value_of_a_wrong_type_is_refused_on_its_field(alice: Client) -> None:
    tried = 0
    for method, path, item in writes():
        example = media(item)["examples"]["ordinary"]["value"]
        for name, shape in fields(media(item)["schema"]).items():
            if (kind := only_kind(shape)) in WRONG:
                body = json.dumps({**example, name: WRONG[kind]})
                answer = alice.generic(method.upper(), address(path), body, content_type=JSON)
                named = {error["field"].partition(".")[0] for error in answer.json()["errors"]}
                assert (answer.status_code, name in named) == (400, True), (method, path, name, answer.content)
                tried += 1
    assert tried >= 60


def test_a_body_that_is_too_large_is_refused(alice: Client) -> None:
    body = b'{"name": "' + b"a" * LIMIT + b'"}'
    found = {(method, path): answers(alice, method, path, body)[0] for method, path, _item in writes()}
    assert set(found.values()) == {413}


@pytest.mark.parametrize("kind", ["text/xml", "multipart/form-data; boundary=x", "text/plain", "application/x-yaml"])
def test_a_body_of_another_type_is_refused(alice: Client, kind: str) -> None:
    found = {(m, path): answers(alice, m, path, b"<a/>", content_type=kind)[0] for m, path, _item in writes()}
    assert {call: status for call, status in found.items() if status != 415} == {}


def test_a_form_that_cannot_be_given_is_refused(alice: Client) -> None:
    found = {
        (method, path): answers(alice, method, path, b"{}", headers={"Accept": "image/png"})[0]
        for method, path, _item in writes(with_body=False)
    }
    assert {call: status for call, status in found.items() if status != 406} == {}


def test_a_method_that_is_not_there_is_refused_with_those_that_are(alice: Client) -> None:
    for path, item in drawn()["paths"].items():
        for method in set(METHODS) - set(item):
            answer = alice.generic(method.upper(), address(path), b"{}", content_type=JSON)
            allowed = {name.strip().lower() for name in answer.headers.get("Allow", "").split(",")}
            assert (answer.status_code, allowed >= set(item) & set(METHODS)) == (405, True), (method, path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Organization-Id", ID),
        ("X-Organization-Id", "x"),
        ("X-Organization-Id", "\x7f"),
        ("X-Organization-Id", "' OR 1"),
    ],
)
def test_a_selection_that_cannot_be_used_is_refused(alice: Client, name: str, value: str) -> None:
    found = {
        (method, path): answers(alice, method, path, b"{}", headers={name: value})[0]
        for method, path, item in writes(with_body=False)
        if item["security"] != [{}]
    }
    assert {call: status for call, status in found.items() if status != 422} == {}


@pytest.mark.parametrize("value", ["3", '"x"', '"1", "2"', 'W/"1"', '""'])
def test_a_version_that_is_none_is_refused(alice: Client, value: str) -> None:
    found = {}
    for method, path, item in writes(with_body=False):
        if any(parameter["name"] == "If-Match" for parameter in item.get("parameters", ())):
            value_of = item.get("requestBody", {}).get("content", {}).get(JSON, {}).get("examples", {})
            body = json.dumps(value_of.get("ordinary", {}).get("value", {}))
            found[method, path] = answers(alice, method, path, body, headers={"If-Match": value})[0]
    assert {call: status for call, status in found.items() if status != 400} == {}
    assert len(found) >= 10


@pytest.mark.parametrize("value", ["", "x" * 256, "a\x7fb"])
def test_a_key_that_is_none_is_refused_where_keys_are_read(alice: Client, value: str) -> None:
    answer = alice.post(
        "/api/currencies/currencies/", {"code": "EUR"}, content_type=JSON, headers={"Idempotency-Key": value}
    )
    assert answer.status_code == 400, answer.content
