"""Log-in, the session of the caller, and the caller's own devices."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.auth.api.serializers.sessions import (
    DevicesAnswer,
    DeviceSerializer,
    FeatureCheckAnswer,
    FeaturesSerializer,
    LogInFormSerializer,
    LogInSerializer,
    RefreshSerializer,
    SessionAnswer,
    TokensAnswer,
    UserSerializer,
)
from apps.auth.calculations import spelled_out
from apps.auth.callers import caller_of
from apps.auth.errors import LoginRefused, SignInRequired
from apps.auth.models import Role, Session, User
from apps.auth.services.devices import end_other_sessions, end_own_session, living_sessions, scope_of
from apps.auth.services.sessions import Opened, close_session, open_session, renew_session
from apps.auth.tokens import access_lifetime
from apps.directory.contracts import TenantBook
from apps.kernel import clock
from apps.kernel.api.parsers import LIMIT, StrictJSONParser
from apps.kernel.api.plain import PlainView
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.refusals import CsrfFailed, Malformed, TooLarge
from apps.kernel.api.repeats import RAW_BODY, idempotency_of, replay
from apps.kernel.commands.idempotency import Answer, IdempotencyKey, Replayed
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.limits.middleware import forgive
from apps.kernel.limits.ready import LOG_IN, TOKEN
from apps.kernel.ports import OrganizationTree
from apps.kernel.registry.features import is_declared
from apps.kernel.services import service
from apps.kernel.tenancy.scope import ActorKind, current_scope, using_scope
from apps.kernel.tenancy.selection import allowed_organizations
from apps.kernel.tenancy.switching import is_platform_admin
from apps.kernel.tenancy.transactions import scoped_transaction

OWN = "everybody looks after their own session"
CSRF_FIELD = "csrfmiddlewaretoken"


class OwnOrigin(BaseAuthentication):
    """For log-in, which asks for no session: a page of another site must not sign anybody in here."""

    def authenticate(self, request: Request) -> None:
        """Nobody. Raises CsrfFailed where a browser says that another site's page sends this."""
        check: Any = CSRFCheck(lambda _request: HttpResponse())
        # Django's own reading of the header: this host, or an origin of CSRF_TRUSTED_ORIGINS.
        if "Origin" in request.headers and not check._origin_verified(request._request):
            raise CsrfFailed


class PlainFormParser(BaseParser):
    """A form as a plain mapping; a name that stands twice is refused."""

    media_type = "application/x-www-form-urlencoded"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, str]:
        """The fields. Raises TooLarge, Malformed."""
        body = stream.read(LIMIT + 1)
        if len(body) > LIMIT:
            raise TooLarge(limit=LIMIT)
        setattr((parser_context or {})["request"]._request, RAW_BODY, body)
        form = QueryDict(body, encoding="utf-8")
        if any(len(values) > 1 for _name, values in form.lists()):
            raise Malformed(reason=_("a field stands twice"))
        return {name: str(value) for name, value in form.items() if name != CSRF_FIELD}


class AccountView(PlainView):
    """Base of views about the caller's own account."""

    def key(self, *, status: int, record: Any = None, is_secret: bool = False) -> IdempotencyKey | None:
        """The request's idempotency key; None without one.

        What identifies the request is keyed: a plain digest of a body with a password would let it be guessed.
        """
        found = idempotency_of(self.request, lambda result: Answer(status, record))
        if found is None:
            return None
        digest = hmac.digest(settings.AGORA_PEPPER, b"idempotency|" + found.request, "sha256")
        return replace(found, request=digest, secret_answer=is_secret)

    def once(self, work: Callable[[IdempotencyKey | None], object], *, status: int, record: Any = None) -> Response:
        """Do the work once for the request's key, and give the answer that it always has."""
        try:
            work(self.key(status=status, record=record))
        except Replayed as earlier:
            return replay(earlier.answer)
        return Response(record, status=status)


