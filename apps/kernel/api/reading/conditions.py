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
from django.utils.translation import gettext as _

from apps.kernel import clock
from apps.kernel.api.filters import MOST_VALUES, FewFilter, FilterSet
from apps.kernel.api.parsers import read_json
from apps.kernel.api.reading.complaints import Asked
from apps.kernel.api.refusals import Malformed
from apps.kernel.crypto.fields import EncryptedEmailField
from apps.kernel.customs import FieldDefinitions
from apps.kernel.errors import FieldError
from apps.kernel.expressions import ExpressionError, Limits, parse
from apps.kernel.expressions.sql import Column, ColumnKind, to_q
from apps.kernel.ports import SearchQuery
from apps.kernel.registry.entities import Entity
from apps.kernel.services import service

PARAMETERS = frozenset({"ids", "filter", "q"})
CUSTOM = ("cf_", "cf:")
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
    """What a list may be filtered by: its entity, the filter set, and the columns of the advanced tree."""

    entity: Entity
    filters: type[FilterSet]
    columns: tuple[str, ...]


def narrowed(rows: QuerySet[Any], asked: Asked, what: Filterable) -> QuerySet[Any]:
    """The rows that pass every condition of the request; complains about all that cannot be read."""
    for condition in (_ids(asked), _tree(asked, what), _custom(asked, what), _search(asked, what)):
        if condition is not None:
            rows = rows.filter(condition)
    return _filtered(rows, asked, what.filters)


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


def _tree(asked: Asked, what: Filterable) -> Q | None:
    text = asked.text("filter")
    if text is None:
        return None
    try:
        condition = parse(read_json(text.encode()), limits=TREE)
        return to_q(condition, tree_columns(what.entity.model, what.columns), now=clock.now())
    except Malformed as error:
        message = _("This condition cannot be read: {reason}.").format(reason=error.context["reason"])
        asked.refuse("filter", error.code, message)
    except ExpressionError as error:
        asked.found += [FieldError(_path(item.field), item.code, item.message) for item in error.errors]
        if not error.errors:
            asked.refuse("filter", error.code, error.detail)
    return None


def _path(inner: str) -> str:
    return f"filter.{inner}" if inner else "filter"


def tree_columns(model: type[models.Model], names: Iterable[str]) -> dict[str, Column]:
    """Columns that a condition may name; encrypted and list columns cannot be compared."""
    fields: Mapping[str, Any] = model._meta._forward_fields_map  # type: ignore[attr-defined]
    found = {}
    for name in names:
        field = fields[name]
        kind = next((kind for base, kind in KINDS if isinstance(field, base)), None)
        if kind is not None and not isinstance(field, EncryptedEmailField | ArrayField):
            found[name] = Column(field.attname, kind, nullable=field.null)
    return found


def _custom(asked: Asked, what: Filterable) -> Q | None:
    condition = Q()
    definitions = service(FieldDefinitions)
    for name in asked.parameters:
        if name.startswith(CUSTOM):
            found = definitions.condition(what.entity.id, name[3:], asked.text(name) or "")
            if found is None:
                asked.refuse(name, "kernel.parameter.unknown", _("There is no such parameter."))
            else:
                condition &= found
    return condition or None


def _search(asked: Asked, what: Filterable) -> Q | None:
    text = None if "q" in what.filters.base_filters else asked.text("q")
    if text is None:
        return None
    if not what.entity.search:
        asked.refuse("q", "kernel.parameter.unknown", _("There is no such parameter."))
    if not text.strip() or "\0" in text:
        asked.refuse("q", "kernel.filter.empty", _("Give something to search for."))
        return None
    found = service(SearchQuery).ids(what.entity.id, text, limit=FOUND)
    return _containing(what.entity.search, text) if found is None else Q(pk__in=found)


def _containing(names: Iterable[str], text: str) -> Q:
    test = Q()
    for name in names:
        test |= Q(**{f"{name}__icontains": text})
    return test


def _filtered(rows: QuerySet[Any], asked: Asked, filters: type[FilterSet]) -> QuerySet[Any]:
    given = {name: text for name in filters.base_filters if (text := asked.text(name)) is not None}
    for name, text in given.items():
        if not text:
            asked.refuse(name, "kernel.filter.empty", _("Give a value, or leave the parameter out."))
        if isinstance(filters.base_filters[name], FewFilter) and text.count(",") >= MOST_VALUES:
            asked.refuse(name, "kernel.filter.too_many", _("Give at most {most} values.").format(most=MOST_VALUES))
    if not given:
        return rows
    chosen = filters(given, rows)
    if chosen.is_valid():
        return chosen.qs
    _complain(asked, chosen.form.errors.as_data())
    return rows


def _complain(asked: Asked, errors: Mapping[str, list[ValidationError]]) -> None:
    for name, problems in errors.items():
        for problem in problems:
            asked.refuse(name, f"kernel.filter.{problem.code or 'invalid'}", " ".join(problem.messages))
