"""The rows of an export: all that pass the list's conditions, from one state of the database, chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.request import Request

from apps.kernel.api.customs import CUSTOM
from apps.kernel.api.reading.columns import Column
from apps.kernel.api.reading.complaints import Parameters
from apps.kernel.api.reading.reader import ListShape, Selection, select
from apps.kernel.customs import FieldDefinitions
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.extensions.enrichers import enriched, open_names
from apps.kernel.registry.entities import Entity
from apps.kernel.services import service
from apps.kernel.translating.overlays import localized, overlay_records

CHUNK = 2000
Row = tuple[Any, ...]
Note = Callable[[list[UUID]], None]


def file_selection(rows: Any, parameters: Parameters, shape: ListShape) -> Selection:
    """Read the parameters of a file, which holds what enrichers add only where that is meant for files.

    Raises InvalidInput with all complaints.
    """
    parts = part_names(shape)
    selection = select(rows, parameters, replace(shape, extras=(*shape.extras, *parts)))
    offered = (*open_names(shape.entity, in_exports=True), *parts)
    if "fields" in parameters and (missing := set(selection.extras) - set(offered)):
        message = _("A file has no room for what other modules add: {names}.")
        text = message.format(names=", ".join(sorted(missing)))
        raise InvalidInput(errors=(FieldError("fields", "kernel.export.flat", text),))
    return replace(selection, extras=tuple(name for name in selection.extras if name in offered))


def part_names(shape: ListShape) -> tuple[str, ...]:
    """Names of columns for what belongs to the records."""
    return shape.parts.names if shape.parts is not None else ()


def file_names(selection: Selection, shape: ListShape) -> tuple[str, ...]:
    """Names of the file's columns: each listed custom field is one, `cf_<key>`."""
    listed = _listed(selection, shape)
    return tuple(column for name in selection.shown for column in (listed if name == CUSTOM else [name]))


def exported_rows(selection: Selection, shape: ListShape, view: Any, *, note: Note) -> Iterator[Row]:
    """Rows of the chosen fields in the list's order, inside an open transaction; `note` gets the ids of each chunk.

    Raises Unavailable where an enricher fails whose column was asked for.
    """
    ordered = selection.rows.order_by(*(term.words for term in selection.order))
    columns = shape.plan.plain(selection.names)
    listed = _listed(selection, shape)
    if columns is None:
        yield from _spread(_computed(ordered, selection, shape, view, note), selection, listed, shape)
        return
    yield from _spread(_plain(ordered, columns, selection, shape, note), selection, listed, shape)


def _plain(
    ordered: Any, columns: Sequence[Column], selection: Selection, shape: ListShape, note: Note
) -> Iterator[list[Row]]:
    rows = ordered.values_list(*(column.source for column in columns), "pk").iterator(chunk_size=CHUNK)
    for chunk in _chunks(rows):
        ids = [row[-1] for row in chunk]
        note(ids)
        shown = translated(chunk, ids, selection.names, shape.entity)
        extras = _extras(ids, selection, shape)
        yield [(*row[:-1], *more) for row, more in zip(shown, extras, strict=True)]


def translated(chunk: list[Row], ids: list[UUID], names: tuple[str, ...], entity: Entity) -> list[Row]:
    """The rows with translated texts in the place of their own; one query for the chunk at most."""
    if not (found := localized(entity.id, ids)):
        return chunk
    places = {name: place for place, name in enumerate(names)}
    texts = [{places[name]: text.value for name, text in found.get(key, {}).items() if name in places} for key in ids]
    return [
        tuple(own.get(place, value) for place, value in enumerate(row)) if own else row
        for row, own in zip(chunk, texts, strict=True)
    ]


def _computed(ordered: Any, selection: Selection, shape: ListShape, view: Any, note: Note) -> Iterator[list[Row]]:
    for chunk in _chunks(ordered.iterator(chunk_size=CHUNK)):
        ids = [row.pk for row in chunk]
        note(ids)
        shown = [dict(record) for record in view.get_serializer(chunk, many=True).data]
        overlay_records(view.entity, shown, ids)
        customs = [getattr(row, "custom", None) for row in chunk]
        records = [{**record, CUSTOM: custom} for record, custom in zip(shown, customs, strict=True)]
        extras = _extras(ids, selection, shape)
        yield [
            (*(record[name] for name in selection.names), *more) for record, more in zip(records, extras, strict=True)
        ]


def _listed(selection: Selection, shape: ListShape) -> list[str]:
    """Names of the columns in the place of the custom values; none where the file has not got them."""
    if CUSTOM not in selection.names:
        return []
    return [field.name for field in service(FieldDefinitions).fields(shape.fields_entity) if field.is_listed]


def _spread(lots: Iterable[list[Row]], selection: Selection, listed: Sequence[str], shape: ListShape) -> Iterator[Row]:
    """The rows with one cell for each listed custom field, where their values stood."""
    place = selection.names.index(CUSTOM) if CUSTOM in selection.names else None
    for lot in lots:
        if place is None:
            yield from lot
            continue
        values = service(FieldDefinitions).cells(shape.fields_entity, [row[place] for row in lot])
        for row, own in zip(lot, values, strict=True):
            cells = (own.get(name.removeprefix("cf_")) for name in listed)
            yield (*row[:place], *cells, *row[place + 1 :])


def _extras(ids: list[UUID], selection: Selection, shape: ListShape) -> Iterator[Row]:
    """Cells of what enrichers add, and of what belongs to the records."""
    own = set(part_names(shape)) & set(selection.extras)
    others = [name for name in selection.extras if name not in own]
    found = enriched(shape.entity, ids, others, in_exports=True)
    parts = shape.parts.cells(ids) if own and shape.parts is not None else {}
    return (
        tuple(
            parts.get(record_id, {}).get(name) if name in own else found.of(name, record_id)
            for name in selection.extras
        )
        for record_id in ids
    )


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    source = iter(rows)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def view_for(view_class: type[Any], request: Request | None) -> Any:
    """A view that can serialize records for an export."""
    view = view_class()
    view.action, view.request, view.format_kwarg = "list", request, None
    return view