class LogInView(AccountView):
    """`POST` signs in."""

    parser_classes: tuple[type[BaseParser], ...] = (StrictJSONParser, PlainFormParser)
    public: ClassVar[Any] = {"post": "it is the log-in"}
    limits: ClassVar[Any] = {"post": LOG_IN}

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Nobody need be signed in to sign in, and who is may do so again without a token of the former session."""
        is_log_in = self.request is not None and self.request.method == "POST"
        return [OwnOrigin()] if is_log_in else super().get_authenticators()

    @extend_schema(
        request={"application/json": LogInSerializer, PlainFormParser.media_type: LogInFormSerializer},
        responses={200: TokensAnswer},
    )
    def post(self, request: Request) -> Response:
        """Open a session and hand out its cookie and its tokens."""
        is_form = str(request.content_type).startswith(PlainFormParser.media_type)
        values = self.checked(LogInFormSerializer if is_form else LogInSerializer)
        user = authenticate(
            request._request, email=values["email"], password=values["password"], tenant=values.get("tenant")
        )
        if user is None:
            raise LoginRefused
        forgive(request._request)
        key = self.key(status=status.HTTP_200_OK, is_secret=True)
        opened = open_session(request._request, user, is_remembered=values.get("remember", False), key=key)
        return Response(tokens(opened))


class SessionView(LogInView):
    """The log-in; `GET` says who is signed in and what they may do, `DELETE` signs out."""

    authenticated: ClassVar[dict[str, str]] = {"get": OWN, "delete": OWN}
    keyless = ("delete",)

    @extend_schema(responses={200: SessionAnswer})
    def get(self, request: Request) -> Response:
        """Who is signed in, where, and what they may do there."""
        demand_known_parameters(request.query_params)
        user, session = own_account(request)
        return Response({**_account(user, session), **_surroundings(user)})

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """End this session."""
        close_session(request._request, *own_account(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class RefreshView(AccountView):
    """A new pair of tokens for a refresh token, which is good once."""

    authentication_classes = ()
    public = "the refresh token is the proof, also when the access token has expired"
    limits = TOKEN

    @extend_schema(request=RefreshSerializer, responses={200: TokensAnswer})
    def post(self, request: Request) -> Response:
        """Replace both tokens."""
        values = self.checked(RefreshSerializer)
        key = self.key(status=status.HTTP_200_OK, is_secret=True)
        return Response(tokens(renew_session(values["refresh"], key=key)))


class DevicesView(AccountView):
    """`GET` lists the caller's signed-in devices, `DELETE` signs out all the others."""

    authenticated = OWN

    @extend_schema(responses={200: DevicesAnswer})
    def get(self, request: Request) -> Response:
        """The devices, those used last first; there are never more than a page of them."""
        demand_known_parameters(request.query_params)
        user, session = own_account(request)
        with using_scope(scope_of(user)), scoped_transaction():
            rows = list(living_sessions(user.pk).order_by("-last_used_at", "-pk"))
        shown = DeviceSerializer(rows, many=True, context={"current": session.pk}).data
        return Response({"count": len(shown), "next": None, "previous": None, "results": shown})

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out everywhere else."""
        user, session = own_account(request)
        return self.once(lambda key: end_other_sessions(user, session.pk, key=key), status=status.HTTP_204_NO_CONTENT)


class DeviceView(AccountView):
    """One of the caller's signed-in devices."""

    authenticated = OWN

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Sign it out."""
        user, session = own_account(request)
        if pk == session.pk:
            close_session(request._request, user, session)
            return Response(status=status.HTTP_204_NO_CONTENT)
        return self.once(lambda key: end_own_session(user, pk, key=key), status=status.HTTP_204_NO_CONTENT)


class FeatureCheckView(AccountView):
    """Which of some features the caller holds."""

    authenticated = "it says nothing but what the caller may do"
    keyless = ("post",)

    @extend_schema(request=FeaturesSerializer, responses={200: FeatureCheckAnswer})
    def post(self, request: Request) -> Response:
        """`ok` says that all are held, `granted` which are."""
        wanted = self.checked(FeaturesSerializer)["features"]
        unknown = [
            FieldError(f"features.{index}", "auth.feature.unknown", _("There is no such permission."))
            for index, feature in enumerate(wanted)
            if not is_declared(feature)
        ]
        if unknown:
            raise InvalidInput(errors=tuple(unknown))
        actor = current_scope().actor
        granted = [feature for feature in dict.fromkeys(wanted) if actor.access.allows(feature)]
        user_id = str(actor.id) if actor.kind is ActorKind.STAFF else None
        return Response({"ok": len(granted) == len(set(wanted)), "granted": granted, "user_id": user_id})


def own_account(request: Request) -> tuple[User, Session]:
    """Who has signed in, and their session. Raises SignInRequired for a program with a key."""
    caller = caller_of(request._request)
    if caller is None or caller.user is None or caller.session is None:
        raise SignInRequired
    return caller.user, caller.session


def tokens(opened: Opened) -> dict[str, Any]:
    """What a log-in and a renewal answer; `expires_in` is in seconds."""
    left = min(access_lifetime(), opened.session.expires_at - clock.now())
    return {
        "access": opened.access,
        "refresh": opened.refresh,
        "expires_in": left // timedelta(seconds=1),
        "token_type": "Bearer",
        "user": UserSerializer(opened.user).data,
    }


def _account(user: User, session: Session) -> dict[str, Any]:
    """The caller's own, wherever they work just now."""
    return {
        "user": UserSerializer(user).data,
        "session": DeviceSerializer(session, context={"current": session.pk}).data,
        "is_platform_admin": is_platform_admin(user.pk),
    }


def _surroundings(user: User) -> dict[str, Any]:
    """Where the caller works, and what they may do there; a platform admin on a visit has no roles."""
    scope, tree = current_scope(), service(OrganizationTree)
    access, profile = scope.actor.access, service(TenantBook).profile()
    choices = tree.choices(allowed_organizations(scope.actor, tree))
    roles = Role.objects.filter(memberships__user_id=user.pk).order_by("name")
    return {
        "tenant": {"id": str(profile.id), "name": profile.name},
        "features": sorted(spelled_out(access)),
        "roles": [{"key": key, "name": name} for key, name in roles.values_list("system_key", "name")],
        "is_super_admin": access.is_super_admin,
        "organizations": [{"id": str(pk), "name": name, "depth": depth} for pk, name, depth in choices],
        "organization_id": str(scope.organization_id) if scope.organization_id else None,
        "organization_ids": sorted(str(pk) for pk in scope.organization_ids),
    }
