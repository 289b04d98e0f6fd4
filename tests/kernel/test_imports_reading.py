"""Files of imports as people have them: letters, separators, ragged rows, workbooks, and files that mean harm."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.kernel.api.exporting.formats import write_csv, write_xlsx
from apps.kernel.imports import limits
from apps.kernel.imports.errors import FileRefused, FileTooLarge
from apps.kernel.imports.reading.cells import Cell
from apps.kernel.imports.reading.encodings import guess_encoding
from apps.kernel.imports.reading.sources import (
    CSV,
    LONGEST_NAME,
    XLSX,
    Layout,
    guess_layout,
    letters,
    look,
    read_rows,
    told_apart,
)

POLISH = "Imię;Miejscowość\nŁucja Żółć;Łódź\nGrzegorz Brzęczyszczykiewicz;Chrząszczyżewoszyce\n" * 4


def file(content: bytes | str) -> io.BytesIO:
    return io.BytesIO(content.encode() if isinstance(content, str) else content)


def cells(content: bytes | str, layout: Layout | None = None) -> list[tuple[Cell, ...]]:
    source = file(content)
    return [row.cells for row in read_rows(source, layout or guess_layout(source))]


def book(*rows: list[Any], sheets: tuple[str, ...] = ("First",)) -> io.BytesIO:
    found = io.BytesIO()
    with xlsxwriter.Workbook(found, {"default_date_format": "yyyy-mm-dd"}) as written:
        for name in sheets:
            sheet = written.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1250"])
def test_letters_are_read_in_whatever_encoding(encoding: str) -> None:
    found = cells(POLISH.encode(encoding))
    assert found[0] == ("Łucja Żółć", "Łódź")
    assert len(found) == 11


def test_every_byte_means_something_in_the_end() -> None:
    assert guess_encoding(file(b"name\nM\xfcller\nGar\xe7on\n")) in {"cp1252", "cp1250", "iso8859-15"}


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_what_cuts_rows_alike(mark: str) -> None:
    text = "\n".join(mark.join(row) for row in (["name", "price"], ["a, b; c", "1.5"], ["d", "2"]))
    text = text.replace("a, b; c", '"a, b; c"')
    assert guess_layout(file(text)).delimiter == mark
    assert cells(text) == [("a, b; c", "1.5"), ("d", "2")]


def test_a_file_of_one_column_has_no_separator_to_find() -> None:
    assert cells("name\nAnna\nBert\n") == [("Anna",), ("Bert",)]


def test_a_table_without_header_begins_with_its_first_row() -> None:
    source = file("Anna,12\nBert,13\n")
    layout = guess_layout(source)
    assert not layout.has_header
    assert look(source, layout).names == ("A", "B")
    assert cells("Anna,12\nBert,13\n") == [("Anna", "12"), ("Bert", "13")]


@pytest.mark.parametrize(
    ("header", "names", "repeated"),
    [
        ("Name,Phone,Phone", ("Name", "Phone", "Phone (2)"), ("Phone",)),
        ("Phone,phone ,PHONE", ("Phone", "phone (2)", "PHONE (3)"), ("phone", "PHONE")),
        ("Phone,Phone,Phone (2)", ("Phone", "Phone (3)", "Phone (2)"), ("Phone",)),
        ("Name,B,", ("Name", "B"), ()),
        ("B,,Name", ("B", "B (2)", "Name"), ()),
    ],
)
def test_columns_of_one_name_are_told_apart(header: str, names: tuple[str, ...], repeated: tuple[str, ...]) -> None:
    source = file(f"{header}\nAda,+48 22 1,+48 50 2\nBert,+48 22 3,+48 50 4\n")
    layout = guess_layout(source)
    assert layout.has_header
    found = look(source, layout)
    assert (found.names[: len(names)], found.repeated) == (names, repeated)
    assert [row.cells[0] for row in found.samples] == ["Ada", "Bert"]


def test_many_long_columns_of_one_name_are_told_apart() -> None:
    found = told_apart(["x" * LONGEST_NAME] * 250)
    assert (len(set(found)), max(map(len, found))) == (250, LONGEST_NAME)


@pytest.mark.parametrize(
    "text", ["yes,yes,Ada\nno,yes,Bert\n", "ada@x.example,ada@x.example\nbob@x.example,bob@y.example\n", "a,a\na,a\n"]
)
def test_values_that_are_alike_are_no_header(text: str) -> None:
    assert not guess_layout(file(text)).has_header


def test_quotes_hold_separators_lines_and_quotes() -> None:
    assert cells('a,b\n"x,\n""y""",z\n') == [('x,\n"y"', "z")]


def test_a_quote_that_never_ends_is_said() -> None:
    with pytest.raises(FileRefused, match="never ends"):
        cells('a,b\n"' + "x" * (limits.MOST_LETTERS + 200_000), Layout())


def test_rows_keep_their_numbers_and_lose_their_blanks() -> None:
    source = file("a,b\n\n1,\n,,\n  , \n2,3\n")
    rows = list(read_rows(source, Layout()))
    assert [(row.number, row.cells) for row in rows] == [(3, ("1",)), (6, ("2", "3"))]


def test_zeros_between_letters_are_dropped() -> None:
    assert cells("a,b\nx\0y,z\n", Layout()) == [("xy", "z")]


def test_what_an_export_made_harmless_is_what_it_was() -> None:
    evil = ["=1+1", "+48 123", "-5", "@x", "\tx", "'quoted'", "plain"]
    written = b"".join(write_csv(["text"], [[text] for text in evil]))
    assert [row[0] for row in cells(written, Layout())] == evil


