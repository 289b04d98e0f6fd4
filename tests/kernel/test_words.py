"""Words as they are kept and compared: handles, and text without capitals and accents."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.words import folded, free_slug, slug_of, squeezed


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Straße & Œuvre", "strasse-oeuvre"),
        (" Łódź  sizes ", "lodz-sizes"),
        ("S/M_L", "s-m-l"),
        ("Þór ħı", "thor-hi"),
        ("–", ""),
        ("日本", ""),
    ],
)
def test_a_handle_says_letters_in_ascii(text: str, slug: str) -> None:
    assert slug_of(text) == slug


def test_a_handle_keeps_its_length() -> None:
    assert slug_of("ab cd", longest=3) == "ab"
    assert free_slug("abcd", {"abcd", "ab-2"}, longest=4) == "ab-3"
    assert free_slug("abcd", {"abcd"}, longest=9, first=1) == "abcd-1"
    assert free_slug("abcd", {"ab"}, longest=4) == "abcd"


@given(st.text(max_size=40), st.integers(1, 40))
def test_a_handle_is_one_whatever_the_text(text: str, longest: int) -> None:
    slug = slug_of(text, longest=longest)
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug)
    assert len(slug) <= longest
    assert slug_of(slug) == slug


def test_folding_takes_capitals_and_accents_away() -> None:
    assert folded("Größe") == folded("GROSSE") == "grosse"
    assert squeezed("  a \n b ") == "a b"
