"""Spots of pages, and the widgets that modules put there."""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.kernel.extensions.placements import STACK, Piece, Placement, laid_out
from apps.kernel.extensions.rooms import room
from apps.kernel.extensions.spot_ids import SPOTS, Spot, canonical, is_offered, spot
from apps.kernel.registry.points import ExtensionPoint

__all__ = [
    "SPOTS",
    "WIDGETS",
    "Column",
    "Place",
    "Placement",
    "Spot",
    "Widget",
    "columns",
    "drawn",
    "entity_of",
    "ids_of",
    "is_offered",
    "row_actions",
    "spot",
    "widget",
    "widgets_in",
]

logger = logging.getLogger(__name__)

SECONDS: Final = 2.0
COLUMNS, ROW_ACTIONS = "columns", "row-actions"
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Place:
    """Where a widget is drawn: the page's request, the spot, the kind of record that it is about ("" for none).

    `record` is the row of a record's page, None for a new one and everywhere else. `ids` are those of the rows on
    the page of a list.
    """

    request: HttpRequest
    spot: str
    entity: str = ""
    record: Any = None
    ids: tuple[UUID, ...] = ()


Context = Callable[[Place], Mapping[Any, Any] | None]


@dataclass(frozen=True, slots=True)
class Widget:
    """A template in a spot, or in every spot that a pattern of ids matches (`crud-form:*:fields`).

    `placement` says how it stands among the others of the spot.

    `context(place)` gives its variables, None where it has nothing to show; without it the template gets `place`
    only. In the columns of a list it is asked once for the page, gives variables for each id, and `title` is the
    head of the column.
    """

    id: str
    spot: str
    template: str
    context: Context | None = None
    title: Text = ""
    priority: int = 0
    features: tuple[str, ...] = ()
    seconds: float = SECONDS
    placement: Placement = STACK


WIDGETS: ExtensionPoint[Widget] = ExtensionPoint("widget")


def widget(declared: Widget) -> Widget:
    """Register a widget."""
    return WIDGETS.add(declared.id, declared)


def widgets_in(spot_id: str) -> list[Widget]:
    """Widgets of a spot that are for the open scope's actor, in their order."""
    candidates = _candidates(canonical(spot_id), WIDGETS.changes, frozenset(settings.EXTENSION_OVERRIDES))
    found = WIDGETS.open(WIDGETS[name] for name in candidates) if candidates else []
    return [item for item in found if fnmatchcase(canonical(spot_id), canonical(item.spot))]


@lru_cache(maxsize=4096)
def _candidates(spot_id: str, changes: int, overridden: frozenset[str]) -> tuple[str, ...]:
    """Ids of widgets that may stand in the spot: a page with a hundred empty spots looks a hundred times here.

    What an override makes of a widget may stand elsewhere than the widget.
    """
    found = (item for item in WIDGETS.values() if fnmatchcase(spot_id, canonical(item.spot)) or item.id in overridden)
    return tuple(item.id for item in found)


def drawn(place: Place) -> SafeString:
    """Everything in the spot, as the placements say. A widget that fails or is too slow is logged and left out."""
    pieces = ((item, _piece(item, place)) for item in widgets_in(place.spot))
    found = [Piece(item.id, str(item.title), item.placement, _apart(item, piece)) for item, piece in pieces if piece]
    return laid_out(place.spot, found) if found else SafeString()


def _apart(item: Widget, piece: str) -> SafeString:
    return format_html('<div class="ag-widget" data-widget="{}">{}</div>', item.id, piece)


def _piece(item: Widget, place: Place) -> str:
    def draw() -> str:
        values = item.context(place) if item.context else {}
        return "" if values is None else _rendered(item, place, values)

    return _inside(item, draw) or ""


@dataclass(frozen=True, slots=True)
class Column:
    """A further column of a list: its head, and a cell for each row that it has something for."""

    id: str
    title: Text
    cells: Mapping[UUID, str]


def columns(place: Place, *, only: Container[str] | None = None) -> list[Column]:
    """Further columns of the page of a list, those of the ids in `only`; each widget is asked once for all rows."""
    return [Column(item.id, item.title, cells) for item, cells in _in_rows(place, COLUMNS, only=only)]


def row_actions(place: Place) -> dict[UUID, SafeString]:
    """What widgets put among the actions of each row of the page of a list."""
    found: dict[UUID, list[SafeString]] = {}
    for item, cells in _in_rows(place, ROW_ACTIONS):
        for key, piece in cells.items():
            found.setdefault(key, []).append(_apart(item, piece))
    return {key: format_html_join("", "{}", ((piece,) for piece in pieces)) for key, pieces in found.items()}


def _in_rows(place: Place, slot: str, *, only: Container[str] | None = None) -> list[tuple[Widget, Mapping[UUID, str]]]:
    place = replace(place, spot=f"data-table:{place.entity}:{slot}")
    asked = (item for item in widgets_in(place.spot) if only is None or item.id in only)
    return [(item, _cells(item, place)) for item in asked]


def _cells(item: Widget, place: Place) -> Mapping[UUID, str]:
    def draw() -> dict[UUID, str]:
        values = (item.context(place) if item.context else {}) or {}
        return {key: _rendered(item, place, values[key]) for key in place.ids if key in values}

    return (_inside(item, draw) or {}) if place.ids else {}


def _inside(item: Widget, draw: Callable[[], Any]) -> Any:
    """What is drawn in a room of its own; None for a widget that fails."""
    try:
        with room() as inner:
            return inner.run(item.id, draw, seconds=item.seconds)
    except Exception:
        logger.exception("widget failed", extra={"extension": item.id})
        return None


def _rendered(item: Widget, place: Place, values: Mapping[str, Any]) -> str:
    return render_to_string(item.template, {"place": place, **values}, place.request)


def entity_of(subject: Any) -> str:
    """Id of the kind of record that an admin's `opts` is about; text is taken as it is."""
    if isinstance(subject, str):
        return subject
    return str(getattr(subject.model, "entity_id", "") or subject.label_lower)


def ids_of(rows: Iterable[Any]) -> tuple[UUID, ...]:
    """Ids of the rows on a page."""
    return tuple(row.pk for row in rows or ())
