"""The limiter over HTTP: what counts, what is refused, and that nothing is asked before a refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import LazySettings
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import AsyncClient, Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import include, path, re_path
from django.views import View
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from apps.kernel.api.refusals import TooLarge
from apps.kernel.api.unknown import unknown_address
from apps.kernel.limits.bodies import email_in
from apps.kernel.limits.declarations import RequestLimits, declaration_of, limited
from apps.kernel.limits.middleware import forgive
from apps.kernel.limits.rates import Limit
from apps.kernel.limits.ready import LOG_IN, LOOK_UP, MAIL, TOKEN
from tests.kernel.celery_probes import closed_port
from tests.kernel.limits_probes import STORES, own_counters, use_store
from tests.support import databases

NARROW = RequestLimits(
    by_address=Limit("tests.http.address", 6, 60),
    by_both=Limit("tests.http.both", 2, 60),
    by_email=Limit("tests.http.email", 4, 3600),
)
ONE = RequestLimits(by_address=Limit("tests.http.one", 1, 60), methods=frozenset({"GET", "POST", "DELETE"}))
TWO = RequestLimits(by_address=Limit("tests.http.two", 2, 60), methods=frozenset({"GET", "POST", "DELETE"}))
PROBLEM = "application/problem+json"
API, PAGE = "/api/tests/log-in/", "/tests/log-in/"
BOB = {"email": "bob@example.org", "password": "wrong"}


class LogIn(APIView):
    """Answers what it was sent; `right` is the password."""

    public = "tests only"
    limits = NARROW

    def get(self, request: Request) -> Response:
        return Response({})

    def post(self, request: Request) -> Response:
        given: Any = request.data
        if given["password"] == "right":
            forgive(request)
        return Response(given)


class Things(ViewSet):
    """One limit on a list, another on an action of its own, none on the rest."""

    public = "tests only"
    limits = {"list": ONE}

    def list(self, request: Request) -> Response:
        return Response([])

    def create(self, request: Request) -> Response:
        return Response(request.data)

    @limited(TWO)
    @action(detail=False, methods=["post"])
    def press(self, request: Request) -> Response:
        return Response(request.data)


class Plain(APIView):
    """A limit for one method."""

    public = "tests only"
    limits = {"delete": ONE}

    def get(self, request: Request) -> Response:
        return Response({})

    def delete(self, request: Request) -> Response:
        return Response({})


@limited(NARROW)
def log_in_page(request: HttpRequest) -> HttpResponse:
    upload: Any = request.FILES.get("upload")
    content = upload.read().decode() if upload else ""
    return JsonResponse({**request.POST.dict(), "upload": content, "size": len(request.body)})


@limited(ONE)
class Page(View):
    """A class-based page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("page")


router = SimpleRouter()
router.register("things", Things, basename="things")
urlpatterns = [
    path("api/tests/log-in/", LogIn.as_view()),
    path("api/tests/plain/", Plain.as_view()),
    path("api/tests/", include(router.urls)),
    path("api/events/stream", lambda request: HttpResponse("stream")),
    re_path(r"^api/", unknown_address),
    path("tests/log-in/", log_in_page),
    path("tests/page/", Page.as_view()),
    path("tests/open/", lambda request: HttpResponse("open")),
]
handler404 = "apps.kernel.web.errors.not_found"

pytestmark = pytest.mark.routes(__name__)


@pytest.fixture
def counters(settings: LazySettings) -> Iterator[str]:
    with own_counters(settings) as prefix:
        yield prefix


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, counters: str, database: None, settings: LazySettings) -> str:
    return use_store(request.param, settings)


def post(client: Client, address: str = API, body: Any = BOB, **headers: Any) -> Any:
    sent = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.post(address, sent, content_type="application/json", **headers)


def statuses(number: int, client: Client, address: str = API, body: Any = BOB, **headers: Any) -> list[int]:
    return [post(client, address, body, **headers).status_code for _ in range(number)]


def test_the_pair_of_address_and_e_mail_is_the_narrowest(store: str, client: Client) -> None:
    assert statuses(4, client) == [200, 200, 429, 429]
    assert statuses(3, client, body={**BOB, "email": "carol@example.org"}) == [200, 200, 429]


