"""Custom fields as columns of lists: which function reads a kind, and how its values are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from django.core.exceptions import ValidationError
from django.db import models

from apps.entities.calculations import Wrong, canonical, compared_text, index_key
from apps.entities.contracts import FieldDefinition, Kind
from apps.entities.selectors.indexed import Wanted, built_indexes
from apps.entities.selectors.sealing import digest_of
from apps.kernel.bases.custom_columns import (
    BlindText,
    CustomColumn,
    CustomItems,
    CustomValue,
    DateText,
    IdText,
    Items,
    LongText,
    MomentText,
    WholeText,
)

AnyField: TypeAlias = "models.Field[Any, Any]"
Made: TypeAlias = Callable[[FieldDefinition], AnyField]

TEXT, NUMBER, MOMENT, BOOLEAN = "cf_text", "cf_num", "cf_time", "cf_bool"


def _chosen(field: FieldDefinition) -> AnyField:
    return models.TextField(choices=[(option.value, str(option.label)) for option in field.options])


def _plain(kind: type[AnyField], **options: Any) -> Made:
    return lambda field: kind(**options)


_TEXT = _plain(models.TextField)
_ID = _plain(IdText)
READ: Final[Mapping[Kind, tuple[str, Made]]] = {
    Kind.TEXT: (TEXT, _TEXT),
    Kind.URL: (TEXT, _TEXT),
    Kind.EMAIL: (TEXT, _TEXT),
    Kind.PHONE: (TEXT, _TEXT),
    Kind.SELECT: (TEXT, _chosen),
    Kind.DATE: (TEXT, _plain(DateText)),
    Kind.DATETIME: (MOMENT, _plain(MomentText)),
    Kind.INTEGER: (NUMBER, _plain(models.BigIntegerField)),
    Kind.DECIMAL: (NUMBER, _plain(models.DecimalField)),
    Kind.CURRENCY: (NUMBER, _plain(models.DecimalField)),
    Kind.BOOLEAN: (BOOLEAN, _plain(models.BooleanField)),
    Kind.RELATION: (TEXT, _ID),
    Kind.DICTIONARY: (TEXT, _ID),
    Kind.FILE: (TEXT, _ID),
}
UNSORTED: Final = frozenset({Kind.RELATION, Kind.DICTIONARY, Kind.FILE})
LONG: Final = frozenset({Kind.MULTILINE, Kind.RICHTEXT})


def columns_of(fields: Iterable[FieldDefinition]) -> dict[str, CustomColumn]:
    """Those of the fields that lists may be filtered by, by key, each in the form in which it is read fastest."""
    found = {field.key: (field, column_of(field)) for field in fields if field.is_filterable}
    built = built_indexes() if found else frozenset()
    return {key: column.read_by_index(_has_index(field, built)) for key, (field, column) in found.items()}


def _has_index(field: FieldDefinition, built: frozenset[str]) -> bool:
    reader = reader_of(field)
    return bool(reader) and Wanted(field.entity, field.key, reader).name in built


def column_of(field: FieldDefinition) -> CustomColumn:
    """The field as a column; an amount of money counts by its number, an encrypted value only as a whole."""
    if field.is_encrypted:
        return _blind(field)
    if field.kind is Kind.MULTISELECT:
        return CustomColumn(field.key, CustomItems(field.key, output_field=Items()), is_sortable=False)
    if field.kind in LONG:
        return CustomColumn(field.key, WholeText(field.key, output_field=LongText()), is_sortable=False)
    reader, make = READ[field.kind]
    value = CustomValue(reader, field.key, output_field=make(field))
    return CustomColumn(field.key, value, is_sortable=field.kind not in UNSORTED)


def _blind(field: FieldDefinition) -> CustomColumn:
    def digest(text: str) -> str:
        """The digest of a value in its canonical form."""
        return digest_of(compared_text(canonical(field, _raw(field.kind, text))))

    def check(text: str) -> None:
        """Refuse what is no value of the field."""
        try:
            canonical(field, _raw(field.kind, text))
        except Wrong as problem:
            raise ValidationError(str(problem), code="invalid") from problem

    output = BlindText(digest=digest, validators=[check])
    value = CustomValue(TEXT, index_key(field.key), output_field=output)
    return CustomColumn(field.key, value, is_sortable=False, is_encrypted=True)


def _raw(kind: Kind, text: str) -> Any:
    """A parameter's text as a body would have the value."""
    if kind is Kind.BOOLEAN:
        return {"true": True, "false": False}.get(text, text)
    if kind is not Kind.INTEGER:
        return text
    try:
        return int(text)
    except ValueError:
        return text


def reader_of(field: FieldDefinition) -> str:
    """The function that reads the field in an index; "" where no index can serve it."""
    column = column_of(field)
    possible = field.is_filterable and not field.is_encrypted and column.is_indexable
    return column.value.reader if possible else ""
