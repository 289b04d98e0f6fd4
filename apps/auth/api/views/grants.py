"""REST interface of grants on single records, and of explanations of access."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.auth.api.serializers.grants import (
    ExplanationAnswer,
    GrantAnswer,
    GrantsAnswer,
    GrantSerializer,
    QuestionSerializer,
    RecordSerializer,
    RestrictionAnswer,
    RevocationSerializer,
    shown_explanation,
    shown_grant,
)
from apps.auth.features import MANAGE_ACL
from apps.auth.models import RoleGrant, User, UserGrant
from apps.auth.selectors import access_of
from apps.auth.services.object_access import grants_of
from apps.auth.services.object_grants import grant_access, revoke_access
from apps.kernel.access.explain import explain_access
from apps.kernel.access.records import restrictable
from apps.kernel.api.plain import PlainView
from apps.kernel.api.preconditions import expected_version
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.bases.mixins import ObjectAccess
from apps.kernel.commands.executor import demand_feature
from apps.kernel.errors import FieldError, InvalidInput, RowNotFound
from apps.kernel.references.validation import no_such_record
from apps.kernel.registry.entities import ENTITIES, Entity
from apps.kernel.registry.features import is_declared
from apps.kernel.tenancy.scope import Actor, ActorKind, current_scope

KINDS: tuple[Any, ...] = (UserGrant, RoleGrant)


class AccessView(PlainView):
    """What the views of grants share."""

    def told(self, command: Any, show: Callable[[Any], Any], *, status: int = 200, **given: Any) -> Response:
        """Run a command about the record that `given` names, at the version that the caller saw."""
        seen, record_id = expected_version(self.request), given.pop("record_id")
        return self.answered(lambda: command(record_id, **given), show, status=status, expected=seen)


class GrantsView(AccessView):
    """The grants on one record, and a new one."""

    features: ClassVar[tuple[str, ...]] = (MANAGE_ACL,)

    @extend_schema(parameters=[RecordSerializer], responses={200: GrantsAnswer})
    def get(self, request: Request) -> Response:
        """Grants on the record `entity`, `record_id`: users' before roles', by time."""
        demand_known_parameters(request.query_params, ("entity", "record_id"))
        form = RecordSerializer(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        kind = _restrictable(form.validated_data["entity"])
        record = _seen(kind, form.validated_data["record_id"])
        demand_feature(current_scope(), record.view_feature)
        found = [grant for grants in KINDS for grant in _on(grants, record)]
        shown = [shown_grant(grant, kind.id) for grant in found]
        body = {"count": len(shown), "next": None, "previous": None, "results": shown}
        return Response({**body, "is_restricted": record.is_restricted})

    @extend_schema(request=GrantSerializer, responses={201: GrantAnswer})
    def post(self, request: Request) -> Response:
        """Grant."""
        values = self.checked(GrantSerializer)
        demand_seen(values)
        return self.told(grant_access, lambda grant: shown_grant(grant, values["entity"]), status=201, **values)


class GrantView(AccessView):
    """One grant."""

    features: ClassVar[tuple[str, ...]] = (MANAGE_ACL,)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Take the grant away; the record stays restricted. A grant on a hidden record is not there."""
        grant = next((row for kind in KINDS for row in kind.objects.filter(pk=pk)), None)
        kind = next((item for item in restrictable() if grant and _is_about(grant, item)), None)
        if grant is None or kind is None or not kind.living().filter(pk=grant.object_pk).exists():
            raise RowNotFound
        column = "role_id" if isinstance(grant, RoleGrant) else "user_id"
        given = {"record_id": grant.object_pk, "entity": kind.id, column: getattr(grant, column)}
        return self.told(revoke_access, lambda _result: None, status=204, **given)


class RevocationView(AccessView):
    """Taking away by record and holder, and opening a record again."""

    features: ClassVar[tuple[str, ...]] = (MANAGE_ACL,)

    @extend_schema(request=RevocationSerializer, responses={200: RestrictionAnswer})
    def post(self, request: Request) -> Response:
        """Revoke; the answer says whether the record is still restricted."""
        values = self.checked(RevocationSerializer)
        demand_seen(values)
        about = {"entity": values["entity"], "record_id": str(values["record_id"])}
        return self.told(revoke_access, lambda row: {**about, "is_restricted": row.is_restricted}, **values)


class ExplainAccessView(AccessView):
    """Why somebody may do something, or may not."""

    keyless = ("post",)
    authenticated = "everybody may ask about themselves; asking about others needs auth.acl.manage, checked inside"

    @extend_schema(request=QuestionSerializer, responses={200: ExplanationAnswer})
    def post(self, request: Request) -> Response:
        """The decision about a feature, and about a record where one is named."""
        values = self.checked(QuestionSerializer)
        actor, complaints = _asked_about(values.get("user_id")), []
        if not is_declared(values["feature"]):
            text = _("There is no permission {grant}.").format(grant=values["feature"])
            complaints.append(FieldError("feature", "auth.feature.unknown", text))
        if actor is None:
            complaints.append(no_such_record("user_id"))
        record, wrong = _named(values.get("entity"), values.get("record_id"))
        if complaints or wrong:
            raise InvalidInput(errors=(*complaints, *wrong))
        return Response(shown_explanation(explain_access(actor or current_scope().actor, values["feature"], record)))


def demand_seen(values: dict[str, Any]) -> None:
    """Refuse a record that the caller does not see, on the field. Raises InvalidInput."""
    kind = _restrictable(values["entity"])
    if not kind.living().filter(pk=values["record_id"]).exists():
        raise InvalidInput(errors=(no_such_record("record_id"),))


def _restrictable(entity: str) -> Entity:
    kind = next((item for item in restrictable() if item.id == entity), None)
    if kind is None:
        text = _("Records of this kind cannot be restricted.")
        raise InvalidInput(errors=(FieldError("entity", "auth.object_grant.kind", text),))
    return kind


def _seen(kind: Entity, record_id: UUID) -> ObjectAccess:
    record: ObjectAccess | None = kind.living().filter(pk=record_id).first()
    if record is None:
        raise InvalidInput(errors=(no_such_record("record_id"),))
    return record


def _on(grants: Any, record: ObjectAccess) -> models.QuerySet[Any]:
    holder = "role" if grants is RoleGrant else "user"
    rows = grants_of(grants.objects.filter(object_pk=record.pk), type(record))
    return rows.select_related("permission", holder).order_by("pk")


def _is_about(grant: Any, kind: Entity) -> bool:
    return grants_of(type(grant).objects.filter(pk=grant.pk), kind.model).exists()


def _asked_about(user_id: UUID | None) -> Actor | None:
    """The caller, or another user as they would act now; None for an unknown one. Raises FeatureRequired."""
    actor = current_scope().actor
    if user_id is None or (actor.kind is ActorKind.STAFF and user_id == actor.id):
        return actor
    demand_feature(current_scope(), MANAGE_ACL)
    user = User.objects.filter(pk=user_id, deleted_at__isnull=True).first()
    return None if user is None else Actor(ActorKind.STAFF, user.pk, user.name, access_of(user.pk))


def _named(entity: str | None, record_id: UUID | None) -> tuple[models.Model | None, tuple[FieldError, ...]]:
    """The record that the question is about, as far as the caller sees it, and what is wrong with it."""
    if not entity:
        return None, ()
    if entity not in ENTITIES:
        return None, (no_such_record("entity"),)
    record = ENTITIES[entity].living().filter(pk=record_id).first()
    return record, () if record is not None else (no_such_record("record_id"),)
