"""Whether settings of a view have the shape that lists read. Pure: what is not there any more is the list's matter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.kernel.admin.arranging import (
    COLUMNS,
    CONDITION,
    MOST_COLUMNS,
    MOST_PARAMETERS,
    MOST_SORTED,
    OWN,
    PASSING,
    SIZE,
    SIZES,
    SORT,
)
from apps.kernel.errors import FieldError

KNOWN: Final = (COLUMNS, SORT, SIZE, CONDITION, "search", "parameters")
COLUMN: Final = re.compile(r"[A-Za-z_][\w.:-]{0,119}", re.ASCII)
LONGEST_SEARCH, LONGEST_VALUE, MOST_VALUES = 200, 1000, 50
RESERVED: Final = OWN | PASSING | {"o", "q"}


def as_json(settings: Any) -> Any:
    """The settings with numbers as JSON keeps them; the strict reader makes decimals of those with a point."""
    if isinstance(settings, Mapping):
        return {name: as_json(value) for name, value in settings.items()}
    if isinstance(settings, list | tuple):
        return [as_json(value) for value in settings]
    if isinstance(settings, Decimal):
        return int(settings) if settings == settings.to_integral_value() else float(settings)
    return settings


def complaints_about(settings: Any) -> list[FieldError]:
    """What is wrong with the settings, each complaint at its place below `settings`; the condition is not looked at."""
    if not isinstance(settings, Mapping):
        return [_complaint("", "invalid", _("Settings are an object."))]
    unknown = [
        _complaint(str(name)[:50], "unknown", _("There is no such field.")) for name in settings if name not in KNOWN
    ]
    return [
        *unknown,
        *_names(settings, COLUMNS, MOST_COLUMNS),
        *_names(settings, SORT, MOST_SORTED),
        *_size(settings.get(SIZE)),
        *_search(settings.get("search")),
        *_parameters(settings.get("parameters")),
    ]


def _names(settings: Mapping[str, Any], key: str, most: int) -> Iterator[FieldError]:
    given = settings.get(key)
    if given is None:
        return
    if not isinstance(given, list) or len(given) > most:
        yield _complaint(key, "invalid", _("Give a list of at most {most} names.").format(most=most))
        return
    bare = [name.removeprefix("-") if isinstance(name, str) and key == SORT else name for name in given]
    for place, name in enumerate(bare):
        if not isinstance(name, str) or not COLUMN.fullmatch(name):
            yield _complaint(f"{key}.{place}", "invalid", _("This is no name of a column."))
        elif name in bare[:place]:
            yield _complaint(f"{key}.{place}", "repeated", _("Name each column once."))


def _size(given: Any) -> Iterator[FieldError]:
    if given is not None and (isinstance(given, bool) or given not in SIZES):
        sizes = ", ".join(map(str, SIZES))
        yield _complaint(SIZE, "invalid_choice", _("Choose one of: {sizes}.").format(sizes=sizes))


def _search(given: Any) -> Iterator[FieldError]:
    if given is not None and not _is_text(given, LONGEST_SEARCH):
        text = _("Give a text of at most {most} characters.").format(most=LONGEST_SEARCH)
        yield _complaint("search", "invalid", text)


def _parameters(given: Any) -> Iterator[FieldError]:
    if given is None:
        return
    if not isinstance(given, Mapping) or len(given) > MOST_PARAMETERS:
        text = _("Give an object of at most {most} filters.").format(most=MOST_PARAMETERS)
        yield _complaint("parameters", "invalid", text)
        return
    for name, values in given.items():
        is_name = isinstance(name, str) and 0 < len(name) <= 100 and "\0" not in name and name not in RESERVED
        is_list = isinstance(values, list) and 0 < len(values) <= MOST_VALUES
        if not is_name or not is_list or not all(_is_text(item, LONGEST_VALUE) for item in values):
            text = _("A filter has a name and a list of texts.")
            yield _complaint(f"parameters.{str(name)[:100]}", "invalid", text)


def _is_text(value: Any, most: int) -> bool:
    return isinstance(value, str) and len(value) <= most and "\0" not in value and value.isprintable()


def _complaint(place: str, code: str, message: str) -> FieldError:
    return FieldError(f"settings.{place}" if place else "settings", code, message)
