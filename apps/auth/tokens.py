"""JSON web tokens of staff: the short-lived one for requests, and the one that renews both."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, cast
from uuid import UUID

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenError
from rest_framework_simplejwt.tokens import Token

from apps.auth.models import Session
from apps.kernel import clock

ISSUER: Final = "agora"
AUDIENCE: Final = "staff"
ALGORITHM: Final = "HS256"
LONGEST: Final = 1024
REQUIRED: Final = ["exp", "iat", "iss", "aud", "jti", "sub", "sid", "tenant"]
# Expiry is judged by the platform's clock; the claims of later audiences may differ, so each is named.
OPTIONS: Final = {"require": REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False}


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says: whose session, in which tenant, and until when."""

    tenant_id: UUID
    user_id: UUID
    session_id: UUID
    until: datetime


class PlatformBackend(TokenBackend):
    """Signs and checks for one audience, under a key that no other audience has."""

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        """The claims of a token that is ours; whether it is still good, `StaffToken.verify` says.

        Raises TokenBackendError.
        """
        try:
            return jwt.decode(
                token,
                self.get_verifying_key(token),
                algorithms=[self.algorithm],
                audience=cast("str", self.audience),
                issuer=self.issuer,
                options=cast("Any", OPTIONS),
            )
        except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
            raise TokenBackendError("not a token of this platform") from error


def signing_key(audience: str) -> str:
    """The key of one audience, derived from the installation's secret key: tokens never change sides."""
    label = b"agora.jwt|" + audience.encode()
    return hmac.digest(settings.SECRET_KEY.encode(), label, hashlib.sha256).hex()


@lru_cache(maxsize=8)
def _backend(key: str) -> PlatformBackend:
    return PlatformBackend(ALGORITHM, signing_key=key, audience=AUDIENCE, issuer=ISSUER)


class StaffToken(Token):
    """A token of staff, by the platform's clock; kinds differ in `token_type`."""

    lifetime = timedelta(0)

    def get_token_backend(self) -> TokenBackend:
        """The backend of this audience."""
        return _backend(signing_key(AUDIENCE))

    def verify(self) -> None:
        """Check expiry and kind. Raises TokenError."""
        self.current_time = clock.now()
        try:
            super().verify()
        except (TypeError, ValueError, OverflowError, OSError) as error:
            raise TokenError("a claim has another form") from error


class AccessToken(StaffToken):
    """Opens requests."""

    token_type = "access"  # noqa: S105 - a kind, no secret


class RefreshToken(StaffToken):
    """Renews the pair, once; the session knows the digest of the one that is good now."""

    token_type = "refresh"  # noqa: S105 - a kind, no secret


def access_lifetime() -> timedelta:
    """How long an access token is good."""
    return timedelta(minutes=settings.AGORA_ACCESS_MINUTES)


def new_access_token(session: Session) -> str:
    """A token for requests, good for a quarter of an hour and never longer than its session."""
    return _issue(AccessToken(), session, min(clock.now() + access_lifetime(), session.expires_at))


def new_refresh_token(session: Session) -> str:
    """A token that renews the pair, good as long as its session."""
    return _issue(RefreshToken(), session, session.expires_at)


def read_access_token(text: str) -> Claims | None:
    """The claims of a good access token; None for anything else."""
    return _read(AccessToken, text)


def read_refresh_token(text: str) -> Claims | None:
    """The claims of a refresh token that is ours and not expired, used or not; None for anything else."""
    return _read(RefreshToken, text)


def _issue(token: StaffToken, session: Session, until: datetime) -> str:
    now = clock.now()
    token.set_iat(at_time=now)
    token.set_exp(from_time=until, lifetime=timedelta(0))
    token["sub"], token["sid"], token["tenant"] = str(session.user_id), str(session.pk), str(session.tenant_id)
    return str(token)


def _read(kind: type[StaffToken], text: str) -> Claims | None:
    if len(text) > LONGEST:
        return None
    try:
        token = kind(cast("Any", text))
        until = datetime.fromtimestamp(token["exp"], UTC)
        return Claims(UUID(token["tenant"]), UUID(token["sub"]), UUID(token["sid"]), until)
    except (TokenError, ValueError, TypeError, AttributeError, OverflowError, OSError):
        return None
