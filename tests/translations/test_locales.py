"""Tags of languages, their fallbacks, and what a request asks for."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from apps.kernel.translating.locales import canonical, chain, fallbacks, wanted_locales
from apps.translations.calculations import Completeness, completeness, digest


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("pl", "pl"),
        ("PT_br", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        (" de ", "de"),
        ("", None),
        ("p", None),
        ("polish", None),
        ("pt-BR-x", None),
        ("abc-Hant-4199", None),
        ("pl\n", "pl"),
    ],
)
def test_tags_are_written_in_one_way(text: str, tag: str | None) -> None:
    assert canonical(text) == tag


def test_a_tag_falls_back_to_what_is_less_special() -> None:
    assert fallbacks("zh-Hant-TW") == ["zh-Hant-TW", "zh-Hant", "zh"]


@pytest.mark.parametrize(
    ("wanted", "default", "steps"),
    [
        (["pt-BR"], "en", ("pt-BR", "pt")),
        (["pt-PT", "pl"], "en", ("pt", "pl")),
        (["pl", "en", "pt"], "en", ("pl",)),
        (["en-US", "pl"], "en", ()),
        (["pl-PL"], "pl", ()),
        (["de", "fr"], "en", ()),
        ([], "en", ()),
    ],
)
def test_languages_are_tried_up_to_the_one_that_texts_are_written_in(
    wanted: list[str], default: str, steps: tuple[str, ...]
) -> None:
    assert chain(wanted, default=default, held=frozenset({"pl", "pt", "pt-BR"})) == steps


@pytest.mark.parametrize(
    ("headers", "cookie", "tags"),
    [
        ({"X-Locale": "pl", "Accept-Language": "de"}, "es", ("pl",)),
        ({"Accept-Language": "de"}, "es", ("es",)),
        ({"Accept-Language": "pl;q=0.2, pt-BR, de;q=0"}, "", ("pt-BR", "pl")),
        ({"X-Locale": "?", "Accept-Language": "de"}, "", ("de",)),
        ({}, "", ()),
    ],
)
def test_a_request_asks_by_header_by_choice_or_by_its_browser(
    headers: dict[str, str], cookie: str, tags: tuple[str, ...]
) -> None:
    request = RequestFactory().get("/", headers=headers)
    if cookie:
        request.COOKIES["django_language"] = cookie
    assert wanted_locales(request) == tags


def test_completeness_counts_texts_that_there_are() -> None:
    base = {"name": "Euro", "text": "Money", "empty": ""}
    assert completeness(base, {"name": digest("Euro"), "text": digest("Other"), "empty": digest("x")}) == Completeness(
        total=2, translated=2, outdated=1
    )
    assert (Completeness(3, 2, 1).percent, Completeness(3, 2, 1).missing, Completeness(0, 0, 0).percent) == (33, 1, 100)
