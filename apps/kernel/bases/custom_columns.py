"""Custom fields as columns of a list: one key of `custom`, read by a function that an index under the wall can serve.

The expressions here are written exactly as `promote_field` writes its indexes; Django's own JSON look-ups would be
served by none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

from django.db import models
from django.db.models.expressions import Func
from django.db.models.lookups import BuiltinLookup

from apps.kernel.tenancy.provision import READERS

if TYPE_CHECKING:
    MomentField = models.DateTimeField[Any, Any]
    DateField = models.DateField[Any, Any]
    IdField = models.UUIDField[Any, Any]
    TextField = models.TextField[Any, Any]
else:
    MomentField, DateField, IdField, TextField = (
        models.DateTimeField,
        models.DateField,
        models.UUIDField,
        models.TextField,
    )

KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,99}(\.[a-z]{1,20})?")
COLUMN: Final = "custom"
PREFIX: Final = "cf_"
NUMBER: Final = "cf_num"


def spelled(name: str) -> str:
    """`cf_size` for `cf:size` too, also behind a minus."""
    return name.replace("cf:", PREFIX, 1) if name.startswith(("cf:", "-cf:")) else name


def moment_text(value: datetime) -> str:
    """A moment as rows keep it: UTC and of fixed width, so that the order of the texts is that of the moments."""
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class MomentText(MomentField):
    """A moment that is kept as fixed-width text in UTC."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """The text."""
        return moment_text(value) if isinstance(value, datetime) else value


class DateText(DateField):
    """A day that is kept as text in ISO 8601."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """The text."""
        return value.isoformat() if isinstance(value, date) else value


class IdText(IdField):
    """An id that is kept as text."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """The text."""
        return str(value) if isinstance(value, UUID) else value


class LongText(TextField):
    """A text that is too long to be compared as a whole, or sorted by."""

    compared_by: ClassVar[tuple[str, ...]] = ("icontains",)


class Items(models.JSONField):
    """A list of texts; asked whether it holds one."""

    compared_by: ClassVar[tuple[str, ...]] = ("contains",)


class BlindText(TextField):
    """The blind index of a text that is kept encrypted: compared as a whole, with what `digest` makes of a value."""

    compared_by: ClassVar[tuple[str, ...]] = ("exact",)

    def __init__(self, *args: Any, digest: Callable[[str], str] = str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.digest = digest

    def get_prep_value(self, value: Any) -> Any:
        """The digest."""
        return value if value is None else self.digest(str(value))


class CustomValue(Func):
    """`cf_num(custom, 'weight')`: one key, read as the field's kind; NULL where the value is of another type.

    Without an index the database would call that function for each row that it looks at; written out, what it does is
    several times as fast.
    """

    template = "%(function)s(%(expressions)s, '%(key)s')"

    def __init__(self, reader: str, key: str, *, output_field: models.Field[Any, Any], is_plain: bool = False) -> None:
        if KEY.fullmatch(key) is None:
            raise ValueError(f"{key!r} is no key of a custom field")
        output_field.null = True
        self.reader, self.key = reader, key
        options = {"template": _written_out(reader)} if is_plain else {}
        super().__init__(models.F(COLUMN), function=reader, key=key, output_field=output_field, **options)

    def plain(self) -> CustomValue:
        """The same value, read without the function."""
        kind = PlainNumber if self.reader == NUMBER else CustomValue
        return kind(self.reader, self.key, output_field=self.output_field, is_plain=True)


class PlainNumber(CustomValue):
    """A number that no index serves: bounds are compared within the document, without making a number of each row's."""

    def get_lookup(self, lookup: str) -> Any:
        """The lookup of a name."""
        return BOUNDS.get(lookup) or super().get_lookup(lookup)


class PlainBound(BuiltinLookup):
    """`custom -> 'weight' >= '5'`, for numbers only: other types stand before or after all numbers there."""

    operator: ClassVar[str]

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """The comparison; with the value of another column it is made the ordinary way."""
        if not self.rhs_is_direct_value():
            return super().as_sql(compiler, connection)
        column, params = compiler.compile(self.lhs.get_source_expressions()[0])
        number = f"({column} -> '{self.lhs.key}')"
        sql = f"({number} {self.operator} %s::jsonb AND jsonb_typeof{number} = 'number')"
        return sql, [*params, format(Decimal(str(self.rhs)), "f"), *params]


def _bound(name: str, operator: str) -> type[PlainBound]:
    return type(f"Plain_{name}", (PlainBound,), {"lookup_name": name, "operator": operator})


BOUNDS: Final = {name: _bound(name, sign) for name, sign in (("gt", ">"), ("gte", ">="), ("lt", "<"), ("lte", "<="))}


def _written_out(reader: str) -> str:
    _kind, body = READERS[reader]
    return "(" + re.sub(r"\bkey\b", "'%(key)s'", re.sub(r"\bdoc\b", "%(expressions)s", body)) + ")"


class CustomItems(CustomValue):
    """`(custom -> 'tags')`: the list under one key."""

    template = "(%(expressions)s -> '%(key)s')"

    def __init__(self, key: str, *, output_field: models.Field[Any, Any]) -> None:
        super().__init__("", key, output_field=output_field)


class WholeText(CustomValue):
    """`(custom ->> 'notes')`: the text under one key however long it is; `cf_text` reads the beginning of it."""

    template = "(%(expressions)s ->> '%(key)s')"

    def __init__(self, key: str, *, output_field: models.Field[Any, Any]) -> None:
        super().__init__("", key, output_field=output_field)


@dataclass(frozen=True, slots=True)
class CustomColumn:
    """A custom field as lists read it. `value` says by its output field how it looks and how it is compared.

    `is_encrypted`: the history does not keep what it was compared with.
    """

    key: str
    value: CustomValue
    is_sortable: bool = True
    is_encrypted: bool = False

    def read_by_index(self, has_index: bool) -> CustomColumn:
        """The column in the form that is read fastest where it has an index, or has none."""
        return self if has_index or not self.is_indexable else replace(self, value=self.value.plain())

    @property
    def is_indexable(self) -> bool:
        """Say whether an index can serve it: its values are single and short."""
        return not isinstance(self.value, CustomItems | WholeText)

    @property
    def name(self) -> str:
        """The name in parameters, conditions and orders."""
        return f"{PREFIX}{self.key}"

    @property
    def field(self) -> models.Field[Any, Any]:
        """How its values look."""
        return self.value.output_field