def test_one_address_may_try_few_e_mails(store: str, client: Client) -> None:
    tries = [post(client, body={**BOB, "email": f"user{number}@example.org"}).status_code for number in range(8)]
    assert tries == [200] * 6 + [429] * 2
    assert post(client, REMOTE_ADDR="192.0.2.2").status_code == 200


def test_one_e_mail_is_limited_from_all_addresses_together(store: str, client: Client) -> None:
    tries = [post(client, REMOTE_ADDR=f"192.0.2.{number}").status_code for number in range(6)]
    assert tries == [200] * 4 + [429] * 2


def test_a_refusal_is_a_problem_that_says_when_to_come_again(store: str, client: Client) -> None:
    statuses(2, client)
    answer = post(client)
    assert (answer.status_code, answer.headers["Content-Type"]) == (429, PROBLEM)
    assert answer.headers["Retry-After"] in {"59", "60"}
    assert answer.json() == {
        "type": "about:blank",
        "title": "RateLimited",
        "status": 429,
        "code": "kernel.rate_limited",
        "detail": f"Too many requests. Try again in {answer.headers['Retry-After']} s.",
        "errors": [],
        "retry_after": int(answer.headers["Retry-After"]),
    }


def test_a_person_gets_a_page(store: str, client: Client) -> None:
    tries = [client.post(PAGE, BOB) for _ in range(3)]
    assert [answer.status_code for answer in tries] == [200, 200, 429]
    assert tries[-1].headers["Content-Type"].startswith("text/html")
    assert tries[-1].headers["Retry-After"] in {"59", "60"}
    assert "Too many requests. Try again in" in tries[-1].content.decode()


def test_while_valkey_answers_a_refusal_asks_the_database_nothing(
    counters: str,
    database: None,
    client: Client,
) -> None:
    client.cookies["agora_session"] = "a" * 43
    for address, body in ((API, json.dumps(BOB)), (PAGE, "email=bob%40example.org")):
        kind = "application/json" if address == API else "application/x-www-form-urlencoded"
        for _ in range(2):
            client.post(address, body, content_type=kind)
        with CaptureQueriesContext(connection) as asked:
            assert client.post(address, body, content_type=kind).status_code == 429
        assert [query["sql"] for query in asked] == []
        forgive_all(address)


def forgive_all(address: str) -> None:
    request = RequestFactory().post(address)
    request.limits_suspicion = (NARROW.by_both, ("127.0.0.1", "bob@example.org"))  # type: ignore[attr-defined]
    forgive(request)


def test_without_the_last_slash_it_is_the_same_view(store: str, client: Client) -> None:
    assert statuses(1, client, API) + statuses(3, client, API[:-1]) == [200, 200, 429, 429]


def test_page_and_api_count_together_where_their_limits_are_the_same(store: str, client: Client) -> None:
    assert post(client).status_code == client.post(PAGE, BOB).status_code == 200
    assert post(client).status_code == client.post(PAGE, BOB).status_code == 429


def test_spellings_of_an_e_mail_are_one_key_in_every_kind_of_body(store: str, client: Client) -> None:
    assert post(client, body={**BOB, "email": " BOB@Example.org "}).status_code == 200
    assert client.post(PAGE, {**BOB, "email": "Bob@EXAMPLE.ORG"}).status_code == 200
    assert post(client).status_code == 429
    encoded = client.post(PAGE, "email=bob%40example.org", content_type="application/x-www-form-urlencoded")
    assert encoded.status_code == 429


def test_a_view_reads_its_body_as_if_nobody_had(counters: str, database: None, client: Client) -> None:
    assert post(client, body={**BOB, "list": [1, "a"]}).json() == {**BOB, "list": [1, "a"]}
    form = client.post(PAGE, "email=x%40example.org&a=1", content_type="application/x-www-form-urlencoded")
    assert form.json() == {"email": "x@example.org", "a": "1", "upload": "", "size": 25}
    upload = BytesIO(b"content")
    upload.name = "a.txt"
    sent = client.post(PAGE, {"email": "y@example.org", "upload": upload}).json()
    assert (sent["email"], sent["upload"]) == ("y@example.org", "content")


