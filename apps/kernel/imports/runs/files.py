"""Files of imports: kept privately until their days are over, read from a copy on this machine."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from apps.kernel.api.exporting.formats import harmless
from apps.kernel.imports.errors import FileRefused
from apps.kernel.imports.models import ImportProblem, ImportRun
from apps.kernel.imports.reading.cells import text_of
from apps.kernel.imports.reading.sources import Layout, Row, read_rows
from apps.kernel.tenancy.scope import current_scope

REASON: Final = "import_problem"
CHUNK: Final = 500


def keep(run_id: UUID, content: BinaryIO, name: str) -> str:
    """Store the file where only imports look; gives its name there."""
    ending = PurePosixPath(name).suffix.lower()[:10]
    content.seek(0)
    return str(default_storage.save(f"imports/{current_scope().tenant_id}/{run_id}{ending}", File(content)))


@contextmanager
def opened(run: ImportRun) -> Iterator[BinaryIO]:
    """A copy of the run's file. Raises FileRefused where its days are over."""
    if not run.file:
        raise FileRefused(reason=_("it has been removed meanwhile."))
    with tempfile.TemporaryFile() as copy:
        try:
            with default_storage.open(run.file, "rb") as stored:
                shutil.copyfileobj(stored, copy)
        except FileNotFoundError:
            raise FileRefused(reason=_("it has been removed meanwhile.")) from None
        copy.seek(0)
        yield cast("BinaryIO", copy)


def failed_rows(run: ImportRun) -> Iterator[bytes]:
    """The rows that did not go in, as a CSV with the file's columns and why; itself fit to be imported.

    Runs in the caller's transaction: problems are read in lots, the file row by row.
    """
    with opened(run) as file:
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        names = [name for name in run.names if name != REASON]
        writer.writerow([*names, REASON])
        with closing(read_rows(file, Layout.from_json(run.layout))) as rows:
            for row, problems in _pairs(run, rows):
                cells = [_cell(cell) for place, cell in enumerate(row.cells) if not _is_reason(run, place)]
                padded = [*cells[: len(names)], *[""] * (len(names) - len(cells))]
                writer.writerow([*padded, harmless(_words(problems))])
                if buffer.tell() > 64 * 1024:
                    yield _emptied(buffer)
        yield _emptied(buffer)


def _is_reason(run: ImportRun, place: int) -> bool:
    return place < len(run.names) and run.names[place] == REASON


def _cell(cell: Any) -> str:
    return harmless(text_of(cell)) if isinstance(cell, str) else text_of(cell)


def _words(problems: list[dict[str, str]]) -> str:
    return "; ".join(f"{item['field']}: {item['message']}" if item["field"] else item["message"] for item in problems)


def _emptied(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _pairs(run: ImportRun, rows: Iterator[Row]) -> Iterator[tuple[Row, list[dict[str, str]]]]:
    """Rows of the file with their problems, in the order of the file."""
    for row_number, problems in _problems(run):
        row = next((item for item in rows if item.number >= row_number), None)
        if row is None:
            return
        yield row, problems


def _problems(run: ImportRun) -> Iterator[tuple[int, list[dict[str, str]]]]:
    last = 0
    while True:
        found = ImportProblem.objects.filter(run_id=run.pk, row__gt=last).order_by("row")
        lot = list(found.values_list("row", "problems")[:CHUNK])
        if not lot:
            return
        yield from lot
        last = lot[-1][0]
