"""The OpenAPI document: complete, valid, and in one voice with the guards."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import jsonschema_rs
import pytest
import yaml
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular import validation
from drf_spectacular.drainage import GENERATOR_STATS
from rest_framework.views import APIView

from apps.kernel.api.permissions import features_of, guard_of
from apps.kernel.api.schema.document import document
from apps.kernel.api.schema.examples import operations
from tests.directory.callers import PROBLEM, client_of, member
from tests.support.scopes import House

SCHEMA, DOCS = "/api/schema/", "/api/docs/"
METHODS = frozenset({"get", "post", "put", "patch", "delete"})
CURRENCIES = "/api/currencies/currencies/"


@pytest.fixture(scope="module")
def drawn() -> dict[str, Any]:
    return document("en")


def routes(patterns: list[Any], stem: str = "") -> Iterator[tuple[str, URLPattern]]:
    for item in patterns:
        if isinstance(item, URLResolver):
            yield from routes(item.url_patterns, stem + str(item.pattern))
        else:
            yield stem + str(item.pattern), item


def actions_of(route: URLPattern) -> dict[str, str]:
    """Method to action of a route's view; nothing for pages."""
    view: type[APIView] | None = getattr(route.callback, "cls", None)
    if view is None:
        return {}
    bound = getattr(route.callback, "actions", None) or {name: name for name in METHODS if hasattr(view, name)}
    return {method: action for method, action in bound.items() if method in METHODS}


def served() -> dict[tuple[str, str], tuple[type[APIView], str]]:
    """Address and method of everything under /api/ → view and action."""
    found = {}
    for address, route in routes(get_resolver().url_patterns):
        path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda name: "{" + name[1].replace("pk", "id") + "}", address)
        for method, action in actions_of(route).items():
            if path.startswith("/api/"):
                found[path, method] = (route.callback.cls, action)  # type: ignore[attr-defined]
    return found


def test_every_route_is_in_the_document_and_every_operation_has_a_route(drawn: dict[str, Any]) -> None:
    documented = {(path, method) for path, method, _operation in operations(drawn)}
    assert (documented - set(served()), set(served()) - documented) == (set(), set())
    assert len(documented) >= 76


def test_only_the_answer_of_unknown_addresses_has_no_operation() -> None:
    pages = [address for address, route in routes(get_resolver().url_patterns) if not hasattr(route.callback, "cls")]
    assert [address for address in pages if address.startswith("api/")] == ["api/"]


def test_the_document_is_valid_and_drawn_without_a_warning(drawn: dict[str, Any]) -> None:
    GENERATOR_STATS.reset()
    document.cache_clear()
    again = document("en")
    assert (dict(GENERATOR_STATS._warn_cache), dict(GENERATOR_STATS._error_cache)) == ({}, {})
    assert again == drawn
    assert again["openapi"] == "3.1.0"
    assert faults(again) == []


BREAKS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a path without its slash": lambda broken: broken["paths"].update(nowhere={}),
    "a parameter of no place": lambda broken: broken["paths"][CURRENCIES]["get"].update(parameters=[{"name": "x"}]),
    "an unknown part": lambda broken: broken["paths"][CURRENCIES]["get"].update(colour="red"),
    "an answer without words": lambda broken: broken["paths"][CURRENCIES]["get"]["responses"]["200"].pop("description"),
    "no title": lambda broken: broken["info"].pop("title"),
    "a text for a shape": lambda broken: broken["components"]["schemas"].update(CurrencyRequest="text"),
    "a door without a key": lambda broken: broken["components"]["securitySchemes"].update(door={"type": "http"}),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_document_is_told_from_a_valid_one(drawn: dict[str, Any], name: str) -> None:
    broken = json.loads(json.dumps(drawn))
    BREAKS[name](broken)
    assert faults(broken) != []


@cache
def specification() -> jsonschema_rs.Draft202012Validator:
    """What OpenAPI 3.1 demands, as drf-spectacular has it; read by Rust, since Python takes half a minute."""
    text = (Path(validation.__file__).parent / "openapi_3_1_schema.json").read_text()
    return jsonschema_rs.Draft202012Validator(json.loads(text))


def faults(found: dict[str, Any]) -> list[str]:
    """What is wrong with a document."""
    return [fault.message for fault in specification().iter_errors(found)]


def test_every_operation_names_the_features_that_its_guard_demands(drawn: dict[str, Any]) -> None:
    views = served()
    for path, method, operation in operations(drawn):
        view, action = views[path, method]
        features = features_of(view, action)
        assert operation["x-features"] == list(features), (path, method)
        assert all(f"`{feature}`" in operation["description"] for feature in features)
        assert (operation["security"] == [{}]) == bool(guard_of(view, "public", action)), (path, method)


def test_operation_ids_are_made_of_route_and_action_and_stand_once(drawn: dict[str, Any]) -> None:
    names = [operation["operationId"] for _path, _method, operation in operations(drawn)]
    assert len(set(names)) == len(names)
    assert drawn["paths"]["/api/currencies/currencies/"]["get"]["operationId"] == "currencies_currency_list"
    assert drawn["paths"]["/api/auth/session/"]["post"]["operationId"] == "auth_session_post"