UNREADABLE = [
    b"{",
    b"",
    b"[]",
    b"null",
    b'"bob@example.org"',
    b'{"email": 7}',
    b'{"email": null}',
    b'{"email": ["bob@example.org"]}',
    b'{"email": {"a": "bob@example.org"}}',
    b'{"email": ""}',
    b'{"email": "  "}',
    b'{"mail": "bob@example.org"}',
    b'{"email": "a@example.org", "email": "b@example.org"}',
    b'{"email": "\xff"}',
    b'{"email": "\\ud800"}',
]


@pytest.mark.parametrize("body", UNREADABLE)
def test_a_body_without_an_e_mail_counts_by_address_only(
    body: bytes,
    counters: str,
    database: None,
    client: Client,
) -> None:
    client.raise_request_exception = False
    found = statuses(7, client, body=body)
    assert 429 not in found[:6]
    assert found[6] == 429


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=x", b"no such boundary"),
        ("multipart/form-data", b"email=bob"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"email=bob"),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(1100))),
        ("text/plain", b"email=bob"),
    ],
)
def test_a_form_that_cannot_be_read_counts_by_address_only(
    kind: str,
    body: bytes,
    counters: str,
    database: None,
    client: Client,
) -> None:
    client.raise_request_exception = False
    found = [client.post(PAGE, body, content_type=kind).status_code for _ in range(7)]
    assert 429 not in found[:6]
    assert found[6] == 429


def test_a_body_too_large_to_look_for_an_e_mail_is_refused_and_counts_by_address(
    counters: str,
    database: None,
    client: Client,
) -> None:
    padded = json.dumps(BOB) + " " * NARROW.largest_body
    answer = post(client, body=padded)
    assert (answer.status_code, answer.json()["code"]) == (413, "kernel.too_large")
    assert statuses(6, client, body=padded) == [413] * 5 + [429]
    assert statuses(1, client, REMOTE_ADDR="192.0.2.2") == [200]


def asgi_request(body: bytes, *headers: tuple[bytes, bytes]) -> ASGIRequest:
    scope = {"type": "http", "method": "POST", "path": API, "query_string": b"", "headers": list(headers)}
    return ASGIRequest(scope, BytesIO(body))


def test_a_body_whose_size_nobody_announced_is_looked_at_all_the_same() -> None:
    kind = (b"content-type", b"application/json")
    small, large = json.dumps(BOB).encode(), json.dumps(BOB).encode() + b" " * NARROW.largest_body
    assert email_in(asgi_request(small, kind), NARROW) == "bob@example.org"
    for announced in ((), ((b"content-length", b"5"),), ((b"content-length", b"99999999"),)):
        with pytest.raises(TooLarge):
            email_in(asgi_request(large, kind, *announced), NARROW)
    assert email_in(asgi_request(small, kind, (b"content-length", b"x")), NARROW) is None


def test_a_caller_who_hangs_up_is_counted_by_address() -> None:
    class Broken(BytesIO):
        def read(self, *_: Any) -> bytes:
            raise OSError

    request = RequestFactory().post(API, b"{}", content_type="application/json")
    request._stream = Broken()
    assert email_in(request, NARROW) is None


def test_other_methods_do_not_count(store: str, client: Client) -> None:
    assert statuses(2, client) == [200, 200]
    for method in ("get", "head", "options"):
        assert getattr(client, method)(API).status_code != 429
    assert post(client).status_code == 429


def test_a_success_frees_the_pair_and_not_the_e_mail(store: str, client: Client) -> None:
    right = {**BOB, "password": "right"}
    assert statuses(1, client) + statuses(1, client, body=right) == [200, 200]
    assert statuses(2, client) == [200, 200]
    assert post(client, REMOTE_ADDR="192.0.2.2").status_code == 429, "four tries of this e-mail alone"


def test_actions_of_a_view_set_count_for_themselves(store: str, client: Client) -> None:
    things = "/api/tests/things/"
    assert [client.get(things).status_code for _ in range(2)] == [200, 429]
    assert statuses(3, client, f"{things}press/") == [200, 200, 429]
    assert statuses(3, client, f"{things}press") == [429, 429, 429]
    assert statuses(3, client, things) == [200, 200, 200]


