"""A resource that is read: list and detail of one entity, from about five declared attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from rest_framework.request import Request
from rest_framework.response import Response

from apps.kernel.api.exporting.answers import exported, wanted_format
from apps.kernel.api.exporting.parts import ExportParts
from apps.kernel.api.filters import FilterSet, filter_set_of
from apps.kernel.api.finishing import FinishedAnswers
from apps.kernel.api.intercepting import InterceptedView
from apps.kernel.api.negotiation import LIST_RENDERERS
from apps.kernel.api.parsers import StrictJSONParser
from apps.kernel.api.permissions import features_of
from apps.kernel.api.preconditions import etag_of
from apps.kernel.api.reading.columns import ColumnPlan, column_plan
from apps.kernel.api.reading.complaints import Asked
from apps.kernel.api.reading.expansions import RESOURCES, Expansion, Record, expand, reference, wishes
from apps.kernel.api.reading.ranking import Ranking
from apps.kernel.api.reading.reader import (
    LOCALE,
    ListShape,
    as_records,
    choose_locale,
    chosen_fields,
    listed,
    refuse_strangers,
)
from apps.kernel.errors import RowNotFound
from apps.kernel.extensions.enrichers import enrich_records, possible_names
from apps.kernel.ports import ReadLog
from apps.kernel.references.fields import ReferenceField, absent_references
from apps.kernel.registry.entities import ENTITIES, Entity
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.translating.overlays import LOCALE as MARK
from apps.kernel.translating.overlays import TRANSLATED, overlay_records

Records = list[Record]  # the class below has a method called list


class ReadingViewSet(FinishedAnswers, InterceptedView):
    """List and detail of one entity.

    A subclass names `entity` (its id), `serializer_class`, `features` for each action, `filter_fields`,
    `ordering_fields` and `default_ordering`. Each filter field offers every comparison of its kind (`price`,
    `price__gte`, …); a `filterset_class` adds others. References can be expanded under their name without
    `_id`; `own_expansions` adds children. `ranking` puts the closest first where somebody searches and asks for no
    order. `field_features` names features that single fields need beyond the view's: who lacks one neither sees the
    field nor filters or sorts by it. `export_features` is what files need
    beside the list's own features, `export_parts` what they have beside the list's fields. `beside` names what the
    view itself may add to records of a list, for the document: serializers by name, each value may be null.
    """

    entity: ClassVar[str]
    filter_fields: ClassVar[tuple[str, ...]] = ()
    filterset_class: ClassVar[type[FilterSet] | None] = None
    ordering_fields: ClassVar[tuple[str, ...]] = ()
    default_ordering: ClassVar[str] = "id"
    ranking: ClassVar[Ranking | None] = None
    beside: ClassVar[Mapping[str, Any]] = {}
    own_expansions: ClassVar[Mapping[str, Expansion]] = {}
    field_features: ClassVar[Mapping[str, str]] = {}
    export_features: ClassVar[tuple[str, ...]] = ()
    export_parts: ClassVar[ExportParts | None] = None
    definitions: ClassVar[str] = ""  # the entity that custom fields are defined for, where it is not the view's own

    parser_classes = (StrictJSONParser,)
    pagination_class = None
    metadata_class = None
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]
    lookup_value_converter = "uuid"

    def get_queryset(self) -> models.QuerySet[Any]:
        """Living rows of the scope that the actor may see."""
        return self.kind().living()

    def listed_rows(self, parameters: Mapping[str, Any]) -> models.QuerySet[Any]:
        """Rows that the list chooses from; a view may offer more of them where a filter asks for it."""
        return self.get_queryset()

    @classmethod
    def at(cls, place: Mapping[str, Any]) -> type[ReadingViewSet]:
        """The view of an address, whose parts are given by name; a view for many kinds of record answers another."""
        return cls

    @classmethod
    def kind(cls) -> Entity:
        """The entity."""
        return ENTITIES[cls.entity]

    def get_renderers(self) -> Any:
        """Lists can be had as files too; where the method leads nowhere (None), 405 comes before 406."""
        return [kind() for kind in LIST_RENDERERS] if self.action in {"list", None} else super().get_renderers()

    def list(self, request: Request) -> Any:
        """One page of the rows that pass the filters, or all of them as a file."""
        form = wanted_format(request)
        if form is not None:
            return exported(self, request, form)
        response, ids = listed(request, self.listed_rows(request.query_params), self.shape(), self)
        self.note_read(ids, how="list")
        return response

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One record, with its version as `ETag`."""
        asked, shape = Asked(request.query_params), self.shape()
        names, extras = chosen_fields(asked, self.detail_fields(), shape.extras)
        wish = wishes(asked, shape.expansions)
        is_marked = choose_locale(asked, shape) and "fields" not in asked.parameters
        refuse_strangers(asked, {"fields", "expand", "format", *({LOCALE} if shape.is_translated else ())})
        asked.demand()
        row = self.get_object()
        self.note_read([row.pk], how="detail")
        record = dict(self.get_serializer(row).data)
        overlay_records(self.entity, [record], [row.pk], marked=is_marked)
        expand([record], wish, shape.expansions)
        kept = {*names, *wish.inner, *((MARK, TRANSLATED) if is_marked else ())}
        shown = {name: value for name, value in record.items() if name in kept}
        shown |= enrich_records(shape.entity, [shown], [row.pk], extras)
        response = Response(shown)
        if (tag := etag_of(row)) is not None:
            response["ETag"] = tag
        return response

    def get_object(self) -> Any:
        """The row of the address. Raises RowNotFound for a missing, deleted, foreign or hidden one."""
        row = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if row is None:
            raise RowNotFound
        return row

    def note_read(self, ids: Iterable[Any], *, how: str) -> None:
        """Remember that somebody saw the records, where the entity demands it."""
        if self.kind().is_sensitive:
            service(ReadLog).note(self.entity, ids, how=how)

    @classmethod
    def detail_fields(cls) -> tuple[str, ...]:
        """Fields of a detail that the actor may read; details may have more than lists."""
        hidden = cls.hidden_fields()
        names = column_plan(cls.serializer_of("retrieve"), cls.kind().model).names
        return tuple(name for name in names if name not in hidden)

    @classmethod
    def shape(cls) -> ListShape:
        """What the list may be asked for by the caller of now."""
        whole = _whole_shape(cls)
        hidden = cls.hidden_fields()
        return replace(_cut(whole, hidden) if hidden else whole, extras=possible_names(whole.entity))

    @classmethod
    def whole_shape(cls) -> ListShape:
        """What the list may be asked for by a caller who may read every field."""
        whole = _whole_shape(cls)
        return replace(whole, extras=possible_names(whole.entity))

    @classmethod
    def hidden_fields(cls) -> frozenset[str]:
        """Fields that the actor may not read."""
        access = current_scope().actor.access if cls.field_features else None
        return frozenset(name for name, feature in cls.field_features.items() if access and not access.allows(feature))

    @classmethod
    def records(cls, column: str, ids: Iterable[UUID], *, most: int | None = None) -> Records:
        """Records whose column holds one of the ids, for expansions of other resources; one query."""
        shape = cls.shape()
        rows = cls().get_queryset().filter(**{f"{column}__in": set(ids)}).order_by("id")
        columns = shape.plan.plain(shape.readable)
        if columns is not None:
            found = as_records(columns, rows.values_list(*(item.source for item in columns))[:most])
        else:
            shown = cls.listing_serializer()(rows[:most], many=True).data
            found = [{name: value for name, value in record.items() if name in shape.readable} for record in shown]
        overlay_records(cls.entity, found, [UUID(str(record["id"])) for record in found])
        return found

    @classmethod
    def may_read(cls) -> bool:
        """Say whether the actor may see details of the kind."""
        access = current_scope().actor.access
        return all(access.allows(feature) for feature in features_of(cls, "retrieve"))

    @classmethod
    def listing_serializer(cls) -> Any:
        """The serializer of records in lists."""
        return cls.serializer_of("list")

    @classmethod
    def serializer_of(cls, action: str) -> Any:
        """The serializer that an action shows records with."""
        view = cls()
        view.action = action
        return view.get_serializer_class()

    @classmethod
    def offered_expansions(cls) -> dict[str, Expansion]:
        """References by name, and the view's own."""
        plan = column_plan(cls.listing_serializer(), cls.kind().model)
        return {**_references(plan), **cls.own_expansions}


