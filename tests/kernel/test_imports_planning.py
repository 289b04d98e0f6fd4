"""What cells mean, which column goes where, and what is said of rows that make no sense."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.imports.errors import OrderInvalid
from apps.kernel.imports.planning import transforms
from apps.kernel.imports.planning.fields import FieldKind, ImportField, Style, Unreadable, read_value
from apps.kernel.imports.planning.mapping import (
    Assignment,
    ColumnMapping,
    fitted,
    guess_mapping,
    mapping_from_json,
    simplified,
)
from apps.kernel.imports.planning.options import Options, options_from_json
from apps.kernel.imports.planning.orders import Counts, Fate, Line, Mode, Outcome
from apps.kernel.imports.planning.rows import Repeats, RowReader, plain_text
from apps.kernel.imports.planning.transforms import (
    Case,
    Constant,
    Default,
    Lookup,
    Matching,
    Replace,
    Split,
    Transform,
    Trim,
)
from apps.kernel.imports.reading.cells import Cell
from apps.kernel.imports.reading.sources import Layout, Look, Row

PRICE = ImportField("price", FieldKind.DECIMAL, label="Price")
DAY = ImportField("day", FieldKind.DATE)
FIELDS = (
    ImportField("name", required=True, label="Name", aliases=("Nazwa", "Bezeichnung", "Nombre")),
    PRICE,
    DAY,
    ImportField("kind", FieldKind.CHOICE, choices=(("novel", "Powieść"), ("atlas", "Atlas"))),
    ImportField("is_lent", FieldKind.BOOLEAN),
)
BY_NAME = {field.name: field for field in FIELDS}


def value(kind: FieldKind, cell: Cell, **style: str) -> Any:
    return read_value(ImportField("x", kind, choices=(("novel", "Powieść"),)), cell, Style(**style))


def refusal(kind: FieldKind, cell: Cell, **style: str) -> str:
    with pytest.raises(Unreadable) as caught:
        value(kind, cell, **style)
    return caught.value.code.removeprefix("kernel.import.")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"),
        ("1234.5", "1234.5"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234\u202f567,8", "1234567.8"),
        ("1'234.50", "1234.50"),
        ("12,5", "12.5"),
        ("1,234,567", "1234567"),
        ("-3,2", "-3.2"),
        ("(3.20)", "-3.20"),
        ("3.2-", "-3.2"),
        ("\u22123", "-3"),
        ("+3", "3"),
        ("1.5e3", "1.5e3"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, number: str) -> None:
    assert value(FieldKind.DECIMAL, text) == Decimal(number)


def test_a_number_that_could_be_two_is_refused_until_somebody_says_which() -> None:
    assert refusal(FieldKind.DECIMAL, "1,234") == "ambiguous_number"
    assert value(FieldKind.DECIMAL, "1,234", decimal=",") == Decimal("1.234")
    assert value(FieldKind.DECIMAL, "1,234", decimal=".") == Decimal(1234)


@pytest.mark.parametrize(
    "text", ["abc", "1,23,4", "12,34.5", "1e999999", "NaN", "Infinity", "--1", "1.2.3", "٣", "9" * 60]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    assert refusal(FieldKind.DECIMAL, text) == "number"


def test_whole_numbers_have_no_rest() -> None:
    assert value(FieldKind.INTEGER, Decimal("3.0")) == 3
    assert refusal(FieldKind.INTEGER, "3.5") == "integer"


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-05-03", "auto", date(2026, 5, 3)),
        ("2026/5/3", "auto", date(2026, 5, 3)),
        ("20260503", "auto", date(2026, 5, 3)),
        ("3.5.2026", "auto", date(2026, 5, 3)),
        ("13/05/2026", "auto", date(2026, 5, 13)),
        ("05/13/2026", "auto", date(2026, 5, 13)),
        ("03/05/2026", "dmy", date(2026, 5, 3)),
        ("05/03/2026", "mdy", date(2026, 5, 3)),
        ("3 maja 2026", "auto", date(2026, 5, 3)),
        ("3. Mai 2026", "auto", date(2026, 5, 3)),
        ("3 de mayo de 2026", "auto", date(2026, 5, 3)),
        ("May 3rd, 2026", "auto", date(2026, 5, 3)),
        ("2026-05-03 10:11", "auto", date(2026, 5, 3)),
    ],
)
def test_days_are_read_as_people_write_them(text: str, order: str, day: date) -> None:
    assert value(FieldKind.DATE, text, order=order) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("03/05/2026", "ambiguous_date"),
        ("31.02.2026", "date"),
        ("3.5.26", "date"),
        ("soon", "date"),
        ("3 foo 2026", "date"),
    ],
)
def test_what_is_no_day_is_refused(text: str, code: str) -> None:
    assert refusal(FieldKind.DATE, text) == code


def test_moments_without_a_zone_are_those_of_the_column() -> None:
    at = datetime(2026, 5, 3, 8, 30, tzinfo=UTC)
    assert value(FieldKind.DATETIME, "2026-05-03T08:30:00Z") == at
    assert value(FieldKind.DATETIME, "3.5.2026 10:30", zone="Europe/Warsaw") == at
    assert value(FieldKind.DATETIME, "2026-05-03 10:30+02:00") == at
    assert value(FieldKind.DATETIME, "2026-05-03 8:30:00.000") == value(FieldKind.DATETIME, "2026-05-03 8:30") == at
    assert refusal(FieldKind.DATETIME, "2026-05-03 25:00") == "datetime"


@pytest.mark.parametrize("word", ["tak", "JA", "Sí", "yes", "1", "x", "Prawda"])
def test_yes_has_many_words(word: str) -> None:
    assert value(FieldKind.BOOLEAN, word) is True


@pytest.mark.parametrize("word", ["nie", "Nein", "NO", "0", "falsch", "-"])
def test_no_has_as_many(word: str) -> None:
    assert value(FieldKind.BOOLEAN, word) is False


def test_other_words_are_neither() -> None:
    assert refusal(FieldKind.BOOLEAN, "maybe") == "boolean"


def test_choices_are_known_by_value_and_label() -> None:
    assert value(FieldKind.CHOICE, "NOVEL") == value(FieldKind.CHOICE, " powieść ") == "novel"
    assert refusal(FieldKind.CHOICE, "poem") == "choice"


def test_lists_and_amounts_are_read_as_exports_write_them() -> None:
    assert value(FieldKind.LIST, '["a, b","c"]') == ["a, b", "c"]
    assert value(FieldKind.LIST, "a; b") == ["a", "b"]
    assert refusal(FieldKind.LIST, "[1]") == refusal(FieldKind.LIST, r'["\ud800"]') == "list"
    assert value(FieldKind.MONEY, "1.234,50 eur") == {"amount": "1234.50", "currency": "EUR"}
    assert value(FieldKind.MONEY, '{"amount": "5", "currency": "PLN"}') == {"amount": "5", "currency": "PLN"}
    assert refusal(FieldKind.MONEY, "12") == "money"


def test_letters_that_were_lost_are_not_stored() -> None:
    assert refusal(FieldKind.TEXT, "M\ufffdller") == "encoding"


def test_steps_change_a_cell_one_after_the_other() -> None:
    steps: list[tuple[Transform, Cell, Cell]] = [
        (Trim(), "  a\n b ", "a\n b"),
        (Case("upper"), "ab", "AB"),
        (Case("capital"), "anna", "Anna"),
        (Split(",", 1), "Kowalska, Anna", "Anna"),
        (Split(",", 7), "a,b", None),
        (Replace("PLN", ""), "12 PLN", "12 "),
        (Lookup((("M", "male"),)), "m", "male"),
        (Lookup((("M", "male"),), "empty"), "k", None),
        (Constant("EUR"), "x", "EUR"),
        (Default("0"), " ", "0"),
        (Matching("^[0-9]+$", "empty"), "12a", None),
    ]
    assert [step.apply(cell) for step, cell, _after in steps] == [after for _step, _cell, after in steps]
    with pytest.raises(Unreadable):
        Matching("^[0-9]+$").apply("12a")


STEPS = st.one_of(
    st.just(Trim()),
    st.builds(Case, st.sampled_from(["upper", "lower", "capital"])),
    st.builds(Split, st.text(min_size=1, max_size=3), st.integers(-5, 5)),
    st.builds(Replace, st.text(max_size=5), st.text(max_size=5)),
    st.builds(Constant, st.text(max_size=5)),
    st.builds(Default, st.text(max_size=5)),
    st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=4).map(
        lambda table: Lookup(tuple(table.items()), "keep")
    ),
)


@given(st.lists(STEPS, max_size=4), st.sampled_from(["auto", ".", ","]), st.sampled_from(["auto", "dmy", "mdy", "ymd"]))
def test_a_mapping_survives_its_storage(steps: list[Transform], decimal: str, order: str) -> None:
    mapping = ColumnMapping((Assignment("name", (0, 2), tuple(steps), Style(decimal, order), ", "),))
    assert mapping_from_json(json.loads(json.dumps(mapping.as_json()))) == mapping


@pytest.mark.parametrize(
    "steps",
    [
        [{"do": "sing"}],
        [{"do": "trim", "how": "hard"}],
        [{"do": "case", "to": "odd"}],
        [{"do": "split", "separator": "", "part": 0}],
        [{"do": "split", "part": "0"}],
        [{"do": "matching", "pattern": "(a+)+\\1"}],
        [{}],
        [7],
        "trim",
        [{"do": "trim"}] * 50,
    ],
)
def test_steps_that_make_no_sense_are_refused(steps: Any) -> None:
    with pytest.raises(OrderInvalid):
        transforms.from_json(steps)


def found(*names: str, rows: list[tuple[Cell, ...]] = []) -> Look:  # noqa: B006 - never changed
    return Look(Layout(), (), names, tuple(Row(number, row) for number, row in enumerate(rows, start=2)))


def test_columns_are_known_by_name_label_and_alias() -> None:
    mapping = guess_mapping(found("NAZWA", "Price ", "is lent?", "Other"), FIELDS)
    assert [(item.target, item.sources) for item in mapping.assignments] == [
        ("name", (0,)),
        ("price", (1,)),
        ("is_lent", (2,)),
    ]
    assert simplified("Łódź E-Mail") == simplified("lodz_email")


def test_samples_say_how_numbers_and_days_are_written() -> None:
    rows: list[tuple[Cell, ...]] = [("1.234", "03/14/2026"), ("1.234,50", "04/05/2026")]
    price, day = guess_mapping(found("price", "day", rows=rows), FIELDS).assignments
    assert (price.style.decimal, day.style.order) == (",", "mdy")


def test_samples_that_leave_it_open_decide_nothing() -> None:
    rows: list[tuple[Cell, ...]] = [("1,234", "03/04/2026")]
    price, day = guess_mapping(found("price", "day", rows=rows), FIELDS).assignments
    assert (price.style.decimal, day.style.order) == ("auto", "auto")


def test_a_mapping_names_fields_and_columns_that_there_are() -> None:
    wrong = ColumnMapping((Assignment("name", (0,)), Assignment("name", (1,)), Assignment("size", (9,))))
    with pytest.raises(OrderInvalid) as caught:
        fitted(wrong, BY_NAME, width=2)
    assert [(item.field, item.code.rpartition(".")[2]) for item in caught.value.errors] == [
        ("mapping.1", "twice"),
        ("mapping.2", "field"),
        ("mapping.2", "column"),
    ]


def read(*cells: Cell, mapping: ColumnMapping | None = None) -> Line | Outcome:
    plain = ColumnMapping((Assignment("name", (0,)), Assignment("price", (1,)), Assignment("day", (2,))))
    return RowReader(mapping or plain, BY_NAME, width=3).read(Row(7, cells))


def test_a_row_becomes_values_and_blank_cells_none() -> None:
    assert read(" Anna ", "1.5") == Line(7, {"name": "Anna", "price": Decimal("1.5")})


def test_a_row_says_everything_that_is_wrong_with_it() -> None:
    outcome = read("Anna", "x", "soon", "extra")
    assert isinstance(outcome, Outcome)
    assert (outcome.number, outcome.fate) == (7, Fate.ERROR)
    assert [(item.field, item.code.rpartition(".")[2], item.value) for item in outcome.problems] == [
        ("", "too_many_cells", "extra"),
        ("price", "number", "x"),
        ("day", "date", "soon"),
    ]


def test_several_columns_may_make_one_field() -> None:
    mapping = ColumnMapping((Assignment("name", (0, 1), joiner=" "), Assignment("price", (), (Constant("9"),))))
    assert read("Anna", "Kowalska", mapping=mapping) == Line(7, {"name": "Anna Kowalska", "price": Decimal(9)})


def test_a_key_counts_once_in_a_file() -> None:
    repeats = Repeats([("name",), ("name", "price")])
    assert repeats.check(Line(2, {"name": "a", "price": Decimal("1.0")})) is None
    assert repeats.check(Line(3, {"price": Decimal(1)})) is None
    again = repeats.check(Line(4, {"name": "a"}))
    assert again is not None
    assert (again.fate, again.problems[0].message) == (Fate.DUPLICATE, "Row 2 has the same name.")


def test_values_compare_as_people_do() -> None:
    shown = [plain_text(item) for item in (Decimal("1.500"), Decimal(100), True, ["a", "b"], None, "007")]
    assert shown == ["1.5", "100", "true", "a, b", "", "007"]


def test_options_are_read_or_refused_whole() -> None:
    options = Options(Mode.UPDATE, ("code",), all_or_nothing=True)
    assert options_from_json(options.as_json()) == options
    with pytest.raises(OrderInvalid) as caught:
        options_from_json({"mode": "merge", "key": "code", "all_or_nothing": 1})
    assert [item.field for item in caught.value.errors] == ["mode", "key", "all_or_nothing"]


def test_counts_add_up() -> None:
    counts = Counts().plus([Outcome(1, Fate.CREATED), Outcome(2, Fate.ERROR), Outcome(3, Fate.DUPLICATE)])
    assert (counts.rows, counts.created, counts.failed) == (3, 1, 2)


def test_a_messy_file_is_counted_exactly() -> None:
    """A thousand rows, every 33rd broken in one of four ways, every 50th like the one before, which twice is broken."""
    mapping = ColumnMapping((Assignment("name", (0,)), Assignment("price", (1,)), Assignment("day", (2,))))
    reader, repeats = RowReader(mapping, BY_NAME, width=3), Repeats([("name",)])
    broken: tuple[tuple[Cell, ...], ...] = (
        ("x", "1,2,3", "2026-01-01"),
        ("x", "1", "2026-02-30"),
        ("x", "1", "01/02/2026"),
        ("x", "1", "2026-01-01", "more"),
    )
    counts = Counts()
    for number in range(1000):
        cells: tuple[Cell, ...] = (f"Name {number - 1 if number % 50 == 49 else number}", f"{number},5", "31.12.2026")
        cells = broken[number // 33 % 4] if number % 33 == 0 else cells
        found = reader.read(Row(number + 2, cells))
        outcome = repeats.check(found) if isinstance(found, Line) else found
        counts = counts.plus([outcome or Outcome(number, Fate.CREATED)])
    assert (counts.error, counts.duplicate, counts.created) == (31, 18, 951)
