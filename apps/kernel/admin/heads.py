"""Heads of a list's columns, worked out once for the page: the theme asks for them anew for every row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, Final

from django.utils.text import capfirst
from unfold.templatetags import unfold_list

MEMO: Final = "_agora_heads"
Heads = Callable[[Any], Iterable[Any]]


def once(heads: Heads) -> Heads:
    """The same heads, kept with the state of the list."""

    @wraps(heads)
    def kept(cl: Any) -> Iterator[Any]:
        if MEMO not in cl.__dict__:
            cl.__dict__[MEMO] = list(heads(cl))
        return iter(cl.__dict__[MEMO])

    return kept


def begun(heads: Heads) -> Heads:
    """The same heads with a capital letter: on phones they are labels of the cells as they stand."""

    @wraps(heads)
    def lettered(cl: Any) -> Iterator[Any]:
        for head in heads(cl):
            yield {**head, "text": head["text"] if hasattr(head["text"], "__html__") else capfirst(str(head["text"]))}

    return lettered


def keep_heads() -> None:
    """Have the theme's lists keep them; a third of the time of a page of fifty went there."""
    if not hasattr(unfold_list.result_headers, "__wrapped__"):
        unfold_list.result_headers = once(begun(unfold_list.result_headers))