def _references(plan: ColumnPlan) -> dict[str, Expansion]:
    found = {}
    for name, column in plan.columns.items():
        if column is None or not name.endswith("_id"):
            continue
        field = column.field
        if isinstance(field, ReferenceField):
            found[name.removesuffix("_id")] = reference(field.target, name)
        elif isinstance(field, models.ForeignKey):
            target = str(getattr(field.remote_field.model, "entity_id", ""))
            if target:
                found[name.removesuffix("_id")] = reference(target, name)
    return found


@lru_cache(maxsize=1024)
def _whole_shape(view: type[ReadingViewSet]) -> ListShape:
    kind = view.kind()
    plan = column_plan(view.listing_serializer(), kind.model)
    absent = absent_references(kind.model)
    filterable = tuple(name for name in view.filter_fields if name not in absent)
    return ListShape(
        entity=kind,
        plan=plan,
        readable=plan.names,
        filters=filter_set_of(kind.model, filterable, view.filterset_class),  # type: ignore[arg-type]
        filterable=filterable,
        sortable=view.ordering_fields,
        default_ordering=view.default_ordering,
        expansions=view.offered_expansions(),
        parts=view.export_parts,
        definitions=view.definitions,
        ranking=view.ranking,
    )


def _cut(shape: ListShape, hidden: frozenset[str]) -> ListShape:
    """The shape without fields that the caller may not read."""
    filterable = tuple(name for name in shape.filterable if name not in hidden)
    return ListShape(
        entity=shape.entity,
        plan=shape.plan,
        readable=tuple(name for name in shape.readable if name not in hidden),
        filters=_without(shape.filters, hidden),  # type: ignore[arg-type]
        filterable=filterable,
        sortable=tuple(name for name in shape.sortable if name not in hidden),
        default_ordering=shape.default_ordering,
        expansions={name: item for name, item in shape.expansions.items() if item.source not in hidden},
        parts=shape.parts,
        definitions=shape.definitions,
        ranking=shape.ranking,
    )


@lru_cache(maxsize=1024)
def _without(filters: type[FilterSet], hidden: frozenset[str]) -> type[FilterSet]:
    kept = {name: item for name, item in filters.base_filters.items() if item.field_name not in hidden}
    cut: type[FilterSet] = type(filters.__name__, (filters,), {})
    cut.base_filters = kept  # afterwards: the class gathers those of its base while it is made
    return cut


def register_resource(view: type[Any]) -> None:
    """Let other resources expand records of the view's entity; the first view set of an entity counts."""
    entity = getattr(view, "entity", "")
    if entity and entity not in RESOURCES:
        RESOURCES.add(entity, view)
