"""Which rows a list shows: filters, ids, the advanced tree and the search, all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.api.filters import MOST_VALUES, FewFilter, Filter, FilterSet
from apps.kernel.api.parsers import read_json
from apps.kernel.api.reading.complaints import Asked
from apps.kernel.api.reading.customs import SPELLINGS, Customs, custom_filters
from apps.kernel.api.refusals import Malformed
from apps.kernel.bases.custom_columns import BlindText, CustomColumn
from apps.kernel.bases.texts import containing
from apps.kernel.crypto.fields import EncryptedEmailField
from apps.kernel.errors import FieldError
from apps.kernel.expressions import ExpressionError, Limits, parse
from apps.kernel.expressions.sql import Column, ColumnKind, to_q
from apps.kernel.ports import SearchQuery
from apps.kernel.registry.entities import Entity
from apps.kernel.services import service

PARAMETERS = frozenset({"ids", "filter", "q"})
CUSTOM = SPELLINGS
TREE = Limits(depth=3, group=15, conditions=50)
FOUND = 1000
KINDS: tuple[tuple[type[models.Field[Any, Any]], ColumnKind], ...] = (
    (models.BooleanField, "boolean"),
    (models.UUIDField, "uuid"),
    (models.ForeignKey, "uuid"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.IntegerField, "integer"),
    (models.DecimalField, "number"),
    (models.CharField, "text"),
    (models.TextField, "text"),
)


@dataclass(frozen=True, slots=True)
class Filterable:
    """What a list may be filtered by: its entity, the filter set, the columns of the advanced tree, custom fields."""

    entity: Entity
    filters: type[FilterSet]
    columns: tuple[str, ...]
    customs: Customs

    @property
    def searched(self) -> str:
        """The kind that is searched: of records whose kind a tenant has made that one, and not their table's."""
        return self.customs.definitions or self.entity.id


def narrowed(rows: QuerySet[Any], asked: Asked, what: Filterable) -> QuerySet[Any]:
    """The rows that pass every condition of the request; complains about all that cannot be read."""
    rows = treed(rows, asked, what)
    for condition in (_ids(asked), _search(asked, what)):
        if condition is not None:
            rows = rows.filter(condition)
    return _filtered(_custom(rows, asked, what.customs), asked, what.filters)


def _ids(asked: Asked) -> Q | None:
    texts = asked.names("ids")
    if texts is None:
        return None
    found = {item for item in map(_id, texts) if item is not None}
    if not found:
        asked.refuse("ids", "kernel.ids.invalid", _("Give ids, parted by commas."))
    if len(texts) > MOST_VALUES:
        asked.refuse("ids", "kernel.ids.too_many", _("Give at most {most} ids.").format(most=MOST_VALUES))
    return Q(pk__in=found)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def treed(rows: QuerySet[Any], asked: Asked, what: Filterable) -> QuerySet[Any]:
    """The rows that pass the advanced tree of the request; complains at the places of its nodes."""
    text = asked.text("filter")
    if text is None:
        return rows
    try:
        return by_condition(rows, read_json(text.encode()), what)
    except Malformed as error:
        message = _("This condition cannot be read: {reason}.").format(reason=error.context["reason"])
        asked.refuse("filter", error.code, message)
    except ExpressionError as error:
        asked.found += [FieldError(_path(item.field), item.code, item.message) for item in error.errors]
        if not error.errors:
            asked.refuse("filter", error.code, error.detail)
    return rows


def by_condition(rows: QuerySet[Any], given: Any, what: Filterable) -> QuerySet[Any]:
    """The rows that pass a condition as it stands in JSON; its days are of the zone that is spoken in.

    Raises ExpressionError.
    """
    condition = parse(given, limits=TREE)
    customs = what.customs.mentioned(str(given))
    columns = tree_columns(what.entity.model, what.columns) | compared(customs)
    rows = what.customs.with_columns(rows, (column.name for column in customs.values()))
    return rows.filter(to_q(condition, columns, now=timezone.localtime(clock.now())))


def _path(inner: str) -> str:
    return f"filter.{inner}" if inner else "filter"


def tree_columns(model: type[models.Model], names: Iterable[str]) -> dict[str, Column]:
    """Columns that a condition may name; encrypted and list columns cannot be compared."""
    fields: Mapping[str, Any] = model._meta._forward_fields_map  # type: ignore[attr-defined]
    found = {}
    for name in names:
        field = fields[name]
        kind = comparable_kind(field)
        if kind is not None:
            found[name] = Column(field.attname, kind, nullable=field.null)
    return found


def compared(customs: Mapping[str, CustomColumn]) -> dict[str, Column]:
    """The same for custom fields, under each name that the condition may have for them."""
    kinds = {name: comparable_kind(column.field) for name, column in customs.items()}
    return {name: Column(customs[name].name, kind) for name, kind in kinds.items() if kind is not None}


def comparable_kind(field: models.Field[Any, Any]) -> ColumnKind | None:
    """How a condition compares the column; None for one that cannot be compared."""
    if isinstance(field, EncryptedEmailField | ArrayField | BlindText):
        return None
    return next((kind for base, kind in KINDS if isinstance(field, base)), None)


def _custom(rows: QuerySet[Any], asked: Asked, customs: Customs) -> QuerySet[Any]:
    found = custom_filters(asked, customs)
    rows = customs.with_columns(rows, (item.field_name for item in found.values()))  # type: ignore[attr-defined]
    for name, item in found.items():
        text = asked.text(name) or ""
        _demand_moderate(asked, name, text, item)
        field: Any = item.field  # type: ignore[attr-defined]
        try:
            value = field.clean(field.widget.value_from_datadict({name: text}, {}, name))
        except ValidationError as problem:
            _complain(asked, {name: problem.error_list})
        else:
            rows = item.filter(rows, value)  # type: ignore[attr-defined]
    return rows


def _search(asked: Asked, what: Filterable) -> Q | None:
    text = None if "q" in what.filters.base_filters else asked.text("q")
    if text is None:
        return None
    if not what.entity.search:
        asked.refuse("q", "kernel.parameter.unknown", _("There is no such parameter."))
    if not text.strip() or "\0" in text:
        asked.refuse("q", "kernel.filter.empty", _("Give something to search for."))
        return None
    found = service(SearchQuery).ids(what.searched, text, limit=FOUND)
    return containing(what.entity.search, text) if found is None else Q(pk__in=found)


def _filtered(rows: QuerySet[Any], asked: Asked, filters: type[FilterSet]) -> QuerySet[Any]:
    given = {name: text for name in filters.base_filters if (text := asked.text(name)) is not None}
    for name, text in given.items():
        _demand_moderate(asked, name, text, filters.base_filters[name])
    if not given:
        return rows
    chosen = filters(given, rows)
    if chosen.is_valid():
        return chosen.qs
    _complain(asked, chosen.form.errors.as_data())
    return rows


def _demand_moderate(asked: Asked, name: str, text: str, item: Filter) -> None:
    if not text:
        asked.refuse(name, "kernel.filter.empty", _("Give a value, or leave the parameter out."))
    if isinstance(item, FewFilter) and text.count(",") >= MOST_VALUES:
        asked.refuse(name, "kernel.filter.too_many", _("Give at most {most} values.").format(most=MOST_VALUES))


def _complain(asked: Asked, errors: Mapping[str, list[ValidationError]]) -> None:
    for name, problems in errors.items():
        for problem in problems:
            asked.refuse(name, f"kernel.filter.{problem.code or 'invalid'}", " ".join(problem.messages))
