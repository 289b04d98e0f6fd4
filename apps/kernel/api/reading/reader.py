"""The fast reader of lists: from query parameters to plain records, without model instances where columns suffice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from apps.kernel.api.exporting.parts import ExportParts
from apps.kernel.api.filters import FilterSet
from apps.kernel.api.reading import conditions, expansions, pages
from apps.kernel.api.reading.columns import Column, ColumnPlan
from apps.kernel.api.reading.complaints import Asked, Parameters
from apps.kernel.api.reading.conditions import Filterable
from apps.kernel.api.reading.customs import Customs, customs_of
from apps.kernel.api.reading.expansions import Expansion, Record, Wish
from apps.kernel.api.reading.ordering import Order, Sorting, order_of
from apps.kernel.api.reading.ranking import Ranking, ranked
from apps.kernel.bases.custom_columns import PREFIX
from apps.kernel.customs import FieldDefinitions
from apps.kernel.extensions.enrichers import enrich_records
from apps.kernel.registry.entities import Entity
from apps.kernel.services import service
from apps.kernel.translating.declared import TRANSLATABLE
from apps.kernel.translating.locales import canonical, speak
from apps.kernel.translating.overlays import overlay_records

Names = tuple[str, ...]
LOCALE = "locale"
PARAMETERS = pages.PARAMETERS | conditions.PARAMETERS | {"ordering", "fields", "expand"}


@dataclass(frozen=True, slots=True)
class ListShape:
    """What a resource lets its list be asked for, as far as this caller may read."""

    entity: Entity
    plan: ColumnPlan
    readable: tuple[str, ...]
    filters: type[FilterSet]
    filterable: tuple[str, ...]
    sortable: tuple[str, ...]
    default_ordering: str
    expansions: Mapping[str, Expansion]
    extras: tuple[str, ...] = ()  # fields that enrichers add, for whoever they are for: `_<module>`
    parts: ExportParts | None = None  # further columns of files
    definitions: str = ""  # the entity whose custom fields its records have, where that is not the list's own
    further: frozenset[str] = frozenset()  # parameters that the view reads itself
    ranking: Ranking | None = None  # how the rows are sorted that somebody searches for

    @property
    def fields_entity(self) -> str:
        """The entity that the records' custom fields are defined for."""
        return self.definitions or self.entity.id

    @property
    def what(self) -> Filterable:
        """What the rows may be filtered by."""
        customs = customs_of(self.entity, self.readable, definitions=self.fields_entity)
        return Filterable(self.entity, self.filters, self.filterable, customs)

    @property
    def known_parameters(self) -> frozenset[str]:
        """Every parameter of a list."""
        own = {"format", *self.filters.base_filters}
        return frozenset(PARAMETERS | own | self.further | ({LOCALE} if self.is_translated else set()))

    @property
    def is_translated(self) -> bool:
        """Say whether `locale=` means something: texts of the records, or of those beside them, are translated.

        A field of this name that can be filtered by goes first.
        """
        kinds = {self.entity.id, *(item.entity for item in self.expansions.values())}
        return LOCALE not in self.filters.base_filters and any(kind in TRANSLATABLE for kind in kinds)


@dataclass(frozen=True, slots=True)
class Selection:
    """A checked request: the rows that pass its conditions, in which order, with which fields and expansions."""

    rows: QuerySet[Any]
    order: Order
    names: tuple[str, ...]
    wish: Wish
    extras: tuple[str, ...]
    customs: Customs
    is_marked: bool = False  # records say in which language their texts are

    @property
    def shown(self) -> tuple[str, ...]:
        """Every field of a file's rows."""
        return (*self.names, *self.extras)

    def columns(self, plan: ColumnPlan, offered: Mapping[str, Expansion]) -> tuple[Column, ...] | None:
        """Columns to fetch: those shown and those that expansions start from; None when instances are needed."""
        return plan.plain(self.fetched(offered))

    def fetched(self, offered: Mapping[str, Expansion]) -> tuple[str, ...]:
        """Names of the fields to fetch."""
        sources = ["id" if offered[name].is_children else offered[name].source for name in self.wish.inner]
        return tuple(dict.fromkeys([*self.names, *sources]))


def select(rows: QuerySet[Any], parameters: Parameters, shape: ListShape) -> Selection:
    """Read every parameter of a list without pages. Raises InvalidInput with all complaints at once."""
    asked = Asked(parameters)
    selection = _selection(rows, asked, shape)
    refuse_strangers(asked, shape.known_parameters - pages.PARAMETERS)
    asked.demand()
    note_use(asked, selection)
    return selection