def test_every_operation_has_refusals_and_an_example(drawn: dict[str, Any]) -> None:
    for path, method, operation in operations(drawn):
        refused = {code for code in operation["responses"] if code >= "400"}
        assert refused >= {"400", "403", "406", "429", "503"}, (path, method)
        assert ("404" in refused) or "{" not in path, path
        assert operation["x-codeSamples"][0]["source"].startswith("curl "), path
        assert any(code.startswith("2") for code in operation["responses"]), path


def test_examples_have_the_shape_that_they_are_examples_of(drawn: dict[str, Any]) -> None:
    checked = 0
    for path, method, operation in operations(drawn):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for media in [media for body in bodies for media in body.get("content", {}).values()]:
            for example in media.get("examples", {}).values():
                schema = {**media["schema"], "components": drawn["components"]}
                faults = jsonschema.Draft202012Validator(schema).iter_errors(example["value"])
                assert [fault.message for fault in faults] == [], (path, method)
                checked += 1
    assert checked >= 100


def test_bodies_take_the_named_fields_only(drawn: dict[str, Any]) -> None:
    shape = drawn["components"]["schemas"]["CurrencyRequest"]
    assert shape["additionalProperties"] is False
    assert (shape["required"], shape["properties"]["code"]["pattern"]) == (["code"], "^[A-Z]{3}$")
    assert not {"id", "version", "organization_id", "is_base"} & set(shape["properties"])


def test_answers_name_their_headers(drawn: dict[str, Any]) -> None:
    made = drawn["paths"]["/api/currencies/currencies/"]["post"]["responses"]
    assert {"ETag", "Location", "X-Action-Id", "Idempotency-Replayed"} == set(made["201"]["headers"])
    assert made["429"]["headers"]["Retry-After"]["required"]
    listed = drawn["paths"]["/api/currencies/currencies/"]["get"]["responses"]
    assert {"application/json", "text/csv"} < set(listed["200"]["content"])
    assert "Location" in listed["202"]["headers"]


@pytest.fixture
def bob(house: House) -> Client:
    return client_of(member(house, "currencies.view"), organization=house.north)


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("", "application/json", "application/json"),
        ("", "*/*", "application/json"),
        ("?format=json", "*/*", "application/json"),
        ("?format=yaml", "*/*", "application/yaml"),
        ("", "application/yaml", "application/yaml"),
        ("", "application/vnd.oai.openapi", "application/vnd.oai.openapi"),
        ("", "application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json"),
    ],
)
def test_the_document_comes_in_the_form_that_is_asked_for(bob: Client, query: str, accept: str, kind: str) -> None:
    answer = bob.get(SCHEMA + query, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, kind)
    found = answer.json() if "json" in kind else of_yaml(answer.content)
    assert found["info"]["title"] == "Agora"


@cache
def of_yaml(content: bytes) -> Any:
    """What stands in the bytes, which are the same under each name of the form."""
    return yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - it is safe


def test_other_forms_and_parameters_are_refused(bob: Client) -> None:
    assert bob.get(SCHEMA, headers={"Accept": "image/png"}).status_code == 406
    assert bob.get(f"{SCHEMA}?colour=red").status_code == 400


def test_the_page_runs_without_inline_code(bob: Client) -> None:
    answer = bob.get(DOCS, headers={"Accept": "text/html"})
    text = answer.content.decode()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=", text) == []
    assert "agora_csrf" in answer.cookies


def test_strangers_see_neither(database: None, client: Client) -> None:
    refused = client.get(SCHEMA)
    assert (refused.status_code, refused.headers["Content-Type"]) == (401, PROBLEM)
    assert client.get(DOCS, headers={"Accept": "application/json"}).status_code == 401


def test_browsers_of_strangers_are_led_to_the_log_in(database: None, client: Client) -> None:
    answer = client.get(DOCS, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/backend/login/?next=/api/docs/")


@pytest.mark.parametrize("address", [SCHEMA, DOCS])
def test_everybody_sees_them_where_the_setting_says_so(
    database: None, client: Client, settings: Any, address: str
) -> None:
    settings.API_DOCS_PUBLIC = True
    assert client.get(address).status_code == 200


def test_every_operation_says_what_it_does_to_what(drawn: dict[str, Any]) -> None:
    for path, method, operation in operations(drawn):
        assert operation["summary"], (method, path)
        assert "command of" not in operation["summary"], (method, path)
    books = drawn["paths"]["/api/shelf/books/"]
    assert books["get"]["summary"] == "List books, page by page or as a file."
    assert books["post"]["description"].startswith("Create one book.\n\nNeeds `shelf.")


def test_a_text_is_as_long_as_it_has_to_be_without_blanks_around_it(drawn: dict[str, Any]) -> None:
    operation = drawn["paths"]["/api/currencies/currencies/add_from_master/"]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    items = drawn["components"]["schemas"][body]["properties"]["codes"]["items"]
    fits = [re.search(items["pattern"], text) is not None for text in ("EUR", "E R", " EU", "EU\x85", "EU", "")]
    assert (items["minLength"], fits) == (3, [True, True, False, False, False, False])
