"""The rows of an export: all that pass the list's conditions, from one state of the database, chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from rest_framework.request import Request

from apps.kernel.api.reading.reader import ListShape, Selection

CHUNK = 2000
Row = tuple[Any, ...]
Note = Callable[[list[UUID]], None]


def exported_rows(selection: Selection, shape: ListShape, view: Any, *, note: Note) -> Iterator[Row]:
    """Rows of the chosen fields in the list's order, inside an open transaction; `note` gets the ids of each chunk."""
    ordered = selection.rows.order_by(*(term.words for term in selection.order))
    columns = shape.plan.plain(selection.names)
    if columns is None:
        yield from _computed(ordered, selection.names, view, note)
        return
    rows = ordered.values_list(*(column.source for column in columns), "pk").iterator(chunk_size=CHUNK)
    for chunk in _chunks(rows):
        note([row[-1] for row in chunk])
        for row in chunk:
            yield row[:-1]


def _computed(ordered: Any, names: tuple[str, ...], view: Any, note: Note) -> Iterator[Row]:
    for chunk in _chunks(ordered.iterator(chunk_size=CHUNK)):
        note([row.pk for row in chunk])
        for record in view.get_serializer(chunk, many=True).data:
            yield tuple(record[name] for name in names)


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    source = iter(rows)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def view_for(view_class: type[Any], request: Request | None) -> Any:
    """A view that can serialize records for an export."""
    view = view_class()
    view.action, view.request, view.format_kwarg = "list", request, None
    return view
