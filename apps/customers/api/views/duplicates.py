"""REST interface of duplicates: who looks like whom, decisions about it, and merging."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status as codes
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from apps.customers import services
from apps.customers.api.serializers.duplicates import (
    CheckAnswer,
    CheckSerializer,
    DismissSerializer,
    MergeSerializer,
    NotDuplicateAnswer,
    PairAnswer,
    PairsAnswer,
    PairsQuestion,
)
from apps.customers.api.views.leading import LeadsOn
from apps.customers.features import MERGE, VIEW_COMPANIES, VIEW_PEOPLE
from apps.customers.models import Company, CustomerKind, CustomerRecord, Person
from apps.customers.selectors import described, duplicate_pairs, lookalikes
from apps.kernel.api.plain import PlainView
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.commands.executor import demand_feature
from apps.kernel.tenancy.scope import current_scope

MODELS: dict[str, type[CustomerRecord]] = {CustomerKind.PERSON: Person, CustomerKind.COMPANY: Company}
VIEWS = {CustomerKind.PERSON: VIEW_PEOPLE, CustomerKind.COMPANY: VIEW_COMPANIES}


class MergingViewSet(LeadsOn, CommandViewSet):
    """A resource whose records can be merged; addresses of one that was merged lead to the one in its place."""

    merge_command: ClassVar[Any] = None
    moves: ClassVar[tuple[str, ...]] = ("retrieve", "holders")

    @extend_schema(request=MergeSerializer)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: UUID) -> Response:
        """Let this record take the place of another one, everywhere; one undo brings both back."""
        given = self.checked(request, serializer=MergeSerializer)
        return self.answered(type(self).merge_command, pk, **given)


class CheckView(PlainView):
    """Whether a record that is about to be added is there already."""

    authenticated = "whoever may see people sees people, whoever may see companies sees companies: the kind decides"
    keyless = ("post",)

    @extend_schema(request=CheckSerializer, responses={200: CheckAnswer})
    def post(self, request: Request) -> Response:
        """Living records that look like it. Writes nothing."""
        given = self.checked(CheckSerializer)
        kind = given.pop("kind")
        demand_feature(current_scope(), VIEWS[CustomerKind(kind)])
        found = lookalikes(MODELS[kind], described(kind, **given))
        return Response(CheckAnswer({"duplicates": found}).data)


class DuplicatesView(PlainView):
    """Pairs of records that look like one."""

    features: ClassVar[tuple[str, ...]] = (MERGE,)

    @extend_schema(parameters=[PairsQuestion], responses={200: PairsAnswer})
    def get(self, request: Request) -> Response:
        """Pairs that share an e-mail, a phone, a name or a domain, likeliest first, without those decided about."""
        asked = self.asked(PairsQuestion)
        page, size = asked["page"], asked["page_size"]
        pairs = duplicate_pairs(MODELS[asked["kind"]])
        shown = pairs[(page - 1) * size : page * size]
        answer = {
            "count": len(pairs),
            "next": _address(asked, page + 1) if page * size < len(pairs) else None,
            "previous": _address(asked, page - 1) if page > 1 else None,
            "results": PairAnswer(shown, many=True).data,
        }
        return Response(answer)


def _address(asked: dict[str, Any], page: int) -> str:
    return f"{reverse('customers.duplicates')}?{urlencode({**asked, 'page': page})}"


class DismissView(PlainView):
    """Decisions that two records are two."""

    features: ClassVar[tuple[str, ...]] = (MERGE,)

    @extend_schema(request=DismissSerializer, responses={201: NotDuplicateAnswer})
    def post(self, request: Request) -> Response:
        """Remember that the two are no duplicates; undo forgets it."""
        given = self.checked(DismissSerializer)
        return self.answered(
            lambda: services.dismiss_duplicate(**given),
            lambda row: dict(NotDuplicateAnswer(row).data),
            status=codes.HTTP_201_CREATED,
        )
