"""Compiled patterns: through RE2 where it is installed, else through our own automaton; linear in both."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

from apps.kernel.expressions.automaton import Automaton
from apps.kernel.expressions.patterns import read_pattern

try:
    import re2
except ImportError:  # no wheel for this platform
    re2 = None

Matcher: TypeAlias = Callable[[str], bool]

HAS_RE2: Final = re2 is not None
_MEMORY: Final = 1 << 20


@lru_cache(maxsize=256)
def matcher(pattern: str) -> Matcher:
    """Return a function that says whether `pattern` is found in a text; PatternError for a bad pattern."""
    return re2_matcher(pattern) if HAS_RE2 else automaton_matcher(pattern)


def automaton_matcher(pattern: str) -> Matcher:
    """Compile for the engine of our own."""
    automaton = Automaton(read_pattern(pattern))

    def matches(text: str) -> bool:
        return _encoded(text) is not None and automaton.matches(text)

    return matches


def re2_matcher(pattern: str) -> Matcher:
    """Compile for RE2, after the same check as everywhere: what the automaton refuses is refused here too."""
    Automaton(read_pattern(pattern))
    options = re2.Options()
    options.never_capture = True
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        compiled = re2.compile(pattern, options)
    except re2.error:  # larger than the memory allows, however short
        return automaton_matcher(pattern)

    def matches(text: str) -> bool:
        encoded = _encoded(text)
        return encoded is not None and compiled.search(encoded) is not None

    return matches


def _encoded(text: str) -> bytes | None:
    """Return UTF-8 (it spares RE2's wrapper the translation of positions), None for a lone surrogate."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return None
