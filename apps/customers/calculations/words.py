"""Texts shortened to one line."""

from __future__ import annotations


def one_line(text: str, most: int) -> str:
    """The first words of the text as one line of at most that many letters."""
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 1]}…"
