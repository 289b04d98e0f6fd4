"""Who sent a request, as the identity of staff found out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.http import HttpRequest

from apps.auth.models import Session, User
from apps.kernel.tenancy.scope import Actor
from apps.kernel.tenancy.standings import Standing


@dataclass(frozen=True, slots=True)
class Caller:
    """A member of staff or a key, where they belong, and what the request may be told about them.

    `user` and `session` are None for a program with a key: nobody has signed in. `until` is when the credential ends
    although its session may go on: an access token's; None where it ends with the session or the key.
    """

    actor: Actor
    tenant_id: UUID
    home_organization_id: UUID | None
    user: User | None = None
    session: Session | None = None
    standing: Standing | None = None
    until: datetime | None = None


def caller_of(request: HttpRequest) -> Caller | None:
    """Whom the request was resolved to; None for nobody and before the scope middleware."""
    return cast("Caller | None", getattr(request, "staff_caller", None))
