"""Spots of pages, and the widgets that modules put there."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.kernel.extensions.rooms import room
from apps.kernel.registry.points import ExtensionPoint
from apps.kernel.registry.store import Registry

logger = logging.getLogger(__name__)

SECONDS: Final = 2.0
COLUMNS: Final = "columns"
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for widgets: `id` is `<page>:<kind of record>:<slot>`, with `*` where it is there for every kind."""

    id: str
    description: str


SPOTS: Registry[Spot] = Registry("spot")


def spot(spot_id: str, description: str) -> Spot:
    """Declare a place. Whoever declares it draws it: `{% spot … %}` stands in the page's template."""
    return SPOTS.add(spot_id, Spot(spot_id, description))


spot("crud-form:*:header", "a record's page, above the form")
spot("crud-form:*:fields", "a record's page, in the form below its fields")
spot("crud-form:*:footer", "a record's page, below the form")
spot("data-table:*:header", "a list, above the table")
spot("data-table:*:toolbar", "a list, among the buttons above the table")
spot("data-table:*:columns", "a list, further columns")
spot("data-table:*:footer", "a list, below the table")
spot("backend:topbar:actions", "every page, among the buttons at its top")
spot("backend:layout:top", "every page, below its top")
spot("backend:dashboard:header", "the start page, at its top")
spot("backend:dashboard:footer", "the start page, at its end")


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


WIDGETS: ExtensionPoint[Widget] = ExtensionPoint("widget")


def widget(declared: Widget) -> Widget:
    """Register a widget."""
    return WIDGETS.add(declared.id, declared)


def is_offered(pattern: str) -> bool:
    """Say whether some page has a spot that the pattern may match."""
    kind = pattern.split(":")[1:2] or ["*"]
    offered = (item.id.replace("*", kind[0].replace("*", "x")) for item in SPOTS.values())
    return any(fnmatchcase(item, pattern) for item in offered)


def widgets_in(spot_id: str) -> list[Widget]:
    """Widgets of a spot that are for the open scope's actor, in their order."""
    return [item for item in WIDGETS.open() if fnmatchcase(spot_id, item.spot)]


def drawn(place: Place) -> SafeString:
    """Everything in the spot. A widget that fails or is too slow is logged and left out."""
    return format_html_join("", "{}", ((_apart(item, _piece(item, place)),) for item in widgets_in(place.spot)))


def _apart(item: Widget, piece: str) -> str:
    return format_html('<div class="ag-widget" data-widget="{}">{}</div>', item.id, piece) if piece else ""


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


def columns(place: Place) -> list[Column]:
    """Further columns of the page of a list; each widget is asked once for all rows."""
    place = replace(place, spot=f"data-table:{place.entity}:{COLUMNS}")
    return [Column(item.id, item.title, _cells(item, place)) for item in widgets_in(place.spot)]


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
