"""The languages of a tenant, remembered: every list in another language asks for them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings

from apps.directory.contracts import TenantBook
from apps.kernel.commands.running import running_or_none
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope
from apps.translations.models import TenantLocale

REMEMBERED: Final = 30.0  # seconds: what another process changes is noticed so late at most


@dataclass(frozen=True, slots=True)
class Languages:
    """The language that the tenant's texts are written in, and those that they are translated into, in order."""

    default: str
    others: tuple[str, ...]


_remembered: dict[UUID, tuple[float, Languages]] = {}


def languages() -> Languages:
    """Languages of the scope's tenant, from memory where they are known: every list asks for them."""
    tenant_id = current_scope().tenant_id
    until, known = _remembered.get(tenant_id, (0.0, None))
    if known is not None and until > time.monotonic() and running_or_none() is None:
        return known
    found = _read_languages()
    if running_or_none() is None:
        _remembered[tenant_id] = (time.monotonic() + REMEMBERED, found)
    return found


def _read_languages() -> Languages:
    default = service(TenantBook).profile().locale
    chosen = list(TenantLocale.objects.order_by("position", "locale").values_list("locale", flat=True))
    offered = chosen or [tag for tag, _name in settings.LANGUAGES]
    return Languages(default, tuple(tag for tag in offered if tag != default))


def forget_languages(tenant_id: UUID) -> None:
    """Read the tenant's languages anew at the next question."""
    _remembered.pop(tenant_id, None)
