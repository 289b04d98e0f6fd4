"""The filters of documents: few, eager, and each charged for what it goes through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import wraps
from typing import Any, Final

from jinja2 import pass_context
from jinja2.runtime import Context, Undefined
from markupsafe import escape

from apps.kernel.money import round_half_up
from apps.kernel.templating.budget import allow_text, spend, spend_on
from apps.kernel.templating.values import as_text

# Written into the tree by the guard; an author cannot name a filter with a blank, and so not skew its counts.
LOOP: Final = "loop over"
CONCAT: Final = "concat all"
COMPARED: Final = "compared with"
SEARCHED: Final = "searched for"


def shown(value: Any) -> str:
    """Return what `{{ value }}` prints: null prints nothing, an unknown name raises."""
    if isinstance(value, Undefined):
        return str(value)
    if value is None:
        return ""
    return value if isinstance(value, str) else as_text(value)


def elements(value: Any) -> list[Any]:
    """Return the elements of a list or a range, or the keys of an object; text has no elements."""
    if isinstance(value, Undefined):
        return list(value)
    if not isinstance(value, (list, tuple, dict, range)):
        raise TypeError(f"{type(value).__name__} is not a list")
    return list(value)


def _attribute(item: Any, name: str | None) -> Any:
    for step in name.split(".") if name else ():
        if not isinstance(item, dict) or step not in item:
            raise LookupError(f"an element has no {name}")
        item = item[step]
    return item


def _default(value: Any, default: Any = "", also_if_empty: Any = False) -> Any:
    return default if isinstance(value, Undefined) or value is None or (also_if_empty and not value) else value


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str) else len(elements(value))


def _first(value: Any) -> Any:
    return next(iter(elements(value)), None)


def _last(value: Any) -> Any:
    return next(reversed(elements(value)), None)


def _map(value: Any, attribute: str) -> list[Any]:
    return [_attribute(item, attribute) for item in elements(value)]


def _join(value: Any, separator: str = "", attribute: str | None = None) -> str:
    texts = [shown(_attribute(item, attribute)) for item in elements(value)]
    return joined(texts, shown(separator))


def joined(texts: list[str], separator: str = "") -> str:
    """Join texts, unless the result would be larger than a document may be."""
    allow_text(sum(len(text) for text in texts) + len(separator) * len(texts))
    return separator.join(texts)


def _sum(value: Any, attribute: str | None = None) -> Any:
    return sum(_attribute(item, attribute) for item in elements(value))


def _sort(value: Any, attribute: str | None = None, reverse: Any = False) -> list[Any]:
    return sorted(elements(value), key=lambda item: _attribute(item, attribute), reverse=bool(reverse))


def _unique(value: Any) -> list[Any]:
    return list(dict.fromkeys(elements(value)))


def _items(value: Any) -> list[tuple[Any, Any]]:
    if not isinstance(value, dict):
        raise TypeError(f"{type(value).__name__} is not an object")
    return list(value.items())


def _round(value: Any, places: int = 0) -> Decimal:
    return round_half_up(Decimal(shown(value)), places)


def _truncate(value: Any, length: int = 255, end: str = "…") -> str:
    text = shown(value)
    return text if len(text) <= length else text[: max(0, length - len(end))] + end


def _text(change: Callable[[str], str]) -> Callable[[Any], str]:
    return lambda value: joined([change(shown(value))])


def _loop(value: Any, cost: int) -> list[Any]:
    """Charge for a whole loop before it starts: `cost` is the size of its body."""
    items = elements(value)
    spend(len(items) * cost)
    return items


def _concat(values: list[Any]) -> str:
    return joined([shown(value) for value in values])


def _compared(value: Any) -> Any:
    if isinstance(value, (list, tuple, dict)):
        raise TypeError("lists and objects are not compared")
    return value


def _charged(function: Callable[..., Any]) -> Callable[..., Any]:
    @pass_context  # keeps the compiler from running the filter on constants, where nothing is counted
    @wraps(function)
    def run(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, Undefined):
            spend_on(value)
        return function(value, *args, **kwargs)

    return run


_BY_NAME: Final[Mapping[str, Callable[..., Any]]] = {
    "default": _default,
    "d": _default,
    "escape": lambda value: escape(shown(value)),
    "e": lambda value: escape(shown(value)),
    "upper": _text(str.upper),
    "lower": _text(str.lower),
    "title": _text(str.title),
    "capitalize": _text(str.capitalize),
    "trim": _text(str.strip),
    "truncate": _truncate,
    "length": _length,
    "count": _length,
    "first": _first,
    "last": _last,
    "map": _map,
    "join": _join,
    "sum": _sum,
    "sort": _sort,
    "reverse": lambda value: elements(value)[::-1],
    "unique": _unique,
    "items": _items,
    "round": _round,
    LOOP: _loop,
    CONCAT: _concat,
    COMPARED: _compared,
    SEARCHED: lambda value: value,
}
FILTERS: Final = {name: _charged(function) for name, function in _BY_NAME.items()}
