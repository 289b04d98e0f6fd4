"""Rows of a sheet of a workbook. A workbook is a compressed folder of XML, which is measured before it is opened."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, Final
from xml.parsers import expat

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from apps.kernel.imports.errors import FileRefused, FileTooLarge
from apps.kernel.imports.limits import MOST_SHEET_CELLS, MOST_UNPACKED
from apps.kernel.imports.reading.cells import Cell, settled

SIGNATURE: Final = b"PK\x03\x04"
SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
PIECE: Final = 256 * 1024
PLACE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")
MOST_PARTS: Final = 2_000


def is_workbook(file: BinaryIO) -> bool:
    """Say whether the file begins as a compressed folder does."""
    file.seek(0)
    return file.read(len(SIGNATURE)) == SIGNATURE


def demand_sound(file: BinaryIO) -> None:
    """Unpack every part once, without keeping it, before anything else trusts the file.

    A part that unpacks to more than it says fails its check, and a sheet whose corners lie too far apart would be held
    in memory with all of the emptiness between. Raises FileRefused, FileTooLarge.
    """
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as folder:
            _measure(folder)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise FileRefused(reason=_("it is no sound workbook.")) from error
    except expat.ExpatError as error:
        raise FileRefused(reason=_("a sheet of the workbook is damaged.")) from error
    finally:
        file.seek(0)


def _measure(folder: zipfile.ZipFile) -> None:
    parts = folder.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise FileTooLarge(what=_("bytes when unpacked"), most=MOST_UNPACKED)
    if "[Content_Types].xml" not in folder.namelist():
        raise FileRefused(reason=_("it is no workbook."))
    for part in parts:
        corners = Corners() if SHEET.fullmatch(part.filename) else None
        with folder.open(part) as stream:
            while piece := stream.read(PIECE):
                if corners is not None:
                    corners.feed(piece)


class Corners:
    """The rectangle that a sheet's cells span, from its XML as it goes by. Raises FileTooLarge when it is too much."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._begin
        self._parser.StartDoctypeDeclHandler = self._refuse

    def feed(self, piece: bytes) -> None:
        """Look at the next piece."""
        self._parser.Parse(piece)
        if self.rows * self.columns > MOST_SHEET_CELLS:
            raise FileTooLarge(what=_("cells of a sheet"), most=MOST_SHEET_CELLS)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if name != "c" and not name.endswith(":c"):
            return
        place = PLACE.fullmatch(attributes.get("r", ""))
        if place is None:
            raise FileRefused(reason=_("a cell of the workbook does not say where it stands."))
        self.columns = max(self.columns, _number_of(place[1]))
        self.rows = max(self.rows, int(place[2]))

    def _refuse(self, *_details: object) -> None:
        raise FileRefused(reason=_("a sheet of the workbook is damaged."))


def _number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def sheet_names(file: BinaryIO) -> tuple[str, ...]:
    """Names of the sheets that have cells, in their order. Raises FileRefused."""
    book = _opened(file)
    return tuple(item.name for item in book.sheets_metadata if item.typ == SheetTypeEnum.WorkSheet)


def sheet_rows(file: BinaryIO, sheet: str) -> Iterator[tuple[Cell, ...]]:
    """Every row of the sheet from the first one on, blank ones too. Raises FileRefused."""
    book = _opened(file)
    if sheet not in book.sheet_names:
        raise FileRefused(reason=_("it has no sheet {name}.").format(name=sheet))
    try:
        yield from (tuple(map(settled, row)) for row in book.get_sheet_by_name(sheet).iter_rows())
    except CalamineError as error:
        raise FileRefused(reason=_("a sheet of the workbook is damaged.")) from error


def _opened(file: BinaryIO) -> CalamineWorkbook:
    file.seek(0)
    try:
        return CalamineWorkbook.from_filelike(file)
    except CalamineError as error:
        raise FileRefused(reason=_("it is no sound workbook, or it is protected by a password.")) from error
