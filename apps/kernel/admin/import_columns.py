"""The page of columns and options: what it shows, and what comes back from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import PlatformError
from apps.kernel.imports.models import ImportRun
from apps.kernel.imports.planning.fields import FieldKind, ImportField, Style
from apps.kernel.imports.planning.mapping import (
    DATES,
    NUMBERS,
    Assignment,
    ColumnMapping,
    mapping_from_json,
    samples_of,
)
from apps.kernel.imports.planning.options import Options, options_from_json
from apps.kernel.imports.planning.orders import Mode
from apps.kernel.imports.reading.cells import Cell, text_of
from apps.kernel.imports.reading.encodings import ENCODINGS
from apps.kernel.imports.reading.sources import CSV, Layout, Look
from apps.kernel.imports.runs.drafts import look_into, may
from apps.kernel.imports.targets import ImportTarget

Text = str | Promise
SHOWN: Final = 3  # samples of a column
LONGEST: Final = 60  # letters of one
DELIMITERS: Final[tuple[tuple[str, Text], ...]] = (
    (",", _("comma")),
    (";", _("semicolon")),
    ("\t", _("tab")),
    ("|", _("vertical line")),
)
STYLES: Final[tuple[tuple[str, Text], ...]] = (
    ("auto", _("as it is written")),
    (".", _("1,234.50 — point before decimals")),
    (",", _("1.234,50 — comma before decimals")),
    ("dmy", _("31/12/2026 — day first")),
    ("mdy", _("12/31/2026 — month first")),
)
MODES: Final[tuple[tuple[Mode, Text], ...]] = (
    (Mode.BOTH, _("Add new records and change those that are there")),
    (Mode.CREATE, _("Only add new records; those that are there are errors")),
    (Mode.SKIP, _("Only add new records; skip those that are there")),
    (Mode.UPDATE, _("Only change records that are there")),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the page shows it; `complaint` is what is wrong with its assignment."""

    place: int
    name: str
    samples: tuple[str, ...]
    target: str
    style: str
    complaint: str = ""


def columns_context(run: ImportRun, target: ImportTarget, *, refusal: Any, given: Any) -> dict[str, Any]:
    """Everything that the page shows. `given` is what was entered and refused, None for what is stored."""
    found = look_into(run)
    mapping = given_mapping(run, given) if _is_arranged(given) else mapping_from_json(run.mapping)
    options = options_from_json(run.options)
    mode = str(given.get("mode", options.mode)) if _is_arranged(given) else str(options.mode)
    key = given.get("key", "") if _is_arranged(given) else ",".join(options.key)
    whole = "all_or_nothing" in given if _is_arranged(given) else options.all_or_nothing
    names = {item.name: item.label or item.name for item in target.fields()}
    return {
        "columns": [_column(found, place, mapping, refusal) for place in range(len(found.names))],
        "fields": [_field(item) for item in target.fields()],
        "writings": STYLES,
        "modes": [(item, label) for item, label in MODES if item in target.modes() and may(target, item)],
        "mode": mode,
        "keys": [(",".join(item), ", ".join(str(names[name]) for name in item)) for item in target.keys()],  # noqa: SIM118
        "key": key,
        "all_or_nothing": whole,
        "complaints": _general(refusal),
        "found": found,
        "layout": found.layout,
        "is_csv": found.layout.form == CSV,
        "delimiters": DELIMITERS,
        "encodings": ENCODINGS,
        "preview": [_padded(row.cells, len(found.names)) for row in found.samples[:5]],
    }


def _is_arranged(given: Any) -> bool:
    return given is not None and given.get("order") == "check"


def _column(found: Look, place: int, mapping: ColumnMapping, refusal: PlatformError | None) -> Column:
    own = next((item for item in mapping.assignments if place in item.sources), None)
    number = mapping.assignments.index(own) if own is not None else -1
    errors = [item.message for item in (refusal.errors if refusal else ()) if item.field == f"mapping.{number}"]
    samples = tuple(_short(text_of(cell)) for cell in samples_of(found, place)[:SHOWN])
    style = own.style if own is not None else Style()
    word = style.decimal if style.decimal != "auto" else style.order
    return Column(place, found.names[place], samples, own.target if own else "", word, " ".join(errors))


def _general(refusal: PlatformError | None) -> list[str]:
    """Complaints that stand above the form."""
    if refusal is None:
        return []
    found = [item.message for item in refusal.errors if not item.field.startswith("mapping.")]
    return found or [refusal.detail]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _padded(cells: Sequence[Cell], width: int) -> list[str]:
    return [_short(text_of(cells[place])) if place < len(cells) else "" for place in range(width)]


def _field(item: ImportField) -> dict[str, Any]:
    shape = "number" if item.kind in NUMBERS or item.kind is FieldKind.MONEY else "date" if item.kind in DATES else ""
    return {"name": item.name, "label": item.label or item.name, "required": item.required, "shape": shape}


def given_layout(run: ImportRun, given: Mapping[str, Any]) -> Layout:
    """How the file is read by what was chosen. Raises FileRefused."""
    now = Layout.from_json(run.layout)
    names = [name for name in ("encoding", "delimiter", "sheet") if given.get(name)]
    chosen = replace(now, **{name: given[name] for name in names}, has_header="has_header" in given)
    return Layout.from_json(chosen.as_json())


def given_mapping(run: ImportRun, given: Mapping[str, Any]) -> ColumnMapping:
    """The assignment that was chosen; steps that an assignment had already stay with it. Moments that name no zone are
    those of whoever chooses."""
    fresh = Style(zone=timezone.get_current_timezone_name())
    before = {(item.target, item.sources): item for item in mapping_from_json(run.mapping).assignments}
    found = []
    for place in range(len(run.names)):
        target = str(given.get(f"target-{place}", ""))
        if target:
            own = before.get((target, (place,)), Assignment(target, (place,), style=fresh))
            found.append(replace(own, style=_style(own.style, str(given.get(f"style-{place}", "auto")))))
    kept = [item for item in before.values() if not item.sources and item.target not in {own.target for own in found}]
    return ColumnMapping((*found, *kept))


def _style(style: Style, word: str) -> Style:
    decimal = word if word in {".", ","} else "auto"
    order = word if word in {"dmy", "mdy"} else "auto"
    return replace(style, decimal=decimal, order=order)


def given_options(given: Mapping[str, Any]) -> Options:
    """The options that were chosen. Raises OrderInvalid."""
    key = [name for name in str(given.get("key", "")).split(",") if name]
    values = {"mode": given.get("mode", ""), "key": key, "all_or_nothing": "all_or_nothing" in given}
    return options_from_json(values)
