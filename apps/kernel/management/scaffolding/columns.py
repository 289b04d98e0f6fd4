"""What a field becomes: columns of the model, arguments of commands, and values that tests send."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from apps.kernel.management.scaffolding.fields import Field, Kind
from apps.kernel.management.scaffolding.names import class_name, in_words, sentence

LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Column:
    """One column, in pieces of Python.

    `argument` is its name in commands and in the REST interface. `default` is "" where a record cannot do without.
    `value` and `other` are valid values, `sent` and `sent_other` the same as a body has them, `example` one that
    no other record has; `wrong` is refused with `complaint`.
    """

    field: Field
    attribute: str
    argument: str
    declaration: str
    annotation: str
    default: str
    value: str
    other: str
    sent: str
    sent_other: str
    example: str
    wrong: str
    complaint: str

    @property
    def is_required(self) -> bool:
        """Say whether a record cannot be made without it."""
        return not self.default

    @property
    def is_null(self) -> bool:
        """Say whether an empty column is NULL."""
        return self.default == "None"

    @property
    def is_inner(self) -> bool:
        """Say whether it is a key to another table of the module."""
        return self.attribute != self.argument

    @property
    def is_reference(self) -> bool:
        """Say whether it points to another record, of whatever module."""
        return self.field.kind is Kind.REFERENCE

    @property
    def type(self) -> str:
        """Its type for people."""
        return str(self.field.kind) if not self.field.is_encrypted else "email, encrypted"


def columns_of(field: Field, *, entity: str, module: str) -> list[Column]:
    """The columns of a field."""
    if field.kind is Kind.MONEY:
        return [_decimal(field), _currency(field)]
    if field.kind is Kind.REFERENCE:
        return [_inner(field) if field.parameter.startswith(f"{module}.") else _outer(field)]
    if field.kind is Kind.CHOICE:
        return [_choice(field, entity)]
    return [MADE[field.kind](field)]


def quoted(text: str) -> str:
    """The text as Python writes it, with double quotes."""
    return json.dumps(text, ensure_ascii=False)


def _label(field: Field, words: str = "{}") -> str:
    return f"_({quoted(words.format(in_words(field.name)))})"


def _text_options(field: Field) -> str:
    return "" if field.is_required else ', blank=True, default=""'


def _null_options(field: Field) -> str:
    return "" if field.is_required else ", null=True, blank=True"


def _annotation(field: Field, name: str) -> str:
    return name if field.is_required else f"{name} | None"


def _plain(
    field: Field, declaration: str, *, values: tuple[str, str], sent: tuple[str, str] | None = None, **more: str
) -> Column:
    """A column named as its field."""
    first, second = sent or values
    pieces = {
        "attribute": field.name,
        "argument": field.name,
        "default": "" if field.is_required else "None",
        "value": values[0],
        "other": values[1],
        "sent": first,
        "sent_other": second,
        "example": values[0],
        "wrong": "[]",
        "complaint": "invalid",
        **more,
    }
    return Column(field=field, declaration=declaration, **pieces)


def _texts(field: Field, declaration: str, *values: str, **more: str) -> Column:
    default = "" if field.is_required else '""'
    return _plain(
        field,
        declaration,
        values=(values[0], values[1]),
        sent=None,
        **{"annotation": "str", "default": default, **more},
    )


def _text(field: Field) -> Column:
    words = sentence(in_words(field.name))
    return _texts(
        field,
        f"models.CharField({_label(field)}, max_length={LONGEST_TEXT}{_text_options(field)})",
        quoted(words),
        quoted(f"{words}, changed"),
        example=f'f"{words} {{uuid7().hex[-8:]}}"',
        wrong="7",
    )


def _multiline(field: Field) -> Column:
    declaration = f"models.TextField({_label(field)}{_text_options(field)})"
    return _texts(field, declaration, quoted("Two\nlines."), quoted("One line."), wrong="7")


def _email(field: Field) -> Column:
    values = (quoted("ada@example.org"), quoted("bob@example.org"))
    more = {"example": 'f"{uuid7().hex[-8:]}@example.org"', "wrong": quoted("nobody")}
    if not field.is_encrypted:
        return _texts(field, f"models.EmailField({_label(field)}{_text_options(field)})", *values, **more)
    declaration = f"EncryptedEmailField({_label(field)}, blind_index=True{_null_options(field)})"
    return _plain(field, declaration, values=values, sent=None, annotation=_annotation(field, "str"), **more)


def _integer(field: Field) -> Column:
    declaration = f"models.IntegerField({_label(field)}{_null_options(field)})"
    return _plain(
        field,
        declaration,
        values=("12", "13"),
        annotation=_annotation(field, "int"),
        example="uuid7().int % 2**31",
        wrong='"twelve"',
    )


def _decimal(field: Field) -> Column:
    declaration = f"models.DecimalField({_label(field)}, max_digits=19, decimal_places=4{_null_options(field)})"
    return _plain(
        field,
        declaration,
        values=('Decimal("19.9000")', 'Decimal("20.5000")'),
        sent=('"19.9000"', '"20.5000"'),
        annotation=_annotation(field, "Decimal"),
        example="Decimal(uuid7().int % 10**9)",
        wrong='"many"',
    )


def _currency(field: Field) -> Column:
    options = f"max_length=3, validators=[CURRENCY]{_text_options(field)}"
    return _texts(
        Field(f"{field.name}_currency", Kind.MONEY, is_required=field.is_required),
        f"models.CharField({_label(field, 'currency of {}')}, {options})",
        '"EUR"',
        '"USD"',
        wrong='"eur"',
    )


def _boolean(field: Field) -> Column:
    return _plain(
        field,
        f"models.BooleanField({_label(field)}, default=False)",
        values=("True", "False"),
        annotation="bool",
        default="False",
        wrong='"yes"',
    )


def _date(field: Field) -> Column:
    return _plain(
        field,
        f"models.DateField({_label(field)}{_null_options(field)})",
        values=("date(2026, 3, 1)", "date(2026, 4, 2)"),
        sent=('"2026-03-01"', '"2026-04-02"'),
        annotation=_annotation(field, "date"),
        example="clock.now().date() + timedelta(days=uuid7().int % 10**5)",
        wrong='"soon"',
    )


def _datetime(field: Field) -> Column:
    return _plain(
        field,
        f"models.DateTimeField({_label(field)}{_null_options(field)})",
        values=("datetime(2026, 3, 1, 12, tzinfo=UTC)", "datetime(2026, 4, 2, 12, tzinfo=UTC)"),
        sent=('"2026-03-01T12:00:00Z"', '"2026-04-02T12:00:00Z"'),
        annotation=_annotation(field, "datetime"),
        example="clock.now()",
        wrong='"soon"',
    )


def _choice(field: Field, entity: str) -> Column:
    choices = class_name(f"{entity}_{field.name}")
    longest = max(map(len, field.choices))
    return _texts(
        field,
        f"models.CharField({_label(field)}, max_length={longest}, choices={choices}.choices{_text_options(field)})",
        quoted(field.choices[0]),
        quoted(field.choices[1]),
        wrong='"no such choice"',
        complaint="invalid_choice",
    )


def _outer(field: Field) -> Column:
    target = quoted(field.parameter)
    return _plain(
        field,
        f"ReferenceField({target}, verbose_name={_label(field)}{_null_options(field)})",
        values=(f"some_record(house, {target})", f"some_record(house, {target})"),
        sent=(f"str(some_record(house, {target}))", f"str(some_record(house, {target}))"),
        attribute=f"{field.name}_id",
        argument=f"{field.name}_id",
        annotation=_annotation(field, "UUID"),
        example=f"example_record({target})",
        wrong='"nobody"',
    )


def _inner(field: Field) -> Column:
    target = field.parameter.partition(".")[2]
    return _plain(
        field,
        f"TenantForeignKey({class_name(target)}, verbose_name={_label(field)}, related_name={quoted('+')}"
        f"{_null_options(field)})",
        values=(f"make_{target}(house).pk", f"make_{target}(house).pk"),
        sent=(f"str(make_{target}(house).pk)", f"str(make_{target}(house).pk)"),
        argument=f"{field.name}_id",
        annotation=_annotation(field, "UUID"),
        example=f"example_record({quoted(field.parameter)})",
        wrong='"nobody"',
    )


MADE: dict[Kind, Callable[[Field], Column]] = {
    Kind.TEXT: _text,
    Kind.MULTILINE: _multiline,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
    Kind.EMAIL: _email,
}
