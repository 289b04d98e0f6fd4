"""REST interface of dictionaries and their values."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dictionaries import services
from apps.dictionaries.api.serializers import (
    ChoicesAnswer,
    DictionaryOrderSerializer,
    DictionarySerializer,
    EntryMergeSerializer,
    EntryMoveSerializer,
    EntrySerializer,
    KeyQuestion,
    NewDictionarySerializer,
    UsagesAnswer,
)
from apps.dictionaries.contracts import DictionaryBook, EntryFacts
from apps.dictionaries.features import MANAGE, VIEW
from apps.dictionaries.models import Dictionary, DictionaryEntry
from apps.dictionaries.selectors import usages_of
from apps.dictionaries.services.loading import merge_address
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.reading.expansions import children
from apps.kernel.api.viewsets import CommandViewSet
from apps.kernel.services import service

FEATURES: dict[str, tuple[str, ...]] = {
    "list": (VIEW,),
    "retrieve": (VIEW,),
    "create": (MANAGE,),
    "update": (MANAGE,),
    "partial_update": (MANAGE,),
    "destroy": (MANAGE,),
}


class DictionaryViewSet(CommandViewSet):
    """Dictionaries of the selected organizations, of those above them, and of the whole tenant."""

    entity = Dictionary.entity_id
    serializer_class = DictionarySerializer
    filter_fields = ("owner_id", "key", "name", "is_active", "is_system", "created_at", "updated_at")
    ordering_fields = ("name", "key", "created_at", "updated_at")
    default_ordering = "name"
    create_command = services.create_dictionary
    update_command = services.update_dictionary
    delete_command = services.delete_dictionary
    own_expansions: ClassVar[dict[str, Any]] = {"entries": children(DictionaryEntry.entity_id, "dictionary_id")}
    features: ClassVar[dict[str, tuple[str, ...]]] = {**FEATURES, "choices": (VIEW,), "reorder": (MANAGE,)}

    def get_serializer_class(self) -> Any:
        """A new dictionary may say whose it is to be."""
        return NewDictionarySerializer if self.action == "create" else DictionarySerializer

    @extend_schema(parameters=[KeyQuestion], responses={200: ChoicesAnswer})
    @action(detail=False, url_path="options")
    def choices(self, request: Request) -> Response:
        """Values of the dictionary of a key, in its order: the nearest one of that key, none where there is none."""
        demand_known_parameters(request.query_params, KeyQuestion().fields)
        asked = KeyQuestion(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        found = service(DictionaryBook).entries(asked.validated_data["key"])
        return Response({"results": [_choice(item) for item in found]})

    @extend_schema(request=DictionaryOrderSerializer, responses={200: DictionarySerializer})
    @action(detail=True, methods=["post"])
    def reorder(self, request: Request, pk: UUID) -> Response:
        """Arrange all values of the dictionary."""
        values = self.checked(request, serializer=DictionaryOrderSerializer)
        return self.answered(services.reorder_dictionary, pk, **values)


class EntryViewSet(CommandViewSet):
    """Values of dictionaries: `?dictionary_id=` chooses one."""

    entity = DictionaryEntry.entity_id
    serializer_class = EntrySerializer
    filter_fields = ("dictionary_id", "value", "label", "tone", "is_default", "position", "created_at", "updated_at")
    ordering_fields = ("position", "label", "value", "created_at", "updated_at")
    default_ordering = "position"
    create_command = services.create_entry
    update_command = services.update_entry
    delete_command = services.delete_entry
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        **FEATURES,
        "usages": (VIEW,),
        "set_default": (MANAGE,),
        "move": (MANAGE,),
        "merge": (MANAGE,),
    }

    @extend_schema(responses={200: UsagesAnswer})
    @action(detail=True)
    def usages(self, request: Request, pk: UUID) -> Response:
        """Who points to the value, in the whole tenant: what a merge would move."""
        demand_known_parameters(request.query_params)
        entry = self.get_object()
        found = usages_of([entry.pk]).get(entry.pk, [])
        listed = [{"place": item.name, "kind": item.kind, "count": item.count} for item in found]
        return Response(
            {"total": sum(item.count for item in found), "usages": listed, "merge": merge_address(entry.pk)}
        )

    @action(detail=True, methods=["post"])
    def set_default(self, request: Request, pk: UUID) -> Response:
        """Let new records begin with the value."""
        return self.pressed(request, services.set_default_entry, pk)

    @extend_schema(request=EntryMoveSerializer, responses={200: EntrySerializer})
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: UUID) -> Response:
        """Move the value some places up or down."""
        return self.answered(services.move_entry, pk, **self.checked(request, serializer=EntryMoveSerializer))

    @extend_schema(request=EntryMergeSerializer, responses={200: EntrySerializer})
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: UUID) -> Response:
        """Let another value of the dictionary take its place everywhere; the answer is the one that stays."""
        return self.answered(services.merge_entry, pk, **self.checked(request, serializer=EntryMergeSerializer))


def _choice(item: EntryFacts) -> dict[str, Any]:
    return {
        "id": item.id,
        "value": item.value,
        "label": item.label,
        "color": item.color,
        "icon": item.icon,
        "tone": item.tone,
        "is_default": item.is_default,
    }
