"""Patterns: one grammar for both engines, and time that grows with the text alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.expressions import regex
from apps.kernel.expressions.automaton import Automaton
from apps.kernel.expressions.patterns import PatternError, read_pattern
from apps.kernel.expressions.regex import automaton_matcher, matcher, re2_matcher

ENGINES = [automaton_matcher, re2_matcher] if regex.HAS_RE2 else [automaton_matcher]
EVIL = [
    r"(a+)+$",
    r"(a|a)*b",
    r"(a*)*b",
    r"(a|aa)+$",
    r".*.*.*.*x",
    r"(.*a){20}$",
    r"(a?){50}a{50}$",
    r"^(\w+\s?)*$",
]

LITERALS = ["a", "b", "1", "é", " ", r"\.", r"\_", r"\n", "^", "$", "()", "(?:)"]
CLASSES = [".", r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", "[ab]", "[^a]", "[a-b1]", r"[^\w]", r"[\d\-é]"]
PIECES = st.sampled_from(LITERALS + CLASSES)
PATTERNS = st.recursive(
    PIECES,
    lambda inner: (
        st.builds("{}{}".format, inner, inner)
        | st.builds("({}|{})".format, inner, inner)
        | st.builds("(?:{}){}".format, inner, st.sampled_from(["*", "+", "?", "*?", "{2}", "{0,2}", "{1,}", "{0}"]))
    ),
    max_leaves=8,
)
TEXTS = st.text(alphabet="ab1é _.-\n", max_size=8)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("b", "abc", True),
        ("^b", "abc", False),
        ("^abc$", "abc", True),
        ("^abc$", "abc\n", False),
        ("^$", "", True),
        ("a.c", "a\nc", False),
        (r"^\d{2,3}$", "1234", False),
        (r"^\w+$", "größe", False),
        ("^[^a-c]+$", "def", True),
        ("colou?r", "color", True),
        (r"\(\d+\)", "tel (42)", True),
        ("^(?:a|bc)*$", "abcbca", True),
        ("é", "caf\u00e9", True),
        (".", "\ud800", False),
    ],
)
def test_meaning(engine: Callable[[str], regex.Matcher], pattern: str, text: str, found: bool) -> None:
    assert engine(pattern)(text) is found


@pytest.mark.parametrize(
    "pattern",
    [
        *("(a", "a)", "[a", "[]", "[^]", "[b-a]", "[a-]", "[[:alpha:]]", "*a", "a**", "a{2}{3}", "a{3,2}"),
        *("a{201}", "a{,3}", "a{", "}", "]", "^*", "$+", r"(a)\1", r"(?P<n>a)", "(?=a)", "(?!a)", "(?<=a)"),
        *("(?i)a", "(?>a)", r"\b", r"\A", r"\pL", r"\x41", r"\é", "\\", "(" * 21 + ")" * 21, "a" * 201),
        "((a{200}){200}){200}",
    ],
)
def test_what_is_outside_the_grammar_is_refused_at_save(pattern: str) -> None:
    with pytest.raises(PatternError):
        matcher(pattern)


def test_a_refusal_names_the_position() -> None:
    with pytest.raises(PatternError, match=r"two quantifiers follow each other \(position 3\)"):
        read_pattern("ab+*")


@given(PATTERNS, st.lists(TEXTS, min_size=1, max_size=5))
@pytest.mark.skipif(not regex.HAS_RE2, reason="RE2 has no wheel here")
def test_both_engines_give_the_same_answer(pattern: str, texts: list[str]) -> None:
    ours, theirs = automaton_matcher(pattern), re2_matcher(pattern)
    assert [ours(text) for text in texts] == [theirs(text) for text in texts]


@given(PATTERNS, TEXTS)
def test_the_answer_is_that_of_python_where_the_dialects_agree(pattern: str, text: str) -> None:
    same = re.compile(pattern.replace("$", r"\Z"), re.ASCII)
    assert automaton_matcher(pattern)(text) is (same.search(text) is not None)


@given(st.text(max_size=30) | st.text(alphabet=r"ab()[]{}|*+?^$.\-,1", max_size=30))
def test_any_text_is_a_pattern_or_refused(pattern: str) -> None:
    try:
        found = matcher(pattern)
    except (PatternError, UnicodeEncodeError):
        return
    assert found("ab1") in (True, False)


@pytest.mark.parametrize("pattern", EVIL)
def test_twice_the_text_takes_twice_the_steps(pattern: str) -> None:
    def steps(length: int) -> int:
        automaton = Automaton(read_pattern(pattern))
        automaton._known = _Forgetful()
        automaton.matches("a" * length + "!")
        return automaton.steps

    assert steps(400) <= 2.2 * steps(200)
    assert steps(800) <= 2.2 * steps(400)


class _Forgetful(dict[tuple[frozenset[int], str], frozenset[int]]):
    """Remembers nothing, so that every step is really taken and counted."""

    def __setitem__(self, key: object, value: object) -> None:
        return


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("pattern", EVIL)
def test_evil_patterns_finish_on_long_texts(engine: Callable[[str], regex.Matcher], pattern: str) -> None:
    found = engine(pattern)("a" * 20_000 + "!")
    assert found is False


def test_what_is_remembered_is_bounded() -> None:
    automaton = Automaton(read_pattern(".*a.{12}$"))
    automaton.matches("".join("ab"[i * i % 7 % 2] for i in range(5_000)))
    assert len(automaton._known) <= 256
