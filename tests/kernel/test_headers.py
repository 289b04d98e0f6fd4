"""What browsers are told to load, run and keep: for every area, and for answers that never reach a view."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from apps.kernel.web.headers import ALWAYS, NOTHING, PAGE, POLICY, START_OF_PAGE, HeadersMiddleware, policy
from tests.auth.factories import make_role, make_user
from tests.support.scopes import House
from tests.support.sign_in import signed_in

HERE = {"host": "localhost"}
COLOURS = '<style id="unfold-theme-colors">'


def answered(path: str, answer: Any) -> Any:
    """The answer of a view at an address, as it leaves the house."""
    return HeadersMiddleware(lambda request: answer)(RequestFactory().get(path))


def sources(answer: Any, directive: str) -> list[str]:
    """What a directive of an answer's policy admits."""
    found = dict(item.partition(" ")[::2] for item in answer[POLICY].split("; "))
    return str(found[directive]).split()


def hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize(
    ("path", "status", "expected"),
    [
        pytest.param("/api/currencies/currencies/", 401, NOTHING, id="api"),
        pytest.param("/api/nowhere/", 404, NOTHING, id="api-unknown"),
        pytest.param("/health/live", 200, NOTHING, id="health"),
        pytest.param("/metrics", 200, NOTHING, id="metrics"),
        pytest.param("/nowhere/", 404, PAGE, id="page-unknown"),
        pytest.param("/", 302, PAGE, id="redirect"),
        pytest.param("/static/nowhere.css", 404, PAGE, id="static-unknown"),
    ],
)
def test_every_answer_has_its_policy_and_is_kept_nowhere(
    database: None, path: str, status: int, expected: dict[str, str]
) -> None:
    answer = Client(headers=HERE).get(path)
    assert (answer.status_code, answer[POLICY], answer["Cache-Control"]) == (status, policy(expected), "no-store")
    assert {name: answer[name] for name in ALWAYS} == ALWAYS


@pytest.mark.parametrize("path", ["/backend/", "/backend/login/", "/backend/currencies/currency/", "/backend/nowhere/"])
def test_pages_of_the_back_office_run_nothing_that_stands_in_them(house: House, path: str) -> None:
    answer = signed_in(make_user(house, roles=(make_role(house, "*"),))).get(path, follow=True)
    assert answer["Cache-Control"] == "no-store"
    assert sources(answer, "script-src") == ["'self'"]
    assert sources(answer, "frame-ancestors") == sources(answer, "default-src") == ["'none'"]
    assert "unsafe" not in answer[POLICY]


def test_the_themes_own_colours_are_the_one_style_of_a_page(house: House) -> None:
    answer = signed_in(make_user(house, roles=(make_role(house, "*"),))).get("/backend/")
    inline = re.findall(r"<style[^>]*>(.*?)</style>", answer.content.decode(), re.DOTALL)
    assert len(inline) == 1
    assert sources(answer, "style-src")[2:] == [hashed(inline[0])]


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(f"{COLOURS}a{{}}</style><p>{COLOURS}b{{}}</style>", id="second"),
        pytest.param(f"{COLOURS}a{{}}</style><style>b{{}}</style>", id="other"),
        pytest.param(f"{COLOURS}a{{}}</style>{' ' * START_OF_PAGE}{COLOURS}b{{}}</style>", id="far-below"),
    ],
)
def test_no_other_style_is_let_in(page: str) -> None:
    admitted = sources(answered("/backend/x/", HttpResponse(page)), "style-src")
    assert hashed("a{}") in admitted
    assert hashed("b{}") not in admitted


@pytest.mark.parametrize("page", ["", "<p>", COLOURS, f"{' ' * START_OF_PAGE}{COLOURS}a{{}}</style>"])
def test_a_page_without_colours_admits_none(page: str) -> None:
    assert len(sources(answered("/backend/x/", HttpResponse(page)), "style-src")) == 2


def test_what_streams_is_left_whole() -> None:
    answer = answered("/backend/x/", StreamingHttpResponse(iter([b"<p>"]), content_type="text/html"))
    assert b"".join(answer.streaming_content) == b"<p>"
    assert sources(answer, "script-src") == ["'self'"]


def test_what_a_view_says_itself_stays() -> None:
    own = HttpResponse(
        headers={POLICY: "sandbox", "Referrer-Policy": "no-referrer", "Cache-Control": "public, max-age=60"}
    )
    answer = answered("/api/schema/", own)
    kept = (answer[POLICY], answer["Referrer-Policy"], answer["Cache-Control"])
    assert kept == ("sandbox", "no-referrer", "public, max-age=60")


@pytest.mark.parametrize("given", ["max-age=0, no-cache, no-store, must-revalidate, private", "max-age=600", "private"])
def test_nothing_is_kept_unless_it_is_called_public(given: str) -> None:
    assert answered("/", HttpResponse(headers={"Cache-Control": given}))["Cache-Control"] == "no-store"


def test_static_files_may_be_kept(settings: LazySettings) -> None:
    answer = Client(headers=HERE).get(f"{settings.STATIC_URL}web/page.css")
    assert (answer.status_code, POLICY in answer, "no-store" in answer["Cache-Control"]) == (200, False, False)
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_what_never_reaches_a_view_is_closed_too(database: None, settings: LazySettings) -> None:
    wrong_host = Client(headers={"host": "elsewhere.example"}).get("/")
    settings.SECURE_SSL_REDIRECT = True
    to_tls = Client(headers=HERE).get("/")
    assert [answer.status_code for answer in (wrong_host, to_tls)] == [400, 301]
    for answer in (wrong_host, to_tls):
        assert {name: answer[name] for name in ALWAYS} == ALWAYS
        assert answer[POLICY] == policy(PAGE)


def test_browsers_are_told_to_stay_with_tls_behind_tls_only(database: None, settings: LazySettings) -> None:
    bare = Client(headers=HERE).get("/", secure=True)
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    behind = Client(headers=HERE).get("/", secure=True)
    assert "Strict-Transport-Security" not in bare
    assert behind["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_the_alpine_that_is_served_makes_no_functions_of_texts(settings: LazySettings) -> None:
    answer = Client(headers=HERE).get(f"{settings.STATIC_URL}unfold/js/alpine/alpine.js")
    script = b"".join(answer)
    assert b"CSP Parser Error" in script
    assert not [word for word in (b"new Function(", b"new AsyncFunction(", b"AsyncFunction") if word in script]
