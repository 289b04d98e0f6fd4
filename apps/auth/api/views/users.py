"""REST interface of users: accounts, their roles and own lists, and the devices they are signed in on."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from drf_spectacular.utils import extend_schema
from rest_framework import status as codes
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.auth.api.serializers.sessions import DeviceSerializer
from apps.auth.api.serializers.users import (
    NewUserSerializer,
    PasswordSerializer,
    UserAclSerializer,
    UserSerializer,
)
from apps.auth.api.views.seen import SeenViewSet
from apps.auth.calculations import GrantList, spelled_out
from apps.auth.callers import caller_of
from apps.auth.features import MANAGE_ACL, MANAGE_SESSIONS, MANAGE_USERS, VIEW_USERS
from apps.auth.models import Session, User
from apps.auth.selectors import access_of, own_grants
from apps.auth.services.devices import end_session, living_sessions
from apps.auth.services.passwords import set_password
from apps.auth.services.users import (
    create_user,
    delete_user,
    end_user_sessions,
    set_user_acl,
    update_user,
)
from apps.auth.services.visibility import only_visible_users
from apps.kernel.api.filters import FilterSet, UUIDFilter
from apps.kernel.api.preconditions import etag_of
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.errors import RowNotFound
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service


class UserFilters(FilterSet):
    """`role_id`, and `organization`: users at home in it or below it."""

    role_id = UUIDFilter(field_name="memberships__role_id")
    organization = UUIDFilter(method="at_home_in")

    class Meta:
        model = User
        fields: tuple[str, ...] = ()

    def at_home_in(self, rows: models.QuerySet[Any], name: str, value: UUID) -> models.QuerySet[Any]:
        """Users whose home lies there."""
        return rows.filter(home_organization_id__in=sorted(service(OrganizationTree).subtree(value)))


class UserViewSet(SeenViewSet):
    """Users whom the caller may see. An address is found whole or not at all: it is encrypted."""

    entity = User.entity_id
    serializer_class = UserSerializer
    filter_fields = (
        "name",
        "email",
        "home_organization_id",
        "is_active",
        "is_confirmed",
        "locale",
        "created_at",
        "updated_at",
    )
    filterset_class = UserFilters
    ordering_fields = ("name", "created_at", "updated_at")
    default_ordering = "name"
    create_command = create_user
    update_command = update_user
    delete_command = delete_user
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (VIEW_USERS,),
        "retrieve": (VIEW_USERS,),
        "acl": (VIEW_USERS,),
        "create": (MANAGE_USERS,),
        "update": (MANAGE_USERS,),
        "partial_update": (MANAGE_USERS,),
        "destroy": (MANAGE_USERS,),
        "set_password": (MANAGE_USERS,),
        "set_acl": (MANAGE_ACL,),
        "sessions": (MANAGE_SESSIONS,),
        "end_sessions": (MANAGE_SESSIONS,),
        "end_session": (MANAGE_SESSIONS,),
    }

    def only_seen(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Users whom the caller is shown."""
        return only_visible_users(rows)

    def get_serializer_class(self) -> Any:
        """A new user may be given a password at once."""
        return NewUserSerializer if self.action == "create" else UserSerializer

    @extend_schema(request=PasswordSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def set_password(self, request: Request, pk: UUID) -> Response:
        """Give the user a new password; all their sessions end, and they are told by mail."""
        values = self.checked(request, serializer=PasswordSerializer)
        return self.told(set_password, pk, status=204, record=_nothing, response=_no_content, **values)

    @extend_schema(responses={200: UserAclSerializer})
    @action(detail=True)
    def acl(self, request: Request, pk: UUID) -> Response:
        """The user's own list, and what comes of it together with their roles."""
        demand_known_parameters(request.query_params)
        return shown_acl(self.demand_there(request, pk))

    @extend_schema(request=UserAclSerializer, responses={200: UserAclSerializer})
    @acl.mapping.put
    def set_acl(self, request: Request, pk: UUID) -> Response:
        """Make this the user's own list, beside their roles; nothing at all takes it away."""
        values = self.checked(request, serializer=UserAclSerializer)
        return self.told(set_user_acl, pk, status=200, record=acl_of, response=shown_acl, **values)

    @extend_schema(responses={200: DeviceSerializer(many=True)})
    @action(detail=True)
    def sessions(self, request: Request, pk: UUID) -> Response:
        """Devices that the user is signed in on, those used last first."""
        demand_known_parameters(request.query_params)
        rows = list(living_sessions(self.demand_there(request, pk).pk).order_by("-last_used_at", "-pk"))
        caller = caller_of(request._request)
        own = caller.session.pk if caller is not None and caller.session is not None else None
        shown = DeviceSerializer(rows, many=True, context={"current": own}).data
        return Response({"count": len(shown), "next": None, "previous": None, "results": shown})

    @extend_schema(responses={204: None})
    @sessions.mapping.delete
    def end_sessions(self, request: Request, pk: UUID) -> Response:
        """Sign the user out everywhere."""
        return self.told(end_user_sessions, pk, status=204, record=_nothing, response=_no_content)

    @extend_schema(responses={204: None})
    @action(detail=True, methods=["delete"], url_path="sessions/<uuid:session_id>")
    def end_session(self, request: Request, pk: UUID, session_id: UUID) -> Response:
        """Sign the user out on one device."""

        def end(user_id: UUID) -> None:
            if Session.objects.filter(pk=session_id).exclude(user_id=user_id).exists():
                raise RowNotFound  # somebody else's; a missing one the command refuses
            end_session(session_id)

        return self.told(end, pk, status=204, record=_nothing, response=_no_content)


def acl_of(user: User) -> dict[str, Any]:
    """A user's own list, and their access with it, as JSON."""
    own, access = own_grants(user.pk), access_of(user.pk, even_inactive=True)
    shown = own or GrantList()
    return {
        "has_own_list": own is not None,
        "features": sorted(shown.features),
        "denied_features": sorted(shown.denied),
        "is_super_admin": shown.is_super_admin,
        "organization_ids": _texts(shown.organization_ids),
        "effective": {
            "features": sorted(spelled_out(access)),
            "is_super_admin": access.is_super_admin,
            "organization_ids": _texts(access.organization_ids),
        },
        "version": user.version,
    }


def shown_acl(user: User) -> Response:
    """The same as an answer, with the version of the user."""
    response = Response(acl_of(user))
    response["ETag"] = str(etag_of(user))
    return response


def _texts(ids: frozenset[UUID] | None) -> list[str] | None:
    return None if ids is None else sorted(str(item) for item in ids)


def _nothing(result: Any) -> None:
    """Nothing to keep."""


def _no_content(result: Any) -> Response:
    return Response(status=codes.HTTP_204_NO_CONTENT)
