"""The heads of a list are worked out once, however many rows stand below them."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from django.test import Client
from unfold.templatetags import unfold_list

from apps.kernel.admin.heads import once
from tests.kernel.books import make_books
from tests.support.scopes import House

BOOKS = "/backend/shelf/book/"


def test_heads_are_asked_for_once_by_each_list() -> None:
    asked: list[Any] = []

    def heads(cl: Any) -> Iterator[str]:
        asked.append(cl)
        yield from cl.names

    kept, one, other = once(heads), SimpleNamespace(names="ab"), SimpleNamespace(names="c")
    assert [list(kept(cl)) for cl in (one, other, one)] == [["a", "b"], ["c"], ["a", "b"]]
    assert asked == [one, other]


def test_lists_show_the_heads_that_the_theme_has_for_them(house: House, alice: Client) -> None:
    make_books(house, {}, {})
    cl = alice.get(BOOKS).context["cl"]
    kept = [head["text"] for head in unfold_list.result_headers(cl)]
    assert hasattr(unfold_list.result_headers, "__wrapped__")
    assert kept == [head["text"] for head in unfold_list.result_headers.__wrapped__(cl)]
    assert len(kept) > 2
