"""In which languages the caller wants to read: from the request, in the caller's order of preference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

HEADER = "X-Locale"
TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?")
MOST = 10

_reading: ContextVar[tuple[str, ...]] = ContextVar("agora_locales", default=())


def canonical(tag: str) -> str | None:
    """The tag as it is written: `pt-BR`, `zh-Hant-TW`; None for what is no language, script and region."""
    found = TAG.fullmatch(tag.strip().replace("_", "-"))
    if found is None:
        return None
    language, *rest = found.group().split("-")
    return "-".join([language.lower(), *(part.title() if len(part) == 4 else part.upper() for part in rest)])


def fallbacks(tag: str) -> list[str]:
    """The tag and what is less special: `pt-BR`, `pt`."""
    parts = tag.split("-")
    return ["-".join(parts[:count]) for count in range(len(parts), 0, -1)]


def chain(wanted: Iterable[str], *, default: str, held: frozenset[str]) -> tuple[str, ...]:
    """Languages in which texts are looked for, first to last: those that are held, up to the default one.

    What stands in the record is in the default language, so nothing is looked for behind it.
    """
    found: list[str] = []
    for tag in wanted:
        for step in fallbacks(tag):
            if step == default:
                return tuple(found)
            if step in held and step not in found:
                found.append(step)
    return tuple(found)


def wanted_locales(request: HttpRequest) -> tuple[str, ...]:
    """What the request asks for: `X-Locale`, else the language chosen in the back office, else `Accept-Language`."""
    for text in (request.headers.get(HEADER, ""), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")):
        if text and (tag := canonical(text)) is not None:
            return (tag,)
    listed = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    tags = (canonical(tag) for tag, weight in listed[:MOST] if weight)
    return tuple(dict.fromkeys(tag for tag in tags if tag is not None))


def current_locales() -> tuple[str, ...]:
    """Languages that the reader of now prefers; none outside a request: texts are then shown as they stand."""
    return _reading.get()


def speak(locales: Sequence[str]) -> None:
    """Prefer these languages from here on, until the block of `reading_in` around it ends."""
    _reading.set(tuple(locales))


@contextmanager
def reading_in(locales: Sequence[str]) -> Iterator[None]:
    """Prefer these languages for the block."""
    token = _reading.set(tuple(locales))
    try:
        yield
    finally:
        _reading.reset(token)
