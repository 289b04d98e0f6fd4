"""Formatted text from people whom nobody trusts: read as browsers read it, and written anew from what is allowed.

The library nh3 parses the text with the rules of HTML5 and writes only what the lists below name. What it wrote is
read again until it reads the same: no browser sees another tree in the answer than the one that was judged.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Final

import nh3

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
MOST_READINGS: Final = 8
_TAG: Final = re.compile(r"<(/?)([a-z0-9]+)([^<>]*)>")
# A browser leaves out the first line break of preformatted text: it would lose one at every reading.
_FIRST_BREAKS: Final = re.compile(r"<pre>\n+")


def _address(tag: str, name: str, value: str) -> str | None:
    """The address of a link without what stands around it; None takes the attribute away."""
    if name != "href":
        return value  # `rel`, which nh3 writes itself
    address = value.strip()
    return None if any(ord(letter) <= 32 for letter in address) else address


_CLEANER: Final = nh3.Cleaner(
    tags={*ALLOWED, *EMPTY, *SAME},
    clean_content_tags=set(SILENT),
    attributes={"a": {"href"}},
    attribute_filter=_address,
    url_schemes=set(SCHEMES),
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
)


def _read(text: str) -> str:
    """The text as nh3 writes it, with the house's names of tags and none of them too deep."""
    open_tags: list[bool] = []  # whether each open tag was written

    def written(found: re.Match[str]) -> str:
        closes, name, rest = found.groups()
        name = SAME.get(name, name)
        if name in EMPTY:
            return f"<{name}>"
        if closes:
            return f"</{name}>" if open_tags.pop() else ""
        open_tags.append(len(open_tags) < DEEPEST)
        return f"<{name}{rest}>" if open_tags[-1] else ""

    # nh3 escapes every other `<`, those in addresses too, and closes what is open: each match is a tag that it wrote.
    return _FIRST_BREAKS.sub("<pre>", _TAG.sub(written, _CLEANER.clean(text))).strip()


def sanitised(text: str) -> str:
    """The text with allowed markup only; "" where nothing is left to read. What it gives back it leaves as it is."""
    former, latter = text, _read(text)
    readings = 1
    while latter != former and readings < MOST_READINGS:
        former, latter = latter, _read(latter)
        readings += 1
    if latter != former:  # nobody writes such a thing in good faith: what can be read of it stays
        latter = html.escape(plain(latter), quote=False).strip()
    return latter if plain(latter).strip() else ""


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
