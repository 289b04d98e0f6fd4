"""REST interface of indexes of custom fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
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
from apps.kernel.api.exporting.answers import accepted, accepted_body
from apps.kernel.api.parsers import StrictJSONParser
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.refusals import NO_OBJECT, Malformed
from apps.kernel.api.repeats import idempotency_of, replay
from apps.kernel.commands.idempotency import Answer, Replayed
from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.commands.outcome import collected_actions


class IndexesView(GenericAPIView[Any]):
    """Indexes of the tenant's custom fields."""

    parser_classes = (StrictJSONParser,)
    pagination_class = None
    metadata_class = None
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
        if not isinstance(request.data, dict):
            raise Malformed(reason=NO_OBJECT)
        form = IndexSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        key = idempotency_of(request, lambda row: Answer(status.HTTP_202_ACCEPTED, accepted_body(row.job_id)))
        try:
            with invoked(source=Source.API, idempotency=key):
                row: Any = services.ask_for_index(**form.validated_data)
        except Replayed as earlier:
            return replay(earlier.answer)
        answer = accepted(row.job_id)
        answer["X-Action-Id"] = str(collected_actions()[-1])
        return answer


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