def test_methods_of_a_plain_view_count_for_themselves(store: str, client: Client) -> None:
    assert [client.get("/api/tests/plain/").status_code for _ in range(3)] == [200] * 3
    assert [client.delete("/api/tests/plain/").status_code for _ in range(2)] == [200, 429]


def test_class_based_pages_count(store: str, client: Client) -> None:
    assert [client.get("/tests/page/").status_code for _ in range(2)] == [200, 429]
    assert client.head("/tests/page/").status_code == 200


def test_everything_under_api_counts_by_address(store: str, client: Client, settings: LazySettings) -> None:
    settings.RATE_LIMITS = {"api.address": "4/60"}
    asked = ["/api/tests/plain/", "/api/tests/plain", "/api/nothing/", "/api/nothing"]
    assert [client.get(address).status_code for address in asked] == [200, 200, 404, 404]
    answer = client.get("/api/nothing")
    assert (answer.status_code, answer.json()["code"]) == (429, "kernel.rate_limited")
    assert client.head("/api/tests/plain/").status_code == 200
    assert client.get("/api/events/stream").status_code == 200
    assert client.get("/tests/open/").status_code == 200
    assert client.get("/tests/nothing/").status_code == 404
    assert client.get("/api/tests/plain/", REMOTE_ADDR="192.0.2.2").status_code == 200


def test_a_refused_log_in_takes_nothing_from_the_addresss_share(
    store: str, client: Client, settings: LazySettings
) -> None:
    settings.RATE_LIMITS = {"api.address": "4/60"}
    assert statuses(9, client) == [200] * 2 + [429] * 7
    assert [client.get("/api/tests/plain/").status_code for _ in range(3)] == [200, 200, 429]


def test_behind_a_proxy_the_caller_it_saw_counts(store: str, client: Client, settings: LazySettings) -> None:
    settings.RATE_LIMITS = {"api.address": "1/60"}
    settings.AGORA_PROXY_DEPTH = 1
    chains = ["203.0.113.1", "198.51.100.9, 203.0.113.1", "203.0.113.2"]
    tries = [client.get("/api/tests/plain/", headers={"X-Forwarded-For": chain}).status_code for chain in chains]
    assert tries == [200, 429, 200]


@pytest.mark.committed
@pytest.mark.parametrize(("address", "kind"), [(API, PROBLEM), (PAGE, "text/html")])
def test_when_nobody_can_count_the_answer_is_503(
    address: str,
    kind: str,
    counters: str,
    client: Client,
    settings: LazySettings,
) -> None:
    settings.REDIS_URL = closed_port()
    name = str(connection.settings_dict["NAME"])
    databases.point_at("there_is_no_such_database")
    try:
        answer = post(client, address)
    finally:
        databases.point_at(name)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.headers["Content-Type"].startswith(kind)


def test_it_counts_under_asgi_too(counters: str, database: None) -> None:
    async def tries() -> list[int]:
        caller = AsyncClient()
        return [(await caller.post(API, BOB, content_type="application/json")).status_code for _ in range(3)]

    assert async_to_sync(tries)() == [200, 200, 429]


@pytest.mark.parametrize(
    ("ready", "expected"),
    [
        (LOG_IN, [("auth.log_in.address", 20, 60), ("auth.log_in.both", 5, 60), ("auth.log_in.email", 30, 3600)]),
        (MAIL, [("auth.mail.address", 10, 60), ("auth.mail.both", 3, 60), ("auth.mail.email", 5, 3600)]),
        (TOKEN, [("auth.token.address", 60, 60)]),
        (LOOK_UP, [("public.look_up.address", 60, 60)]),
    ],
)
def test_the_ready_limits_are_those_of_the_house(ready: RequestLimits, expected: list[tuple[str, int, int]]) -> None:
    hits = ready.hits("192.0.2.1", "bob@example.org" if ready.asks_for_email else None)
    assert [(limit.name, limit.count, limit.seconds) for limit, _ in hits] == expected


def test_a_view_without_limits_has_none() -> None:
    factory = RequestFactory()
    assert declaration_of(factory.get("/tests/open/")) is None
    assert declaration_of(factory.get("/tests/nothing/")) is None
    assert declaration_of(factory.post(API)) is NARROW
    assert declaration_of(factory.put(API)) is None
