"""How display names are made of names, and follow them."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST = 200


def joined(*names: str) -> str:
    """First and last name of a person as one."""
    return " ".join(name for name in (name.strip() for name in names) if name)[:LONGEST]


def first_of(*names: str) -> str:
    """The first name of a company that is there: what it calls itself before what it is registered as."""
    return next((name for name in (name.strip() for name in names) if name), "")[:LONGEST]


def following(shown: str, *, former: str, derived: str) -> str:
    """The display name after names have changed: what somebody chose stays, what was made of the names is made anew.

    `former` is what the names made before, `derived` what they make now.
    """
    chosen = shown.strip()
    return derived if not chosen or chosen == former else chosen[:LONGEST]


def words_of(names: Iterable[str]) -> frozenset[str]:
    """The words of several names, for comparing: without capitals, order and repetition."""
    return frozenset(word for name in names for word in name.casefold().split())
