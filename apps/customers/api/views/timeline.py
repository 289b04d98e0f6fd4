"""REST interface of timelines: what happened to a customer or a deal, whoever tells of it."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.customers.api.serializers.talking import TimelinePage, TimelineQuery
from apps.customers.api.views.leading import LeadsOn
from apps.customers.features import VIEW_COMPANIES, VIEW_DEALS, VIEW_PEOPLE
from apps.customers.models import Company, Deal, Person
from apps.customers.selectors.timeline import timeline_page, told
from apps.kernel.api.plain import PlainView
from apps.kernel.commands.history.reads import DETAIL, note_reads
from apps.kernel.errors import RowNotFound
from apps.kernel.registry.entities import ENTITIES


class TimelineView(PlainView):
    """A record's timeline."""

    entity: ClassVar[str]

    def page(self, pk: UUID) -> Response:
        """The page that the parameters ask for. Raises RowNotFound, InvalidInput."""
        asked = self.asked(TimelineQuery)
        record = ENTITIES[self.entity].living().filter(pk=pk).first()
        if record is None:
            raise RowNotFound
        note_reads(self.entity, [pk], how=DETAIL)
        page = timeline_page(
            record, kind=asked.get("kind", ""), cursor=asked.get("cursor", ""), limit=asked["page_size"]
        )
        shown: dict[str, Any] = {
            "results": [told(source, moment) for source, moment in page.found.moments],
            "next": page.following,
            "kinds": [{"kind": item.id, "name": str(item.label)} for item in page.sources],
            "left_out": [item.id for item in page.found.failed],
        }
        return Response(TimelinePage(shown).data)


class PersonTimelineView(LeadsOn, TimelineView):
    """What happened to a person."""

    entity = Person.entity_id
    moved = Person
    moves = ("get",)
    features: ClassVar[tuple[str, ...]] = (VIEW_PEOPLE,)

    @extend_schema(parameters=[TimelineQuery], responses={200: TimelinePage})
    def get(self, request: Request, pk: UUID) -> Response:
        """A page of the person's timeline, the latest first; `kind` shows one source, `cursor` goes on."""
        return self.page(pk)


class CompanyTimelineView(LeadsOn, TimelineView):
    """What happened to a company."""

    entity = Company.entity_id
    moved = Company
    moves = ("get",)
    features: ClassVar[tuple[str, ...]] = (VIEW_COMPANIES,)

    @extend_schema(parameters=[TimelineQuery], responses={200: TimelinePage})
    def get(self, request: Request, pk: UUID) -> Response:
        """A page of the company's timeline, the latest first; `kind` shows one source, `cursor` goes on."""
        return self.page(pk)


class DealTimelineView(TimelineView):
    """What happened to a deal."""

    entity = Deal.entity_id
    features: ClassVar[tuple[str, ...]] = (VIEW_DEALS,)

    @extend_schema(parameters=[TimelineQuery], responses={200: TimelinePage})
    def get(self, request: Request, pk: UUID) -> Response:
        """A page of the deal's timeline, the latest first; `kind` shows one source, `cursor` goes on."""
        return self.page(pk)