@pytest.mark.parametrize("content", [b"", b"\n\n \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused, match="empty"):
        guess_layout(file(content))


@pytest.mark.parametrize("content", [b"%PDF-1.7 x", b"\x89PNG\r\n", b"\xd0\xcf\x11\xe0 xls", b"PK\x03\x04 broken"])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        guess_layout(file(content))


def test_a_workbook_has_sheets_numbers_and_days() -> None:
    rows: list[list[Any]] = [
        ["name", "price", "day", "yes"],
        ["a", 0.1, date(2026, 5, 3), True],
        ["0012", 3, None, False],
    ]
    source = book(*rows, sheets=("One", "Two"))
    layout = guess_layout(source)
    found = look(source, layout)
    assert (layout.form, found.sheets, found.names) == (XLSX, ("One", "Two"), ("name", "price", "day", "yes"))
    assert [row.cells for row in found.samples] == [
        ("a", Decimal("0.1"), date(2026, 5, 3), True),
        ("0012", Decimal(3), None, False),
    ]


def test_a_sheet_that_begins_lower_keeps_its_numbers() -> None:
    found = io.BytesIO()
    with xlsxwriter.Workbook(found) as written:
        sheet = written.add_worksheet()
        sheet.write_row(3, 0, ["name", "n"])
        sheet.write_row(5, 0, ["x", 1])
    assert [(row.number, row.cells) for row in read_rows(found, guess_layout(found))] == [(6, ("x", Decimal(1)))]


def test_an_unknown_sheet_is_refused() -> None:
    with pytest.raises(FileRefused, match="no sheet"):
        list(read_rows(book(["a"], ["b"]), Layout(XLSX, sheet="Gone")))


def test_moments_of_a_workbook_are_moments() -> None:
    found = io.BytesIO()
    with xlsxwriter.Workbook(found) as written:
        form = written.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet = written.add_worksheet()
        sheet.write(0, 0, "at")
        sheet.write_datetime(1, 0, datetime(2026, 1, 2, 3, 4), form)  # noqa: DTZ001 - a sheet has no zones
    assert [row.cells[0] for row in read_rows(found, guess_layout(found))] == [datetime(2026, 1, 2, 3, 4)]  # noqa: DTZ001


def zipped(**parts: bytes) -> io.BytesIO:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in parts.items():
            folder.writestr(name.replace("__", "/"), content)
    return found


def test_a_folder_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.kernel.imports.reading.sheets.MOST_UNPACKED", 1_000_000)
    bomb = zipped(**{"[Content_Types].xml": b"<x/>", "xl__worksheets__sheet1.xml": b" " * 2_000_000})
    with pytest.raises(FileTooLarge):
        guess_layout(bomb)


def test_a_part_that_is_larger_than_it_says_is_refused() -> None:
    source = bytearray(book(["a"], ["b"]).getvalue())
    place = source.rfind(b"PK\x01\x02")
    while source[place + 46 : place + 46 + 9] != b"xl/worksh":
        place = source.rfind(b"PK\x01\x02", 0, place)
    source[place + 24 : place + 28] = (10).to_bytes(4, "little")  # the size that the directory tells
    with pytest.raises(FileRefused):
        guess_layout(file(bytes(source)))


def test_a_sheet_with_a_cell_far_away_is_refused() -> None:
    found = io.BytesIO()
    with xlsxwriter.Workbook(found) as written:
        sheet = written.add_worksheet()
        sheet.write(0, 0, "near")
        sheet.write(1_048_575, 16_383, "far")
    with pytest.raises(FileTooLarge, match="cells"):
        guess_layout(found)


def test_any_other_folder_is_no_workbook() -> None:
    with pytest.raises(FileRefused):
        guess_layout(zipped(readme=b"hello"))


@pytest.mark.parametrize(("name", "most"), [("MOST_ROWS", 3), ("MOST_CELLS", 7), ("MOST_COLUMNS", 1)])
def test_a_table_stops_at_its_limits(monkeypatch: pytest.MonkeyPatch, name: str, most: int) -> None:
    text = "a,b\n" + "1,2\n" * 4
    monkeypatch.setattr(f"apps.kernel.imports.reading.sources.{name}", most + (1 if name == "MOST_COLUMNS" else 0))
    if name == "MOST_COLUMNS":
        text = "a,b,c\n1,2,3\n"
    with pytest.raises(FileTooLarge):
        cells(text, Layout())


def test_letters_of_columns_go_on_after_z() -> None:
    assert [letters(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def harmless(text: str) -> bool:
    return not (text.startswith("'") and text[1:].startswith(("=", "+", "-", "@", "\t", "\n", "\r")))


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
ROWS = st.lists(st.lists(TEXTS.filter(harmless), min_size=3, max_size=3), min_size=1, max_size=6)


def kept(rows: list[list[str]]) -> list[list[str]]:
    """Rows as every reader gives them: without blanks at the end, and without blank rows."""
    cut = [row[: max((place for place, text in enumerate(row, start=1) if text.strip()), default=0)] for row in rows]
    return [row for row in cut if row]


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_what_the_house_exports_as_csv_it_reads_back(rows: list[list[str]]) -> None:
    written = b"".join(write_csv(["a", "b", "c"], rows))
    assert [[cell or "" for cell in row] for row in cells(written, Layout(CSV))] == kept(rows)


SHEET_TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f"), max_size=12)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(SHEET_TEXTS, st.integers(-(10**14), 10**14)), min_size=1, max_size=5))
def test_what_the_house_exports_as_xlsx_it_reads_back(rows: list[tuple[str, int]]) -> None:
    written = b"".join(write_xlsx(["a", "b"], rows))
    source = file(written)
    found = [row.cells for row in read_rows(source, guess_layout(source))]
    assert [(row[0] or "", row[1]) for row in found] == [(text, Decimal(number)) for text, number in rows]
