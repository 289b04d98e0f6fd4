"""Which column goes to which field: as data, and guessed from names and samples."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.kernel.errors import FieldError
from apps.kernel.imports.errors import OrderInvalid
from apps.kernel.imports.planning import transforms
from apps.kernel.imports.planning.fields import FieldKind, ImportField, Style, Unreadable, read_value
from apps.kernel.imports.planning.transforms import Transform, Trim
from apps.kernel.imports.reading.cells import Cell, is_blank
from apps.kernel.imports.reading.sources import Look

ORDERS: Final = ("auto", "ymd", "dmy", "mdy")
SIGNS: Final = ("auto", ".", ",")
NUMBERS: Final = frozenset({FieldKind.DECIMAL, FieldKind.INTEGER})
DATES: Final = frozenset({FieldKind.DATE, FieldKind.DATETIME})


PLAIN_STYLE: Final = Style()


@dataclass(frozen=True, slots=True)
class Assignment:
    """A field and where its values come from: columns by place from 0, joined by `joiner`; none for a constant."""

    target: str
    sources: tuple[int, ...]
    steps: tuple[Transform, ...] = (Trim(),)
    style: Style = PLAIN_STYLE
    joiner: str = " "


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """All assignments of a file; columns that none of them names are left alone."""

    assignments: tuple[Assignment, ...] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the fields."""
        return tuple(item.target for item in self.assignments)

    def meant_in(self, zone: str) -> ColumnMapping:
        """The same with moments that name no zone meant in this one."""
        return ColumnMapping(tuple(replace(item, style=replace(item.style, zone=zone)) for item in self.assignments))

    def as_json(self) -> list[dict[str, Any]]:
        """Plain values for storage."""
        return [
            {
                "target": item.target,
                "sources": list(item.sources),
                "steps": transforms.as_json(item.steps),
                "decimal": item.style.decimal,
                "order": item.style.order,
                "zone": item.style.zone,
                "joiner": item.joiner,
            }
            for item in self.assignments
        ]


def mapping_from_json(values: Any) -> ColumnMapping:
    """The mapping of stored or given values. Raises OrderInvalid with every place that makes no sense."""
    if not isinstance(values, list):
        raise OrderInvalid(errors=(FieldError("mapping", "kernel.import.mapping", _("Give a list.")),))
    return ColumnMapping(tuple(_assignment(item, f"mapping.{number}") for number, item in enumerate(values)))


def _assignment(value: Any, place: str) -> Assignment:
    steps = transforms.from_json(value.get("steps", [{"do": "trim"}]) if isinstance(value, dict) else None, place=place)
    try:
        style = Style(value.get("decimal", "auto"), value.get("order", "auto"), value.get("zone", "UTC"))
        sources = tuple(value.get("sources", ()))
        known = style.decimal in SIGNS and style.order in ORDERS
        if not known or not all(type(item) is int and item >= 0 for item in sources):
            raise ValueError(place)
        return Assignment(str(value["target"]), sources, steps, style, str(value.get("joiner", " ")))
    except (KeyError, TypeError, ValueError) as error:
        message = _("This assignment makes no sense.")
        raise OrderInvalid(errors=(FieldError(place, "kernel.import.mapping", message),)) from error


def guess_mapping(found: Look, fields: Iterable[ImportField], *, zone: str = "UTC") -> ColumnMapping:
    """Fields for columns by what they are called, each used once, in the styles that the samples are written in.

    `zone` is where moments are at home that name no zone.
    """
    by_name = _names(fields)
    taken: dict[str, Assignment] = {}
    for place, name in enumerate(found.names):
        field = by_name.get(simplified(name))
        if field is not None and field.name not in taken:
            cells = samples_of(found, place)
            style = replace(guess_style(field, cells), zone=zone if field.kind is FieldKind.DATETIME else "UTC")
            taken[field.name] = Assignment(field.name, (place,), style=style)
    return ColumnMapping(tuple(taken.values()))


def samples_of(found: Look, place: int) -> list[Cell]:
    """What stands in a column of the first rows."""
    return [row.cells[place] for row in found.samples if place < len(row.cells) and not is_blank(row.cells[place])]


def _names(fields: Iterable[ImportField]) -> dict[str, ImportField]:
    """Names by which a field is known; its own before labels, labels before aliases, whoever comes first."""
    every = list(fields)
    found: dict[str, ImportField] = {}
    for choose in (_own, _labels, _aliases):
        for field in every:
            for name in choose(field):
                found.setdefault(simplified(name), field)
    found.pop("", None)
    return found


def _own(field: ImportField) -> Sequence[str]:
    return (field.name, field.name.removesuffix("_id"), field.name.removeprefix("cf_"))


def _labels(field: ImportField) -> Sequence[str]:
    return (str(field.label),)


def _aliases(field: ImportField) -> Sequence[str]:
    return field.aliases


def simplified(name: str) -> str:
    """A name without case, accents, spaces and signs, so that `E-Mail` and `e_mail` are one."""
    flat = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("Ł", "L")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", flat.casefold())


def guess_style(field: ImportField, cells: Sequence[Cell]) -> Style:
    """The style in which most samples can be read; where two read as many `auto`, which refuses what is open."""
    rivals = [Style(decimal=","), Style(decimal=".")] if field.kind in NUMBERS else []
    rivals = [Style(order="dmy"), Style(order="mdy")] if field.kind in DATES else rivals
    if not cells or not rivals:
        return Style()
    plain = sum(_reads(field, cell, Style()) for cell in cells)
    fits = {style: sum(_reads(field, cell, style) for cell in cells) for style in rivals}
    best, other = sorted(rivals, key=lambda style: fits[style], reverse=True)
    return best if fits[best] > fits[other] and fits[best] >= plain else Style()


def _reads(field: ImportField, cell: Cell, style: Style) -> bool:
    try:
        read_value(field, cell, style)
    except Unreadable:
        return False
    return True


def fitted(mapping: ColumnMapping, fields: Mapping[str, ImportField], *, width: int) -> ColumnMapping:
    """The mapping, if it names fields that there are, each once. Raises OrderInvalid with all complaints."""
    complaints: list[FieldError] = []
    seen: set[str] = set()
    for number, item in enumerate(mapping.assignments):
        place = f"mapping.{number}"
        if item.target not in fields:
            complaints.append(FieldError(place, "kernel.import.field", _("There is no such field.")))
        elif item.target in seen:
            message = _("Two columns go to {field}.").format(field=fields[item.target].label or item.target)
            complaints.append(FieldError(place, "kernel.import.twice", message))
        if any(source >= width for source in item.sources):
            complaints.append(FieldError(place, "kernel.import.column", _("The file has no such column.")))
        seen.add(item.target)
    if not mapping.assignments:
        complaints.append(FieldError("mapping", "kernel.import.mapping", _("Choose a field for at least one column.")))
    if complaints:
        raise OrderInvalid(errors=tuple(complaints))
    return mapping