def listed(request: Request, rows: QuerySet[Any], shape: ListShape, view: Any) -> tuple[Response, list[Any]]:
    """One page as `{count, next, previous, results}`, and the ids on it. Raises InvalidInput with all complaints."""
    asked = Asked(request.query_params)
    selection = _selection(rows, asked, shape)
    wanted = pages.wanted_page(asked, selection.order)
    refuse_strangers(asked, shape.known_parameters)
    asked.demand()
    note_use(asked, selection)
    columns = selection.columns(shape.plan, shape.expansions)
    sources = ["pk"] if columns is None else [column.source for column in columns]
    page = pages.read_page(selection.rows, wanted, selection.order, sources)
    ids = [row[-1] for row in page.rows]
    if columns is None:
        records, ids = _computed(page.rows, selection, shape, view)
    else:
        records = as_records(columns, page.rows)
    overlay_records(shape.entity.id, records, ids, marked=selection.is_marked)
    expansions.expand(records, selection.wish, shape.expansions)
    _drop_helpers(records, selection, shape)
    body: dict[str, Any] = {"count": page.count}
    if page.is_capped:
        body["count_capped"] = True
    body |= {"next": _link(request, page.next), "previous": _link(request, page.previous), "results": records}
    body |= enrich_records(shape.entity, records, ids, selection.extras)
    return Response(body), ids


def _selection(rows: QuerySet[Any], asked: Asked, shape: ListShape) -> Selection:
    what = shape.what
    order = order_of(asked, shape.entity.model, _sorting(shape, what))
    names, extras = chosen_fields(asked, shape.readable, shape.extras)
    wish = expansions.wishes(asked, shape.expansions)
    is_marked = choose_locale(asked, shape) and "fields" not in asked.parameters
    rows = what.customs.sorted_by(conditions.narrowed(rows, asked, what), order)
    rows, order = ranked(rows, order, asked, shape.ranking)
    return Selection(rows, order, names, wish, extras, what.customs, is_marked)


def choose_locale(asked: Asked, shape: ListShape) -> bool:
    """Read `locale=`, which goes before the headers, and say whether it was given."""
    text = asked.text(LOCALE) if shape.is_translated else None
    if text is None:
        return False
    tag = canonical(text)
    if tag is None:
        asked.refuse(LOCALE, "kernel.locale.invalid", _("Give a language, such as pl or pt-BR."))
    else:
        speak([tag])
    return True


def note_use(asked: Asked, selection: Selection) -> None:
    """Count the custom fields that the list was asked for."""
    customs = selection.customs
    filtered = customs.filtered(asked.parameters)
    ways = [term.name for term in selection.order if term.name.startswith(PREFIX)]
    if customs.definitions is not None and (filtered or ways):
        keys = [[name.removeprefix(PREFIX) for name in names] for names in (filtered, ways)]
        service(FieldDefinitions).note_use(customs.definitions, filtered=keys[0], sorted_by=keys[1])


def _sorting(shape: ListShape, what: Filterable) -> Sorting:
    return Sorting(shape.sortable, shape.default_ordering, what.customs.named)


def chosen_fields(asked: Asked, readable: Names, extras: Names) -> tuple[Names, Names]:
    """Read `fields=`: fields of the record, and of enrichers; complains about names that are neither."""
    names = asked.names("fields")
    if names is None:
        return readable, extras
    if not names:
        asked.refuse("fields", "kernel.filter.empty", _("Give a value, or leave the parameter out."))
    known = (*readable, *extras)
    if unknown := [name for name in names if name not in known]:
        asked.refuse_unknown("fields", "kernel.fields.unknown", unknown=unknown, known=known)
    chosen = set(names)
    return tuple(name for name in readable if name in chosen), tuple(name for name in extras if name in chosen)


def refuse_strangers(asked: Asked, known: Collection[str]) -> None:
    """Complain about parameters that nobody reads: a mistyped filter would show too much."""
    for name in asked.parameters:
        if name not in known and not name.startswith(conditions.CUSTOM):
            asked.refuse(name, "kernel.parameter.unknown", _("There is no such parameter."))


def as_records(columns: Sequence[Column], rows: Iterable[tuple[Any, ...]]) -> list[Record]:
    """Tuples as records; what stands behind the columns is left out."""
    names = [column.name for column in columns]
    records = [dict(zip(names, row, strict=False)) for row in rows]
    for column in columns:
        if (render := column.render) is not None:
            for record in records:
                record[column.name] = render(record[column.name])
        if column.render_all is not None and records:
            shown = column.render_all([record[column.name] for record in records])
            for record, value in zip(records, shown, strict=True):
                record[column.name] = value
    return records


def _computed(
    rows: Sequence[tuple[Any, ...]], selection: Selection, shape: ListShape, view: Any
) -> tuple[list[Record], list[Any]]:
    """Records of a serializer that computes something, and their ids: instances of this page only, in its order."""
    found = shape.entity.model._default_manager.in_bulk([row[0] for row in rows])
    fetched = set(selection.fetched(shape.expansions))
    ids = [row[0] for row in rows if row[0] in found]
    shown = view.get_serializer([found[record_id] for record_id in ids], many=True).data
    return [{name: value for name, value in record.items() if name in fetched} for record in shown], ids


def _drop_helpers(records: Sequence[Record], selection: Selection, shape: ListShape) -> None:
    """Take out fields that were fetched for an expansion only."""
    for name in set(selection.fetched(shape.expansions)) - set(selection.names):
        for record in records:
            del record[name]


def _link(request: Request, parameters: dict[str, str] | None) -> str | None:
    if parameters is None:
        return None
    address = request.build_absolute_uri()
    for name, value in parameters.items():
        first = name == "page" and value == "1"
        address = remove_query_param(address, name) if first else replace_query_param(address, name, value)
    return address
