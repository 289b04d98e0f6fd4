"""REST interface of indexes of custom fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.entities import services
from apps.entities.api.serializers.indexes import AcceptedIndex, IndexesAnswer, IndexSerializer
from apps.entities.features import INDEXES_MANAGE, VIEW
from apps.entities.models import FieldIndex
from apps.entities.selectors import fields_now
from apps.entities.selectors.columns import reader_of
from apps.entities.selectors.definitions import entities_with_fields
from apps.entities.selectors.indexed import Wanted
from apps.kernel.api.plain import PlainView
from apps.kernel.api.reading.complaints import demand_known_parameters


class IndexesView(PlainView):
    """Indexes of the tenant's custom fields."""

    features: ClassVar[dict[str, tuple[str, ...]]] = {"get": (VIEW,), "post": (INDEXES_MANAGE,)}

    @extend_schema(responses={200: IndexesAnswer})
    def get(self, request: Request) -> Response:
        """Which fields of the tenant have an index, or wait for one."""
        demand_known_parameters(request.query_params)
        wanted = {item.name: item for item in _wanted()}
        rows = FieldIndex.objects.filter(pk__in=list(wanted)).order_by("asked_at", "pk")
        return Response({"results": [_shown(row, wanted[row.pk]) for row in rows]})

    @extend_schema(request=IndexSerializer, responses={202: AcceptedIndex})
    def post(self, request: Request) -> Response:
        """Ask for an index, which an operator's process builds; a long job tells how far it is."""
        values = self.checked(IndexSerializer)
        return self.queued(lambda: _job_of(services.ask_for_index(**values)))


def _job_of(row: Any) -> UUID:
    """The job of an index that was just asked for."""
    return UUID(str(row.job_id))


def _wanted() -> Iterator[Wanted]:
    """The indexes that the tenant's fields could have; what other tenants' fields are called is told to nobody."""
    for entity in entities_with_fields():
        for key, field in fields_now(entity).every.items():
            if reader := reader_of(field):
                yield Wanted(entity, key, reader)


def _shown(row: FieldIndex, wanted: Wanted) -> dict[str, Any]:
    return {
        "entity": wanted.entity,
        "key": wanted.key,
        "status": row.status,
        "asked_at": row.asked_at,
        "built_at": row.built_at,
    }
