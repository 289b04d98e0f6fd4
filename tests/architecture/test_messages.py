"""Message catalogs: current, whole, and with every placeholder where it belongs."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from django.utils import translation
from django.utils.translation import gettext, ngettext

from tools.messages import LANGUAGES, ROOT, collected, compiled, merged, po_path, read, untranslated, written

# What a translation may move and must not lose: {name}, %(name)s, %s, tags, and code between backticks.
PLACE = re.compile(r"\{[^{}]*\}|%\(\w+\)[sd]|%[sd]|</?\w+[^>]*>|`[^`]+`")
RENEW = "run `make messages`, translate what it names in locale/, and run it again: docs/how-to/translate.md"


@cache
def sources() -> Catalog:
    return collected(ROOT)


@cache
def catalog(language: str) -> Catalog:
    return read(po_path(language), language)


def texts(message: Message) -> tuple[list[str], list[str]]:
    """What stands in the sources, and what stands for it."""
    own = list(message.id) if isinstance(message.id, list | tuple) else [message.id]
    others = message.string if isinstance(message.string, list | tuple) else [message.string]
    return own, [text or "" for text in others]


def places(text: str) -> Counter[str]:
    return Counter(PLACE.findall(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalog_is_what_collecting_gives(language: str) -> None:
    assert po_path(language).read_bytes() == written(merged(language, sources(), catalog(language))), RENEW


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_to_translate(language: str) -> None:
    assert [message.id for message in untranslated(catalog(language))] == [], RENEW


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_served_is_what_is_written(language: str) -> None:
    served = po_path(language).with_suffix(".mo").read_bytes()
    assert served == compiled(merged(language, sources(), catalog(language))), RENEW


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_placeholder_is_lost_or_invented(language: str) -> None:
    broken = []
    for message in (item for item in catalog(language) if item.id):
        own, others = texts(message)
        wanted = [places(text) for text in own]
        # A form for one thing may leave the number out; the form for many has all that the sources have.
        if places(others[-1]) != wanted[-1] or any(places(text) - wanted[-1] - wanted[0] for text in others):
            broken.append((own, others))
    assert broken == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_blanks_at_the_ends_stay(language: str) -> None:
    def ends(text: str) -> tuple[bool, bool]:
        return text[:1].isspace(), text[-1:].isspace()

    pairs = [texts(message) for message in catalog(language) if message.id]
    assert [own for own, others in pairs if any(ends(text) != ends(own[0]) for text in others)] == []


@pytest.mark.parametrize(("language", "wanted"), [("pl", "Waluty"), ("de", "Währungen"), ("es", "Monedas")])
def test_django_speaks_the_language(language: str, wanted: str) -> None:
    with translation.override(language):
        assert gettext("Currencies") == wanted


def test_polish_counts_in_three_forms() -> None:
    with translation.override("pl"):
        forms = [ngettext("%(count)s currency added.", "%(count)s currencies added.", count) for count in (1, 2, 5)]
    assert forms == ["Dodano %(count)s walutę.", "Dodano %(count)s waluty.", "Dodano %(count)s walut."]
