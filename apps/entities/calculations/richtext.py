"""Formatted text from people whom nobody trusts: taken apart, and written anew from what is allowed.

Nothing of the input's markup is passed on. Each tag of the answer is written here, text is escaped, and what is
allowed knows no raw text, no foreign namespaces and no attributes but the address of a link: however a browser
reads the input, it reads the answer as we do.
"""

from __future__ import annotations

import html
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

BLOCKS: Final = frozenset({"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre"})
INLINE: Final = frozenset({"a", "b", "strong", "i", "em", "u", "s", "code", "sub", "sup"})
ALLOWED: Final = BLOCKS | INLINE
EMPTY: Final = frozenset({"br", "hr"})
SAME: Final = {"div": "p", "h1": "h2", "h5": "h4", "h6": "h4", "del": "s", "strike": "s"}
# What stands in these is no text for people.
SILENT: Final = frozenset(
    {
        "script",
        "style",
        "template",
        "iframe",
        "object",
        "noscript",
        "title",
        "textarea",
        "svg",
        "math",
        "head",
        "select",
        "xmp",
        "noembed",
        "noframes",
        "plaintext",
        "audio",
        "video",
        "canvas",
    }
)
SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
DEEPEST: Final = 20


class _Rewriter(HTMLParser):
    """Writes what is allowed, with every tag closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.open: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write an allowed tag; from a silent one on nothing is written."""
        if tag in SILENT:
            self.silent.append(tag)
        if self.silent:
            return
        name = SAME.get(tag, tag)
        if name in EMPTY:
            self.pieces.append(f"<{name}>")
        elif name in ALLOWED and len(self.open) < DEEPEST:
            self._close_for(name)
            self.open.append(name)
            self.pieces.append(f"<{name}{_link(attrs) if name == 'a' else ''}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """In HTML `<p/>` is `<p>`."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close the tag and whatever stands open inside it."""
        if self.silent:
            if tag in self.silent:
                del self.silent[self.silent.index(tag) :]
            return
        name = SAME.get(tag, tag)
        if name in self.open:
            while self.open:
                closed = self.open.pop()
                self.pieces.append(f"</{closed}>")
                if closed == name:
                    break

    def handle_data(self, data: str) -> None:
        """Write text."""
        if not self.silent:
            self.pieces.append(html.escape(data, quote=False))

    def _close_for(self, name: str) -> None:
        """A browser ends a paragraph where another block begins, and an item where the next one does."""
        for inner in ("p",) if name in BLOCKS else (("a",) if name == "a" else ()):
            if inner in self.open:
                self.handle_endtag(inner)
        if name == "li" and "li" in self.open and not _lists_since(self.open):
            self.handle_endtag("li")


def _lists_since(names: list[str]) -> bool:
    """Say whether a list was opened inside the last open item."""
    last = len(names) - 1 - names[::-1].index("li")
    return any(name in {"ul", "ol"} for name in names[last:])


def _link(attrs: list[tuple[str, str | None]]) -> str:
    address = next((value or "" for name, value in attrs if name == "href"), "").strip()
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return ""
    if scheme not in SCHEMES or any(ord(letter) <= 32 for letter in address):
        return ""
    return f' href="{html.escape(address)}" rel="noopener noreferrer nofollow"'


def sanitised(text: str) -> str:
    """The text with allowed markup only; "" where nothing is left to read. What it gives back it leaves as it is."""
    rewriter = _Rewriter()
    rewriter.feed(text)
    rewriter.close()
    for name in reversed(rewriter.open):
        rewriter.pieces.append(f"</{name}>")
    written = "".join(rewriter.pieces).strip()
    return written if plain(written).strip() else ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if (tag in BLOCKS or tag in EMPTY) and self.pieces:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def plain(text: str) -> str:
    """What people read of a sanitised text."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return "".join(reader.pieces)
