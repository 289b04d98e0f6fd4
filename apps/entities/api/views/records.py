"""REST interface of the records of tenants' own types: one resource for each type."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar

from django.db import models
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from apps.entities import services
from apps.entities.api.serializers.records import RecordSerializer
from apps.entities.features import MANAGE_RECORDS, VIEW_RECORDS, record_feature
from apps.entities.models import Record
from apps.entities.models.records import PREFIX
from apps.entities.selectors.types import living_types
from apps.kernel.api.viewsets import CommandCall, CommandViewSet
from apps.kernel.errors import FeatureRequired, RowNotFound
from apps.kernel.imports.resources.targets import open_imports
from apps.kernel.tenancy.scope import scope_or_none

READS = ("list", "retrieve")
WRITES = ("create", "update", "partial_update", "destroy")


class RecordViewSet(CommandViewSet):
    """Records of one type, in the selected organizations; new ones go to the one that is selected.

    The address names the type, whose features are asked: `entities.<type>.view`, `entities.<type>.manage`.
    """

    entity = Record.entity_id
    type_key: ClassVar[str] = ""
    serializer_class = RecordSerializer
    filter_fields = ("organization_id", "title", "created_at", "updated_at")
    ordering_fields = ("title", "created_at", "updated_at")
    default_ordering = "title"
    create_command = services.create_record
    update_command = services.update_record
    delete_command = services.delete_record
    authenticated = "each type of record has features of its own: entities.<type>.view and entities.<type>.manage"

    @classmethod
    def at(cls, place: Mapping[str, Any]) -> type[CommandViewSet]:
        """The resource of the type that the address names."""
        return resource_of(str(place["type_key"]))

    @classmethod
    def creation_values(cls) -> Mapping[str, Any]:
        """The type."""
        return {"type_key": cls.type_key}

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Hand the request to the resource of the type."""
        key = kwargs.pop("type_key", None)
        if key is None:
            return super().dispatch(request, *args, **kwargs)
        actions: Any = self.action_map
        view = resource_of(key).as_view(actions, basename=self.basename, detail=self.detail)
        return view(request, *args, **kwargs)

    def check_permissions(self, request: Request) -> None:
        """Let pass who may. Raises NotAuthenticated, FeatureRequired whether the type exists or not, RowNotFound."""
        scope = scope_or_none()
        if scope is not None and self.type_id is None:
            feature = record_feature(self.type_key, VIEW_RECORDS)
            raise RowNotFound if scope.actor.access.allows(feature) else FeatureRequired(feature=feature)
        super().check_permissions(request)

    @property
    def type_id(self) -> Any:
        """Id of the living type; None where the tenant has none of this key."""
        if "_type_id" not in self.__dict__:
            self._type_id = living_types().filter(key=self.type_key).values_list("pk", flat=True).first()
        return self._type_id

    def get_queryset(self) -> models.QuerySet[Any]:
        """Living records of the type."""
        return super().get_queryset().filter(type_id=self.type_id)

    def create(self, request: Request) -> Response:
        """Create one record of the type."""
        values = self.checked(request)
        made = self.answered(services.create_record, status=status.HTTP_201_CREATED, type_key=self.type_key, **values)
        made["Location"] = reverse(f"{self.basename}-detail", args=[self.type_key, made.data["id"]])
        return made

    def answered(self, command: CommandCall, *args: Any, **kwargs: Any) -> Response:
        """Run a command; what is about one record is about one of this type. Raises RowNotFound.

        A record that is not there is the command's matter, which knows what was answered before.
        """
        if args and Record.objects.filter(pk=args[0]).exclude(type_id=self.type_id).exists():
            raise RowNotFound
        return super().answered(command, *args, **kwargs)


@lru_cache(maxsize=1024)
def resource_of(key: str) -> type[RecordViewSet]:
    """The resource of a type: nothing in it belongs to one tenant but the word."""
    view, manage = (record_feature(key, action) for action in (VIEW_RECORDS, MANAGE_RECORDS))
    features = {**dict.fromkeys(READS, (view,)), **dict.fromkeys(WRITES, (manage,))}
    entity = f"{PREFIX}{key}"
    meta = type("Meta", (RecordSerializer.Meta,), {"fields_entity": entity})
    serializer = type("RecordSerializer", (RecordSerializer,), {"Meta": meta, "__doc__": RecordSerializer.__doc__})
    own: dict[str, Any] = {"type_key": key, "definitions": entity, "features": features, "authenticated": None}
    own |= {"serializer_class": serializer}
    return type("RecordViewSet", (RecordViewSet,), {**own, "__doc__": RecordViewSet.__doc__})


def _importable(entity: str) -> type[CommandViewSet] | None:
    """The resource of what may be a type; whether there is one, the register of entities says."""
    key = entity.removeprefix(PREFIX)
    return resource_of(key) if key.isidentifier() else None


open_imports(PREFIX, _importable)
