"""New passwords: by mail, and by whoever is signed in."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.auth.api.serializers.sessions import (
    AddressSerializer,
    ChangeSerializer,
    DoneAnswer,
    ResetSerializer,
    TokensAnswer,
)
from apps.auth.api.views.sessions import AccountView, own_account, tokens
from apps.auth.services.resets import ask_for_reset, confirm_reset
from apps.auth.services.sessions import change_password
from apps.kernel.limits.ready import MAIL, TOKEN

DONE = {"ok": True}


class ResetRequestView(AccountView):
    """Have a token for a new password mailed."""

    authentication_classes = ()
    public = "who has forgotten the password cannot sign in"
    limits = MAIL
    keyless = ("post",)

    @extend_schema(request=AddressSerializer, responses={200: DoneAnswer})
    def post(self, request: Request) -> Response:
        """The same answer for every address; only the mailbox learns more."""
        values = self.checked(AddressSerializer)
        ask_for_reset(values["email"], tenant=values.get("tenant"))
        return Response(DONE)


class ResetConfirmView(AccountView):
    """Set a new password by the token of a mail."""

    authentication_classes = ()
    public = "the token of the mail is the proof"
    limits = TOKEN

    @extend_schema(request=ResetSerializer, responses={200: DoneAnswer})
    def post(self, request: Request) -> Response:
        """The token is used up, and every session of the user ends."""
        values = self.checked(ResetSerializer)
        return self.once(
            lambda key: confirm_reset(values["token"], values["password"], key=key),
            status=status.HTTP_200_OK,
            record=DONE,
        )


class ChangeView(AccountView):
    """Change one's own password."""

    authenticated = "everybody may change their own password"

    @extend_schema(request=ChangeSerializer, responses={200: TokensAnswer})
    def post(self, request: Request) -> Response:
        """Every other session ends; this one starts anew, so its new tokens are the answer."""
        values = self.checked(ChangeSerializer)
        user, session = own_account(request)
        opened = change_password(
            request._request,
            user,
            current=values["current_password"],
            new=values["password"],
            is_remembered=session.is_remembered,
            key=self.key(status=status.HTTP_200_OK, is_secret=True),
        )
        return Response(tokens(opened))
