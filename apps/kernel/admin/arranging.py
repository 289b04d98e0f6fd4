"""How a list is shown: columns, order, size of a page, condition, search, filters; as an address, and as settings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib.admin.options import IS_FACETS_VAR, IS_POPUP_VAR, TO_FIELD_VAR
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.http import QueryDict

VIEW: Final = "view"
COLUMNS: Final = "columns"
SORT: Final = "sort"
SIZE: Final = "page_size"
CONDITION: Final = "filter"
STANDARD: Final = "all"  # `view=all`: as the page declares it, whatever the default is
SIZES: Final = (20, 50, 100, 200)
OWN: Final = frozenset({VIEW, COLUMNS, SORT, SIZE, CONDITION})
# What says which part of a list is looked at, and not how it is shown.
PASSING: Final = frozenset(
    {PAGE_VAR, ALL_VAR, ERROR_FLAG, IS_POPUP_VAR, TO_FIELD_VAR, IS_FACETS_VAR, "_changelist_filters"}
)
MOST_COLUMNS, MOST_SORTED, MOST_PARAMETERS = 120, 20, 50


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One way to show a list; what is empty is as the page declares it.

    `columns` and `sort` hold names, the latter with a minus where they descend. `condition` is the text of an
    expression in JSON. `parameters` are those of the filters beside the list, by name.
    """

    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    page_size: int = 0
    condition: str = ""
    search: str = ""
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def settings(self) -> dict[str, Any]:
        """The same as JSON, without what is empty. The condition has to be JSON."""
        found: dict[str, Any] = {
            COLUMNS: list(self.columns),
            SORT: list(self.sort),
            SIZE: self.page_size,
            CONDITION: json.loads(self.condition) if self.condition else None,
            "search": self.search,
            "parameters": {name: list(values) for name, values in self.parameters.items()},
        }
        return {name: value for name, value in found.items() if value}

    def pairs(self) -> list[tuple[str, str]]:
        """The same as parameters of an address."""
        own = {
            COLUMNS: ",".join(self.columns),
            SORT: ",".join(self.sort),
            SIZE: str(self.page_size or ""),
            CONDITION: self.condition,
            SEARCH_VAR: self.search,
        }
        named = [(name, value) for name, value in own.items() if value]
        return [*((name, value) for name, values in self.parameters.items() for value in values), *named]

    def is_like(self, other: Arrangement) -> bool:
        """Say whether both show the same; a condition may be written in two ways."""
        return self._comparable() == other._comparable()

    def _comparable(self) -> tuple[Any, ...]:
        parameters = {name: tuple(values) for name, values in self.parameters.items()}
        return (self.columns, self.sort, self.page_size, _read(self.condition), self.search, parameters)


def asked_for(query: QueryDict, ignored: Iterable[str] = ()) -> Arrangement:
    """Read an address. Names are not looked at here; what is no size of a page is none."""
    skipped = {*OWN, *PASSING, ORDER_VAR, SEARCH_VAR, *ignored}
    return Arrangement(
        columns=_names(query.getlist(COLUMNS))[:MOST_COLUMNS],
        sort=_names(query.getlist(SORT))[:MOST_SORTED],
        page_size=_size(query.get(SIZE, "")),
        condition=str(query.get(CONDITION, "")).strip(),
        search=str(query.get(SEARCH_VAR, "")),
        parameters={name: tuple(values) for name, values in query.lists() if name not in skipped},
    )


def kept(settings: Mapping[str, Any]) -> Arrangement:
    """Read settings as they were saved."""
    tree = settings.get(CONDITION)
    return Arrangement(
        columns=tuple(settings.get(COLUMNS, ())),
        sort=tuple(settings.get(SORT, ())),
        page_size=_size(str(settings.get(SIZE, ""))),
        condition=as_text(tree) if tree else "",
        search=str(settings.get("search", "")),
        parameters={name: tuple(values) for name, values in settings.get("parameters", {}).items()},
    )


def as_text(tree: Any) -> str:
    """A condition as it stands in an address."""
    return json.dumps(tree, separators=(",", ":"), ensure_ascii=False)


def says_nothing(query: QueryDict, ignored: Iterable[str] = ()) -> bool:
    """Say whether the address leaves it open how the list is shown."""
    return not set(query) - PASSING - {VIEW} - set(ignored)


def _names(values: Iterable[str]) -> tuple[str, ...]:
    found = (name.strip() for value in values for name in str(value).split(","))
    return tuple(dict.fromkeys(name for name in found if name and "\0" not in name))


def _size(text: str) -> int:
    return next((size for size in SIZES if str(size) == text), 0)


def _read(condition: str) -> Any:
    try:
        return json.loads(condition) if condition else None
    except (ValueError, RecursionError):
        return condition
