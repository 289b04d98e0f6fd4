"""The REST base: guards, bodies, errors, addresses. Through real routes, and through views that only tests have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, path
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.kernel.api.parsers import DEEPEST, LIMIT, StrictJSONParser, read_json
from apps.kernel.api.permissions import guard_faults
from apps.kernel.api.refusals import Malformed
from apps.kernel.api.serializers import StrictBooleanField, StrictCharField, StrictSerializer, StrictUUIDField
from apps.kernel.api.unknown import unknown_address
from apps.kernel.errors import FeatureRequired, PlatformError
from apps.kernel.tenancy.errors import ScopeMissing
from tests.directory.callers import PROBLEM, client_of, member, send
from tests.support.scopes import House

CURRENCIES = "/api/currencies/currencies/"
SECRET = "SELECT secret FROM /srv/agora"


class Echo(APIView):
    """Hands back what it read."""

    public = "tests only"
    parser_classes = (StrictJSONParser,)

    def post(self, request: Request) -> Response:
        return Response(json.loads(json.dumps(request.data, default=str)))


class Failing(APIView):
    """Raises what the address asks for."""

    public = "tests only"
    raised: dict[str, Exception] = {
        "bug": RuntimeError(SECRET),
        "fault": ScopeMissing(model=SECRET),
        "outage": OperationalError(SECRET),
        "throttled": Throttled(wait=7),
        "model": ValidationError({"name": ["Too long.", "Too odd."], "__all__": ["No."]}),
        "refusal": FeatureRequired(feature="tests.things.view"),
    }

    def get(self, request: Request, kind: str) -> Response:
        raise self.raised[kind]


class Unguarded(APIView):
    """Says nothing about who may call it."""

    def get(self, request: Request) -> Response:
        return Response({"open": True})


class HalfGuarded(APIView):
    """Guards reading and forgets writing."""

    features = {"get": ("directory.organizations.view",)}

    def get(self, request: Request) -> Response:
        return Response({"read": True})

    def post(self, request: Request) -> Response:
        return Response({"written": True})


class Members(APIView):
    """Any member of staff may."""

    authenticated = "tests only"

    def get(self, request: Request) -> Response:
        actor: Any = request.user
        return Response({"who": actor.label})


urlpatterns = [
    path("api/tests/echo/", Echo.as_view()),
    path("api/tests/failing/<str:kind>/", Failing.as_view()),
    path("api/tests/unguarded/", Unguarded.as_view()),
    path("api/tests/half/", HalfGuarded.as_view()),
    path("api/tests/members/", Members.as_view()),
    path("api/<path:rest>", lambda request, rest: unknown_address(request)),
]

own_routes = pytest.mark.routes(__name__)


@pytest.fixture
def bob(house: House) -> Client:
    return client_of(member(house, "directory.organizations.view", "currencies.*"), organization=house.north)


def routes(patterns: list[Any], stem: str = "") -> Iterator[tuple[str, URLPattern]]:
    for item in patterns:
        if isinstance(item, URLResolver):
            yield from routes(item.url_patterns, stem + str(item.pattern))
        else:
            yield stem + str(item.pattern), item


def test_every_route_of_the_house_says_who_may_call_it() -> None:
    found, checked = [], 0
    for address, route in routes(get_resolver().url_patterns):
        view = getattr(route.callback, "cls", None)
        if not address.startswith("api/") or view is None:
            continue
        actions = getattr(route.callback, "actions", None) or {m: m for m in view.http_method_names if hasattr(view, m)}
        named = tuple(name for method, name in actions.items() if method not in {"options", "head"})
        found += guard_faults(view, named)
        checked += len(named)
    assert found == []
    assert checked >= 20


def test_a_view_without_guard_is_found() -> None:
    assert guard_faults(Unguarded, ("get",)) == ["Unguarded.get needs exactly one of features, authenticated, public"]
    assert guard_faults(HalfGuarded, ("get", "post")) == [
        "HalfGuarded.post needs exactly one of features, authenticated, public"
    ]


@own_routes
def test_a_view_without_guard_is_closed_to_everybody(house: House) -> None:
    admin = client_of(member(house, "*", is_super_admin=True))
    for answer in (admin.get("/api/tests/unguarded/"), send(admin, "post", "/api/tests/half/", {})):
        assert (answer.status_code, answer.json()["code"]) == (403, "kernel.guard_missing")


@own_routes
def test_authenticated_means_any_member_of_staff(bob: Client, client: Client) -> None:
    assert bob.get("/api/tests/members/").json() == {"who": "Bob"}
    answer = client.get("/api/tests/members/")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert (answer.json()["code"], answer.headers["Content-Type"]) == ("kernel.not_authenticated", PROBLEM)


@own_routes
def test_a_read_guard_opens_reading_only(bob: Client) -> None:
    assert bob.get("/api/tests/half/").json() == {"read": True}
    assert bob.head("/api/tests/half/").status_code == 200


def test_a_session_write_needs_the_csrf_token(house: House) -> None:
    bob = client_of(member(house, "currencies.*"), organization=house.north)
    bob.handler.enforce_csrf_checks = True
    answer = send(bob, "post", CURRENCIES, {"code": "EUR"})
    assert (answer.status_code, answer.json()["code"]) == (403, "kernel.csrf_failed")
    assert bob.get(CURRENCIES).json()["count"] == 0
    token = "k" * 32
    bob.cookies["agora_csrf"] = token
    assert send(bob, "post", CURRENCIES, {"code": "EUR"}, **{"X-CSRFToken": token}).status_code == 201


BROKEN: list[tuple[bytes, str]] = [
    (b"{", "broken JSON"),
    (b"", "broken JSON"),
    (b'{"a": 1,}', "broken JSON"),
    (b"{'a': 1}", "broken JSON"),
    (b'{"a": NaN}', "no JSON number"),
    (b'{"a": -Infinity}', "no JSON number"),
    (b'{"a": 1e999999}', "out of range"),
    (b'{"a": 1e99999999999999999999}', "out of range"),
    (b'{"a": -1e-500}', "out of range"),
    (b'{"a": ' + b"9" * 101 + b"}", "too many digits"),
    (b'{"a": 0.' + b"9" * 101 + b"}", "too many digits"),
    (b'{"a": 1, "a": 2}', "stands twice"),
    (b'{"a": "x\\u0000y"}', "NUL"),
    (b'{"\\u0000": 1}', "NUL"),
    (b'{"a": "\\ud800"}', "half a character"),
    (b'{"a": ["\\udfff"]}', "half a character"),
    (b'{"a": "\xff"}', "UTF-8"),
    (b"[" * 65 + b"]" * 65, "deeper than 64"),
    (b'{"a":' * 65 + b"1" + b"}" * 65, "deeper than 64"),
    (b"[" * 100_000, "deeper than 64"),
]


@own_routes
@pytest.mark.parametrize(("body", "reason"), BROKEN)
def test_a_broken_body_is_400_and_says_why(client: Client, body: bytes, reason: str) -> None:
    answer = client.post("/api/tests/echo/", body or b" ", content_type="application/json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, PROBLEM)
    assert answer.json()["code"] == "kernel.malformed"
    assert reason in answer.json()["detail"]


def test_sound_bodies_are_read_exactly() -> None:
    assert read_json(b'{"a": 1.10, "b": [true, null, "\\ud83d\\ude00"], "c": 1e3}') == {
        "a": Decimal("1.10"),
        "b": [True, None, "\N{GRINNING FACE}"],
        "c": Decimal("1E+3"),
    }
    assert read_json(b"[" * DEEPEST + b"]" * DEEPEST)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
        max_leaves=20,
    )
)
def test_whatever_json_says_without_a_nul_is_read_as_it_is(value: Any) -> None:
    text = json.dumps(value)
    if "\\u0000" in text.replace("\\\\", ""):
        with pytest.raises(Malformed):
            read_json(text.encode())
    elif "\\ud" not in text:
        assert read_json(text.encode()) == value


@own_routes
def test_a_body_above_the_limit_is_413(client: Client) -> None:
    answer = client.post("/api/tests/echo/", b'"' + b"x" * LIMIT + b'"', content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (413, "kernel.too_large")
    largest = b'"' + b"x" * (LIMIT - 2) + b'"'
    assert client.post("/api/tests/echo/", largest, content_type="application/json").status_code == 200


@own_routes
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_other_media_types_are_415(client: Client, kind: str) -> None:
    answer = client.post("/api/tests/echo/", b"a=1", content_type=kind)
    assert (answer.status_code, answer.json()["code"]) == (415, "kernel.media_type")


def test_other_answers_are_406(bob: Client) -> None:
    answer = bob.get(CURRENCIES, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (406, PROBLEM)


@pytest.mark.parametrize("body", [[], "x", 7, None, [{}]])
def test_a_body_that_is_no_object_is_400(bob: Client, body: object) -> None:
    answer = bob.post(CURRENCIES, json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "kernel.malformed")


@own_routes
@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("bug", 500, "kernel.failed"),
        ("fault", 500, "kernel.failed"),
        ("outage", 503, "kernel.unavailable"),
        ("throttled", 429, "kernel.rate_limited"),
        ("refusal", 403, "kernel.feature_required"),
    ],
)
def test_errors_say_what_they_may_and_hide_the_rest(client: Client, kind: str, status: int, code: str) -> None:
    client.raise_request_exception = False
    answer = client.get(f"/api/tests/failing/{kind}/")
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (status, code, status)
    assert answer.headers["Content-Type"] == PROBLEM
    assert not any(word in answer.content.decode() for word in ("SELECT", "/srv", "Traceback", "RuntimeError"))


@own_routes
def test_waiting_times_are_told(client: Client) -> None:
    client.raise_request_exception = False
    assert client.get("/api/tests/failing/throttled/").headers["Retry-After"] == "7"
    assert client.get("/api/tests/failing/outage/").headers["Retry-After"] == "2"


@own_routes
def test_a_fault_of_the_program_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.raise_request_exception = False
    client.get("/api/tests/failing/bug/")
    assert [record.message for record in caplog.records if record.exc_info] == ["request failed"]


@own_routes
def test_complaints_of_a_model_are_told_by_field(client: Client) -> None:
    answer = client.get("/api/tests/failing/model/")
    assert answer.status_code == 400
    assert [(item["field"], item["message"]) for item in answer.json()["errors"]] == [
        ("name", "Too long."),
        ("name", "Too odd."),
        ("", "No."),
    ]


@pytest.mark.parametrize("method", ["post", "patch", "delete"])
def test_a_repeated_request_is_answered_once(bob: Client, method: str) -> None:
    euro, dollar = send(bob, "post", f"{CURRENCIES}add_from_master/", {"codes": ["EUR", "USD"]}).json()["results"]
    address = CURRENCIES if method == "post" else f"{CURRENCIES}{dollar['id']}/"
    body = {"post": {"code": "JPY"}, "patch": {"name": "Buck"}, "delete": None}[method]
    first, second = (send(bob, method, address, body, **{"Idempotency-Key": "k-1"}) for _ in range(2))
    assert first.status_code == second.status_code < 300
    assert (first.content and first.json()) == (second.content and second.json())
    assert first.headers.get("ETag") == second.headers.get("ETag")
    assert ("Idempotency-Replayed" in first.headers, second.headers["Idempotency-Replayed"]) == (False, "true")
    for name in ("Location", "X-Action-Id"):
        assert first.headers.get(name) == second.headers.get(name)
    other = send(bob, "patch", f"{CURRENCIES}{euro['id']}/", {"name": "x"}, **{"Idempotency-Key": "k-1"})
    assert other.status_code == 422


def test_a_refused_request_may_be_repeated_with_the_same_key(bob: Client) -> None:
    send(bob, "post", CURRENCIES, {"code": "EUR"})
    for code, status in (("EUR", 409), ("USD", 201), ("USD", 201)):
        assert send(bob, "post", CURRENCIES, {"code": code}, **{"Idempotency-Key": "k-2"}).status_code == status
    assert bob.get(CURRENCIES).json()["count"] == 2


def test_a_list_links_to_its_next_page_under_asgi_too(bob: Client) -> None:
    send(bob, "post", f"{CURRENCIES}add_from_master/", {"codes": ["EUR", "USD"]})
    caller = AsyncClient()
    caller.cookies = bob.cookies
    answer = async_to_sync(caller.get)(f"{CURRENCIES}?page_size=1")
    assert (answer.status_code, answer.json()["next"]) == (200, f"http://testserver{CURRENCIES}?page=2&page_size=1")


def test_a_missing_slash_is_forgiven_without_a_redirect(bob: Client) -> None:
    assert send(bob, "post", CURRENCIES[:-1], {"code": "EUR"}).status_code == 201
    record = bob.get(CURRENCIES[:-1]).json()["results"][0]
    assert send(bob, "patch", f"{CURRENCIES}{record['id']}", {"name": "Evro"}).json()["name"] == "Evro"


def test_a_missing_slash_opens_no_way_round_the_csrf_token(house: House) -> None:
    bob = client_of(member(house, "currencies.*"), organization=house.north)
    bob.handler.enforce_csrf_checks = True
    assert send(bob, "post", CURRENCIES[:-1], {"code": "EUR"}).json()["code"] == "kernel.csrf_failed"


@pytest.mark.parametrize("address", ["/api/", "/api/nothing", "/api/nothing/", "/api/currencies/", "/api/x/y/z?a=b"])
def test_unknown_addresses_are_a_json_404(client: Client, db: None, address: str) -> None:
    for answer in (client.get(address), client.post(address, {}, content_type="application/json")):
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, PROBLEM)
        assert answer.json()["code"] == "kernel.not_found"


class Shapes(StrictSerializer):
    """One field of each strict kind."""

    text = StrictCharField()
    claim = StrictBooleanField()
    id_of = StrictUUIDField()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", 7),
        ("text", True),
        ("text", ["a"]),
        ("claim", "true"),
        ("claim", 1),
        ("claim", Decimal("1.0")),
        ("id_of", 7),
        ("id_of", "7"),
    ],
)
def test_strict_fields_convert_nothing(field: str, value: object) -> None:
    sound = {"text": "a", "claim": True, "id_of": "01a2049e-abef-7037-a5ef-ded5637632ec"}
    assert Shapes(data=sound).is_valid()
    form = Shapes(data={**sound, field: value})
    assert not form.is_valid()
    assert list(form.errors) == [field]


def test_a_forbidden_field_is_told_apart_from_an_unknown_one() -> None:
    form = Shapes(data={"tenant_id": "x", "colour": "red"})
    assert not form.is_valid()
    codes = {name: [item.code for item in items] for name, items in form.errors.items()}
    assert codes == {
        "text": ["required"],
        "claim": ["required"],
        "id_of": ["required"],
        "tenant_id": ["read_only"],
        "colour": ["unknown"],
    }


def test_a_list_costs_the_same_queries_whatever_its_size(bob: Client, house: House) -> None:
    counts = []
    for codes in (["EUR"], ["USD", "GBP", "PLN", "CHF", "JPY"]):
        send(bob, "post", f"{CURRENCIES}add_from_master/", {"codes": codes})
        with CaptureQueriesContext(connection) as captured:
            assert bob.get(CURRENCIES).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_platform_errors_of_the_interface_have_codes_of_their_own() -> None:
    from apps.kernel.api import refusals

    kinds = [item for item in vars(refusals).values() if isinstance(item, type) and issubclass(item, PlatformError)]
    own = [kind for kind in kinds if kind.__module__ == refusals.__name__]
    assert len({kind.code for kind in own}) == len(own) == 10
